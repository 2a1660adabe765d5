import Transfers

/// The base of a forge's API, and whether a URL lies below it.
///
/// URLs are read by the reader that the transfer will use.
struct ForgeAddress: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: String
    /// Without a slash at its end; empty for the root.
    let path: String

    /// Reads `https://HOST[:PORT][/PATH]`, and `http` on this machine alone; nothing for what a token may not be sent to.
    init?(_ text: String) {
        guard let endpoint = Self.endpoint(text), text.allSatisfy({ $0 != "?" && $0 != "#" }) else { return nil }
        guard Self.isStraight(text.dropFirst(endpoint.scheme.count + 3)) else { return nil }
        scheme = endpoint.scheme
        host = endpoint.host
        port = endpoint.port
        var path = endpoint.path[...]
        while path.hasSuffix("/") { path.removeLast() }
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
        guard url.utf8.count <= 8_192, let other = Self.endpoint(url) else { return false }
        return other.scheme == scheme && other.host == host && other.port == port
            && Self.isStraight(other.path[...]) && (other.path + "/").hasPrefix(path + "/")
    }

    /// For messages.
    var origin: String {
        let isUsual = port == (scheme == "https" ? "443" : "80")
        return "\(scheme)://\(host)" + (isUsual ? "" : ":\(port)")
    }

    /// Visible ASCII alone, and a host right behind two slashes: anything else could be read in two ways.
    private static func endpoint(_ text: String) -> Endpoint? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        guard let endpoint = try? Endpoint(HTTPRequest(.get, text)) else { return nil }
        let rest = text.dropFirst(endpoint.scheme.count)
        return rest.hasPrefix("://") && !rest.hasPrefix(":///") ? endpoint : nil
    }

    /// Whether a path has no segment that leads upwards; libcurl would follow it.
    private static func isStraight(_ path: Substring) -> Bool {
        path.split(separator: "/").allSatisfy { segment in
            let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false)
                .joined(separator: ".")
            return plain != "." && plain != ".."
        }
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
