package import Configuration

/// The names by which the site may be called; any other is a page elsewhere that reached us through the DNS.
package struct AllowedHosts: Hashable, Sendable {
    private let names: Set<String>
    /// Where it listens on every address, any address is one of its own, and a name alone can be a stranger's.
    private let takesAddresses: Bool

    package init(_ settings: ServerSettings) {
        var names: Set<String> = ["localhost", settings.host.lowercased()]
        if let url = settings.publicURL, let host = Self.host(ofURL: url) { names.insert(host) }
        self.names = names
        takesAddresses = settings.host == "0.0.0.0" || settings.host == "::" || settings.isLoopback
    }

    func check(_ authority: String?) throws(ProblemDetails) {
        let host = authority.map { Self.host($0[...]) } ?? ""
        guard names.contains(host) || takesAddresses && Self.isAddress(host) else {
            throw ProblemDetails(
                421,
                id: "host-unknown",
                "Not this server",
                detail: "The request is for \(host.quoted), which is none of this server's names.",
                remedy: "Call it by its listening address, localhost, or the host in server.publicURL."
            )
        }
    }

    private static func host(ofURL url: String) -> String? {
        guard let start = url.range("://") else { return nil }
        return host(url[start...].prefix { $0 != "/" })
    }

    /// Without a port and brackets, in lower case.
    private static func host(_ authority: Substring) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }).lowercased() }
        return String(authority.prefix { $0 != ":" }).lowercased()
    }

    private static func isAddress(_ host: String) -> Bool {
        host.contains(":") || !host.isEmpty && host.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
    }
}

extension String {
    /// Where the text after `mark` begins.
    fileprivate func range(_ mark: String) -> Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(mark) { return index(start, offsetBy: mark.count) }
            start = index(after: start)
        }
        return nil
    }
}
