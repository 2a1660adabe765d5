/// The fields of an `application/x-www-form-urlencoded` body or of a query, in their order.
struct FormFields: Hashable, Sendable {
    private(set) var text = ""

    init(_ fields: [(String, String)]) {
        for (name, value) in fields { add(name, value) }
    }

    mutating func add(_ name: String, _ value: String) {
        if !text.isEmpty { text += "&" }
        text += "\(Self.encoded(name))=\(Self.encoded(value))"
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`.
    static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%\(digits.count == 1 ? "0" : "")\(digits)".utf8
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
