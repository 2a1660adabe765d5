import Connectors

/// The scheme, host and port of a URL, as far as endpoints need them.
struct Origin: Hashable, CustomStringConvertible {
    let scheme: String
    let host: String
    let port: Int?
    /// What follows the origin, from its first slash or question mark.
    let rest: String

    /// The origin of a host that is known to be one.
    init(https host: String) {
        scheme = "https"
        self.host = host
        port = nil
        rest = ""
    }

    /// Reads an `http` or `https` URL; nothing for one with a user name, or with characters that no host has.
    init?(_ text: String) {
        guard let mark = text.range(of: "://") else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let tail = text[mark.upperBound...]
        let end = tail.firstIndex { "/?#\\".contains($0) } ?? tail.endIndex
        rest = String(tail[end...])
        guard let (host, port) = Self.split(String(tail[..<end])) else { return nil }
        self.host = host
        self.port = port
    }

    private static func split(_ authority: String) -> (host: String, port: Int?)? {
        let bytes = authority.utf8
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            let host = String(authority[...close]).lowercased()
            guard host.utf8.dropFirst().dropLast().allSatisfy({ "0123456789abcdef:.".utf8.contains($0) }) else {
                return nil
            }
            return port(authority[authority.index(after: close)...]).map { (host, $0) }
        }
        let isPlain = bytes.allSatisfy { byte in
            (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
                || byte == 45 || byte == 46 || byte == 58 || byte == 95
        }
        guard isPlain else { return nil }
        let colon = authority.firstIndex(of: ":") ?? authority.endIndex
        guard colon > authority.startIndex else { return nil }
        return port(authority[colon...]).map { (authority[..<colon].lowercased(), $0) }
    }

    /// `:443`, or nothing at all; the outer nothing is a malformed one.
    private static func port(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.hasPrefix(":"), let number = UInt16(text.dropFirst()), number > 0 else { return nil }
        return Int(number)
    }

    var effectivePort: Int { port ?? (scheme == "http" ? 80 : 443) }

    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts.allSatisfy { $0 != nil } && parts[0] == 127
    }

    /// Whether a token may be sent there, and nothing follows the origin.
    var isSafe: Bool { (scheme == "https" || isLoopback) && (rest.isEmpty || rest == "/") }

    var description: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }
}

extension String {
    /// The first place of `text`; Foundation's version would be this module's only use of it.
    func range(of text: String) -> Range<Index>? {
        guard let first = text.utf8.first else { return nil }
        var start = utf8.startIndex
        while let candidate = utf8[start...].firstIndex(of: first) {
            if utf8[candidate...].starts(with: text.utf8) {
                return candidate..<utf8.index(candidate, offsetBy: text.utf8.count)
            }
            start = utf8.index(after: candidate)
        }
        return nil
    }
}
