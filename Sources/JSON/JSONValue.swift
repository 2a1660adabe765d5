/// A JSON value as it was written: members in their order, numbers by their digits.
///
/// Foundation's decoder loses both, takes the last of two equal keys without a word, and costs more than the network.
package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// The digits as written; a `Double` would not keep 64-bit integers.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }
}

extension JSONValue {
    /// The member of exactly this name, byte by byte; `Swift.String` alone would take canonical equivalents for equal.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key && $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The member of this name, ASCII letter case aside: error bodies differ in it.
    package func member(ignoringCase key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let wanted = key.lowercased()
        return members.first { $0.key.lowercased() == wanted }?.value
    }

    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var isNull: Bool { self == .null }

    /// A whole number, also where it is written as a string, as the metadata service does.
    package var integer: Int? {
        switch self {
        case .number(let digits): Int(digits)
        case .string(let text): Int(text)
        default: nil
        }
    }

    /// `true`, or "True" as audit records write it.
    package var flag: Bool? {
        switch self {
        case .boolean(let flag): return flag
        case .string(let text):
            switch text.lowercased() {
            case "true", "$true": return true
            case "false", "$false": return false
            default: return nil
            }
        default: return nil
        }
    }
}
