package import Connectors
import YAML

/// One instance of a template with what it stands for, for people to look at.
package struct ExpandedInstance: Sendable {
    package struct Value: Sendable {
        package let name: String
        /// As YAML would have it.
        package let text: String
        /// Where it was given: in the instance, or as the template's default.
        package let position: SourcePosition
        package let isDefault: Bool
    }

    package struct Document: Sendable {
        /// Where it stands in the template.
        package let position: SourcePosition
        package let content: DocumentValue
    }

    package let template: String
    package let position: SourcePosition
    package let instance: SourcePosition
    package let isConfigured: Bool
    package let values: [Value]
    package let documents: [Document]
}

/// A value of a document without its places, to be written as YAML or JSON.
package indirect enum DocumentValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case text(String)
    case list([DocumentValue])
    case mapping([Member])

    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: DocumentValue
    }

    init(_ node: YAMLNode) {
        switch node.value {
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: self = .null
            case .boolean: self = .boolean(scalar.text.asciiLowercased == "true")
            case .integer: self = Int(scalar.text).map(DocumentValue.integer) ?? .text(scalar.text)
            case .number, .ambiguous, .text: self = .text(scalar.text)
            }
        case .sequence(let items): self = .list(items.map(DocumentValue.init))
        case .mapping(let mapping):
            self = .mapping(mapping.entries.map { Member(key: $0.key, value: DocumentValue($0.value)) })
        }
    }
}

extension DocumentValue {
    /// The document as YAML, with a line end behind it.
    package var yaml: String {
        guard case .mapping(let members) = self else { return "\(lines(0).dropFirst())\n" }
        return members.map { "\(YAMLText.scalar($0.key)):\($0.value.lines(2))\n" }.joined()
    }

    /// What stands behind a key or a dash: a space and the value, or the lines below it.
    private func lines(_ indent: Int) -> String {
        switch self {
        case .null: return " null"
        case .boolean(let flag): return flag ? " true" : " false"
        case .integer(let number): return " \(number)"
        case .text(let text): return " " + YAMLText.scalar(text)
        case .list(let items):
            let texts = items.compactMap { item -> String? in
                if case .text(let text) = item { text } else { nil }
            }
            if texts.count == items.count { return YAMLText.list(texts, indent: indent) }
            return items.map { "\n" + Self.spaces(indent) + "-" + $0.lines(indent + 2) }.joined()
        case .mapping(let members):
            if members.isEmpty { return " {}" }
            return members.map {
                "\n" + Self.spaces(indent) + YAMLText.scalar($0.key) + ":" + $0.value.lines(indent + 2)
            }
            .joined()
        }
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension DocumentValue: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .boolean(let flag): try flag.encode(to: encoder)
        case .integer(let number): try number.encode(to: encoder)
        case .text(let text): try text.encode(to: encoder)
        case .list(let items): try items.encode(to: encoder)
        case .mapping(let members):
            var container = encoder.container(keyedBy: Key.self)
            for member in members { try container.encode(member.value, forKey: Key(member.key)) }
        }
    }
}
