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

    /// The elements of a listing, page after page as the forge's `Link` says.
    ///
    /// - Parameter enough: Asked after each page, with all elements so far.
    func pages(
        _ request: ForgeRequest,
        overflow: Overflow,
        until enough: ([JSONValue]) -> Bool = { _ in false }
    ) async throws(ForgeError) -> [JSONValue] {
        var elements: [JSONValue] = []
        var url = address.url(request.path, query: request.query)
        for page in 1...max(rules.maximumPages, 1) {
            let answer = try await send(request, to: url)
            elements += try self.elements(of: answer, to: request)
            guard !enough(elements), let next = try self.next(after: answer, to: request) else { return elements }
            guard page < rules.maximumPages else { break }
            url = next
        }
        guard case .cut = overflow else {
            throw ForgeFailure.unreadable(rules, request, "it has more than \(rules.maximumPages) pages")
        }
        return elements
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
enum LinkHeader {
    /// The target of the first link whose relation is `next`.
    static func next(in values: [String]) -> String? {
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
