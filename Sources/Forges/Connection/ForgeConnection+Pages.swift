import JSON
import Transfers

extension ForgeConnection {
    /// What becomes of a listing that has more pages than are asked for.
    enum Overflow {
        /// What came first is enough.
        case cut
        /// What is missing could be what counts.
        case refused
    }

    /// The elements of a listing, page after page.
    ///
    /// - Parameter enough: Asked after each page, with all elements so far.
    func pages(
        _ request: ForgeRequest,
        sizedBy name: String? = nil,
        overflow: Overflow,
        until enough: ([JSONValue]) -> Bool = { _ in false }
    ) async throws(ForgeError) -> [JSONValue] {
        let listing = try await listing(request, sizedBy: name, read: { $0 }, until: enough)
        guard listing.isWhole || overflow == .cut else {
            throw ForgeFailure.unreadable(rules, request, "it has more than \(rules.maximumPages) pages")
        }
        return listing.elements
    }

    /// The elements of a listing as they are read, and whether none was left out.
    ///
    /// - Parameter name: The member of the query that says how many elements a page has; by it a page that is too large
    ///   is asked for in smaller ones.
    func listing<Element: Sendable>(
        _ request: ForgeRequest,
        sizedBy name: String?,
        read: (JSONValue) -> Element?,
        until enough: ([Element]) -> Bool = { _ in false }
    ) async throws(ForgeError) -> (elements: [Element], isWhole: Bool) {
        var elements: [Element] = []
        var walk = ListingWalk(request, sizedBy: name, at: address, rules)
        while let url = walk.url {
            do throws(ForgeError) {
                let answer = try await send(request, to: url)
                let page = try self.elements(of: answer, to: request)
                elements += page.compactMap { read($0) }
                if enough(elements) { break }
                walk.advance(past: page.count, next: try self.next(after: answer, to: request))
            } catch {
                try walk.shrink(after: error)
            }
        }
        return (elements, walk.isWhole)
    }

    nonisolated func elements(of answer: ForgeAnswer, to request: ForgeRequest) throws(ForgeError) -> [JSONValue] {
        if let elements = answer.json.elements { return elements }
        if answer.json.isNull { return [] }  // how Go writes an empty slice
        throw ForgeFailure.unreadable(rules, request, "the answer is not a list")
    }

    /// The URL of the next page as the forge gives it; with our credentials it is asked on the configured host alone.
    nonisolated func next(after answer: ForgeAnswer, to request: ForgeRequest) throws(ForgeError) -> String? {
        guard let url = LinkHeader.next(in: answer.headers.values(of: "Link")) else { return nil }
        guard address.covers(url) else {
            throw ForgeFailure.unreadable(
                rules,
                request,
                "its next page is not below \(address.origin + address.path)",
                remedy: "Set `forge.url` to the address that the forge itself uses in its links."
            )
        }
        return url
    }
}

/// The `Link` header (RFC 8288), as far as paging needs it.
package enum LinkHeader {
    /// The target of the first link whose relation is `next`.
    package static func next(in values: [String]) -> String? {
        for value in values where value.utf8.count <= 16_384 {
            var rest = value[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                let tail = rest[rest.index(after: close)...]
                let parameters = tail.prefix { $0 != "<" }
                if isNext(parameters) { return String(target) }
                rest = tail.dropFirst(parameters.count)
            }
        }
        return nil
    }

    private static func isNext(_ parameters: Substring) -> Bool {
        parameters.split(separator: ";").contains { parameter in
            let text = parameter.lowercased().filter { !" ,\t\"".contains($0) }
            return text == "rel=next"
        }
    }
}
