import Connectors

/// The parts of a URL that a check asks for; Foundation's URL repairs what an operator should hear about.
package struct WebAddress {
    package let scheme: String
    /// What stands before `@`.
    package let userInfo: String?
    /// In lower case, without brackets.
    package let host: String
    package let port: Int?
    /// With the slash that it begins with; empty where nothing follows the host.
    package let path: String

    /// Reads `scheme://[user@]host[:port][/path]`; `nil` for anything else.
    package init?(_ text: String) {
        guard let mark = text.range(of: "://") else { return nil }
        scheme = String(text[..<mark.lowerBound]).asciiLowercased
        guard let first = scheme.utf8.first, (97...122).contains(first) else { return nil }
        let rest = text[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        path = String(rest[end...])
        var authority = rest[..<end]
        if let at = authority.lastIndex(of: "@") {
            userInfo = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        } else {
            userInfo = nil
        }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        self.host = host.asciiLowercased
        self.port = port
        guard !text.contains(where: \.isWhitespace) else { return nil }
    }

    /// Whether the host is this machine, whatever resolves the name.
    var isLoopback: Bool { Self.isLoopback(host: host) }

    static func isLoopback(host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && IPAddressText.isIPv4(host))
    }

    /// `host`, `host:port`, `[address]` or `[address]:port`.
    static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<close])
            guard IPAddressText.isIPv6(host) else { return nil }
            let rest = text[text.index(after: close)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":"), let port = portNumber(rest.dropFirst()) else { return nil }
            return (host, port)
        }
        guard let colon = text.lastIndex(of: ":") else { return text.isEmpty ? nil : (String(text), nil) }
        let host = text[..<colon]
        guard !host.isEmpty, !host.contains(":"), let port = portNumber(text[text.index(after: colon)...]) else {
            return nil
        }
        return (String(host), port)
    }

    static func portNumber(_ text: Substring) -> Int? {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text) else {
            return nil
        }
        return (1...65_535).contains(port) ? port : nil
    }
}

extension StringProtocol {
    /// Where a text first occurs; Foundation's version would be this module's only use of it.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
