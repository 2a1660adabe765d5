/// The value of one field, in the four shapes that connectors have.
package enum FieldValue: Hashable, Sendable {
    /// Explicitly nothing: `null`, which clears the field.
    case none
    case boolean(Bool)
    case integer(Int)
    case text(String)
    case list([String])

    /// The strings of a list, or the one string of a text; none for the others.
    package var strings: [String] {
        switch self {
        case .list(let strings): strings
        case .text(let string): [string]
        case .none, .boolean, .integer: []
        }
    }
}

extension FieldValue: ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(arrayLiteral elements: String...) { self = .list(elements) }
}

/// In JSON a value is what it looks like: `null`, `true`, `3`, `"x"`, `["a"]`.
extension FieldValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .none
        } else if let flag = try? container.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .integer(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try container.decode([String].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .none: try container.encodeNil()
        case .boolean(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let strings): try container.encode(strings)
        }
    }
}

/// How a value is shown to a person: words bare, lists in brackets, nothing as "not set".
extension FieldValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none: "not set"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .text(let text): text.isEmpty ? "not set" : text
        case .list(let strings): strings.isEmpty ? "none" : strings.joined(separator: ", ")
        }
    }
}
