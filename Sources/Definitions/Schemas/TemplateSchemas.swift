import Connectors

/// What a template says of itself, and what its instances say.
enum TemplateSchemas {
    static var instance: [(String, JSONValue)] {
        object(
            required: ["template"],
            [
                ("template", name("The template: its file in the folder templates, without .yaml.")),
                (
                    "values",
                    .object([
                        ("type", .string("object")),
                        ("additionalProperties", value),
                        ("description", .string("A value for each parameter of the template that has no default.")),
                    ])
                ),
            ]
        )
    }

    static var template: [(String, JSONValue)] {
        object(
            required: [],
            [
                ("description", text("What the template is for.")),
                (
                    "parameters",
                    .object([
                        ("type", .string("object")),
                        ("propertyNames", .object([("pattern", .string("^[a-z][A-Za-z0-9]{0,62}$"))])),
                        ("additionalProperties", .object(parameter)),
                        ("maxProperties", .integer(Template.maximumParameters)),
                        ("description", .string("The values of instances; ${name} stands for one of them below.")),
                    ])
                ),
            ]
        )
    }

    private static var parameter: [(String, JSONValue)] {
        let types = ParameterType.allCases.map { JSONValue.string($0.rawValue) }
        let words: JSONValue = .object([
            ("type", .string("array")), ("items", .object([("type", .string("string"))])),
            ("description", .string("The words that a choice allows.")),
        ])
        return object(
            required: ["type"],
            [
                ("type", .object([("enum", .array(types)), ("description", .string("What the value must be."))])),
                ("description", text("What the value is for.")),
                (
                    "list",
                    .object([
                        ("type", .string("boolean")), ("description", .string("Whether it is a list of such values.")),
                    ])
                ),
                ("default", value),
                ("values", words),
                ("minimum", .object([("type", .string("integer"))])),
                ("maximum", .object([("type", .string("integer"))])),
            ]
        )
    }

    private static var value: JSONValue {
        .object([
            ("type", .array(["boolean", "integer", "string", "array"].map(JSONValue.string))),
            ("items", .object([("type", .array(["boolean", "integer", "string"].map(JSONValue.string)))])),
        ])
    }

    private static func object(
        required: [String],
        _ properties: [(String, JSONValue)]
    ) -> [(String, JSONValue)] {
        [
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("required", .array(required.map(JSONValue.string))),
            ("properties", .object(properties)),
        ]
    }

    private static func text(_ description: String) -> JSONValue {
        .object([("type", .string("string")), ("description", .string(description))])
    }

    private static func name(_ description: String) -> JSONValue {
        .object([
            ("type", .string("string")), ("pattern", .string("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")),
            ("description", .string(description)),
        ])
    }
}

extension JSONValue {
    /// The same schemas by key, each of which also takes a text with a placeholder.
    func withPlaceholders(except fixed: [String] = []) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { fixed.contains($0.0) ? $0 : ($0.0, $0.1.withPlaceholder) })
    }

    private var withPlaceholder: JSONValue {
        guard case .object(let members) = self else { return self }
        if members.contains(where: { $0.0 == "properties" }) {
            return .object(members.map { $0.0 == "properties" ? ($0.0, $0.1.withPlaceholders()) : $0 })
        }
        let placeholder: JSONValue = .object([
            ("type", .string("string")), ("pattern", .string("\\$\\{[a-z][A-Za-z0-9]*\\}")),
        ])
        let plain = members.filter { $0.0 != "description" }.map { $0.0 == "items" ? ($0.0, $0.1.withPlaceholder) : $0 }
        return .object([("anyOf", .array([.object(plain), placeholder]))] + members.filter { $0.0 == "description" })
    }
}
