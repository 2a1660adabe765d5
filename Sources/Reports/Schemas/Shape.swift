/// What a value of an output may be, as a JSON Schema says it (draft 7).
indirect enum Shape: Sendable {
    case text
    case integer
    case boolean
    /// RFC 3339.
    case instant
    /// A field's value in Exchange: null, a boolean, an integer, a text or a list of texts.
    case fieldValue
    case words([String])
    case list(Shape)
    /// Any names, each with such a value.
    case map(Shape)
    case optional(Shape)
    /// One of the shapes in `OutputSchemas.definitions`.
    case named(String)
    case object([Member])
    /// Any object: its members are the store's own form, which is not promised.
    case opaque
    case either([Shape])

    struct Member: Sendable {
        let name: String
        let shape: Shape
        /// Whether it is always there.
        let isRequired: Bool

        static func given(_ name: String, _ shape: Shape) -> Member {
            Member(name: name, shape: shape, isRequired: true)
        }

        static func mayBe(_ name: String, _ shape: Shape) -> Member {
            Member(name: name, shape: shape, isRequired: false)
        }
    }
}

extension Shape {
    /// The named shapes in it.
    var names: [String] {
        switch self {
        case .named(let name): [name]
        case .list(let shape), .map(let shape), .optional(let shape): shape.names
        case .object(let members): members.flatMap(\.shape.names)
        case .either(let shapes): shapes.flatMap(\.names)
        case .text, .integer, .boolean, .instant, .fieldValue, .words, .opaque: []
        }
    }
}

extension Shape: Encodable {
    private enum Key: String, CodingKey {
        case type, format, items, properties, required, additionalProperties, anyOf, reference = "$ref", words = "enum"
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .text: try container.encode("string", forKey: .type)
        case .integer: try container.encode("integer", forKey: .type)
        case .boolean: try container.encode("boolean", forKey: .type)
        case .instant:
            try container.encode("string", forKey: .type)
            try container.encode("date-time", forKey: .format)
        case .fieldValue:
            try container.encode(["null", "boolean", "integer", "string", "array"], forKey: .type)
            try container.encode(Shape.text, forKey: .items)
        case .words(let words):
            try container.encode("string", forKey: .type)
            try container.encode(words, forKey: .words)
        case .list(let shape):
            try container.encode("array", forKey: .type)
            try container.encode(shape, forKey: .items)
        case .map(let shape):
            try container.encode("object", forKey: .type)
            try container.encode(shape, forKey: .additionalProperties)
        case .optional(let shape): try container.encode([Shape.either([]), shape], forKey: .anyOf)
        case .named(let name): try container.encode("#/definitions/\(name)", forKey: .reference)
        case .opaque: try container.encode("object", forKey: .type)
        case .either(let shapes):
            // Without a shape there is nothing that it can be but null.
            if shapes.isEmpty {
                try container.encode("null", forKey: .type)
            } else {
                try container.encode(shapes, forKey: .anyOf)
            }
        case .object(let members):
            try container.encode("object", forKey: .type)
            var properties = container.nestedContainer(keyedBy: Name.self, forKey: .properties)
            for member in members { try properties.encode(member.shape, forKey: Name(stringValue: member.name)) }
            try container.encode(members.filter(\.isRequired).map(\.name), forKey: .required)
        }
    }
}
