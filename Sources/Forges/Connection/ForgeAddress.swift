import FoundationEssentials

/// The base of a forge's API, and whether a URL lies below it.
struct ForgeAddress: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int
    /// Without a slash at its end; empty for the root.
    let path: String

    /// Reads `https://HOST[:PORT][/PATH]`, and `http` on this machine alone; nothing for what a token may not be sent to.
    init?(_ text: String) {
        guard let parts = Self.parts(of: text), parts.rest.allSatisfy({ $0 != "?" && $0 != "#" }) else { return nil }
        guard parts.scheme == "https" || Self.isLoopback(parts.host) else { return nil }
        scheme = parts.scheme
        host = parts.host
        port = parts.port
        var path = parts.rest[...]
        while path.hasSuffix("/") { path.removeLast() }
        guard Self.isStraight(path) else { return nil }
        self.path = String(path)
    }

    /// The URL of a call.
    ///
    /// - Parameter segments: Each is one segment: a slash in it is escaped.
    func url(_ segments: [String], query: [(name: String, value: String)] = []) -> String {
        var url = origin + path
        for segment in segments { url += "/" + Self.escaped(segment) }
        for (index, item) in query.enumerated() {
            url += (index == 0 ? "?" : "&") + Self.escaped(item.name) + "=" + Self.escaped(item.value)
        }
        return url
    }

    /// Whether a URL that the forge gave may be asked with our credentials: same scheme, host and port, below the path.
    func covers(_ url: String) -> Bool {
        guard url.utf8.count <= 8_192, let other = Self.parts(of: url) else { return false }
        guard other.scheme == scheme, other.host == host, other.port == port else { return false }
        let end = other.rest.firstIndex { $0 == "?" || $0 == "#" } ?? other.rest.endIndex
        let otherPath = other.rest[..<end]
        return Self.isStraight(otherPath) && (otherPath + "/").hasPrefix(path + "/")
    }

    /// For messages.
    var origin: String {
        let isUsual = port == (scheme == "https" ? 443 : 80)
        return "\(scheme)://\(host)" + (isUsual ? "" : ":\(port)")
    }

    private struct Parts {
        var scheme: String
        var host: String
        var port: Int
        var rest: String
    }

    /// Visible ASCII alone: anything else could be read in two ways.
    private static func parts(of text: String) -> Parts? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        let lowercased = text.lowercased()
        guard let scheme = ["https", "http"].first(where: { lowercased.hasPrefix($0 + "://") }) else { return nil }
        let tail = text.dropFirst(scheme.count + 3)
        let end = tail.firstIndex { "/?#".contains($0) } ?? tail.endIndex
        let authority = tail[..<end].lowercased()
        let rest = String(tail[end...])
        var host = authority[...]
        var port = scheme == "https" ? 443 : 80
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[bracket...].firstIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = authority[..<colon]
        }
        let isNamed = host.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46 || byte == 95
        }
        let isBracketed =
            host.hasPrefix("[") && host.hasSuffix("]")
            && host.dropFirst().dropLast().utf8.allSatisfy { "0123456789abcdef:.".utf8.contains($0) }
        guard !host.isEmpty, isNamed || isBracketed else { return nil }
        return Parts(scheme: scheme, host: String(host), port: port, rest: rest)
    }

    /// Whether a path has no segment that leads upwards; libcurl would follow it.
    private static func isStraight(_ path: Substring) -> Bool {
        path.split(separator: "/").allSatisfy { segment in
            let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false)
                .joined(separator: ".")
            return plain != "." && plain != ".."
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts.allSatisfy { $0 != nil } && parts.first == 127
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Escapes everything but RFC 3986's unreserved characters; a segment of dots alone would lead elsewhere.
    static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") }) { return String(repeating: "%2E", count: text.utf8.count) }
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
