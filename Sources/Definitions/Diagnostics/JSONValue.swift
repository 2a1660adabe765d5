import Connectors

/// JSON whose members keep the order in which they were given, so that the same value is always the same text.
indirect enum JSONValue {
    case object([(String, JSONValue)])
    case array([JSONValue])
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case null

    /// The text with an indentation of two spaces and a final line end.
    var text: String {
        var result = ""
        write(to: &result, indent: 0)
        return result + "\n"
    }

    private func write(to result: inout String, indent: Int) {
        switch self {
        case .object(let members):
            Self.write(members, "{", "}", to: &result, indent) { member, result in
                Self.write(member.0, to: &result)
                result += ": "
                member.1.write(to: &result, indent: indent + 1)
            }
        case .array(let items):
            Self.write(items, "[", "]", to: &result, indent) { $0.write(to: &$1, indent: indent + 1) }
        case .string(let text): Self.write(text, to: &result)
        case .integer(let number): result += String(number)
        case .boolean(let flag): result += flag ? "true" : "false"
        case .null: result += "null"
        }
    }

    private static func write<Item>(
        _ items: [Item],
        _ open: String,
        _ close: String,
        to result: inout String,
        _ indent: Int,
        _ body: (Item, inout String) -> Void
    ) {
        result += open
        for (index, item) in items.enumerated() {
            result += index == 0 ? "\n" : ",\n"
            result += String(repeating: "  ", count: indent + 1)
            body(item, &result)
        }
        if !items.isEmpty { result += "\n" + String(repeating: "  ", count: indent) }
        result += close
    }

    /// Source: RFC 8259 section 7.
    private static func write(_ text: String, to result: inout String) {
        result += "\""
        var hashes = 0
        for scalar in text.unicodeScalars {
            hashes = scalar == "#" ? hashes + 1 : 0
            switch scalar {
            case "#" where hashes > 1: result += "\\u0023"  // `##[` and `##vso[` are commands to a pipeline's agent
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isTreacherous:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        result += "\""
    }
}
