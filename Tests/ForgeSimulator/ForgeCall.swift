package import JSON

/// One request that a pretended forge was sent.
package struct ForgeCall: Sendable {
    package var method: String
    /// As sent: without the query, escapes not resolved.
    package var path: String
    package var query: [(name: String, value: String)]
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The body; `nil` where it is not JSON.
    package var json: JSONValue? { try? JSONParser.parse(body) }

    /// The path's segments below a base, escapes resolved; `nil` where the path does not lie below it.
    package func segments(below base: String) -> [String]? {
        guard path.hasPrefix(base + "/") else { return nil }
        return path.dropFirst(base.count).split(separator: "/").map { Percent.decoded($0) }
    }

    /// `GET /path`, for messages.
    package var title: String { "\(method) \(path)" }
}

/// Percent escapes as in URLs.
enum Percent {
    static func decoded(_ text: some StringProtocol) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest.removeFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    static func query(_ text: some StringProtocol) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }
}
