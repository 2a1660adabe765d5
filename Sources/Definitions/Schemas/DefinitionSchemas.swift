import Connectors

/// The JSON Schemas of the definitions, for editors and for other people's checks.
///
/// They are made from the tables that decode, so that the two cannot differ. A schema never refuses what the reader takes; the
/// reader knows more rules than a schema can say. Draft 7 is what YAML language servers read best.
package enum DefinitionSchemas {
    /// Every schema by its file name; the first is for a document of any kind.
    package static func all() -> [(name: String, json: String)] {
        let documents = DefinitionKind.allCases.map { ($0, document($0)) }
        return [("definition.schema.json", anyKind(documents, "Mitregate definition").text)]
            + documents.map { kind, members in
                // A template's file holds definitions too, in which placeholders stand for values.
                let schema =
                    kind == .template
                    ? anyKind(inTemplates(documents), "Mitregate Template")
                    : JSONValue.object([version] + title(kind) + members)
                return (fileName(kind), schema.text)
            }
    }

    private static func inTemplates(
        _ documents: [(DefinitionKind, [(String, JSONValue)])]
    ) -> [(DefinitionKind, [(String, JSONValue)])] {
        documents.filter { $0.0 != .templateInstance }.map { kind, members in
            guard kind != .template else { return (kind, members) }
            let loose = members.map { name, schema in
                (name, name == "properties" ? schema.withPlaceholders(except: ["apiVersion", "kind"]) : schema)
            }
            return (kind, loose)
        }
    }

    /// As in `outboundconnector.schema.json`.
    package static func fileName(_ kind: DefinitionKind) -> String {
        "\(kind.rawValue.asciiLowercased).schema.json"
    }

    private static let version: (String, JSONValue) = ("$schema", .string("http://json-schema.org/draft-07/schema#"))

    private static func title(_ kind: DefinitionKind) -> [(String, JSONValue)] {
        [("title", .string("Mitregate \(kind.rawValue)"))]
    }

    private static func anyKind(
        _ documents: [(DefinitionKind, [(String, JSONValue)])],
        _ title: String
    ) -> JSONValue {
        let choices: [JSONValue] = documents.map { kind, _ in
            let isKind: JSONValue = .object([
                ("properties", .object([("kind", .object([("const", .string(kind.rawValue))]))])),
                ("required", .array([.string("kind")])),
            ])
            return .object([
                ("if", isKind), ("then", .object([("$ref", .string("#/definitions/\(kind.rawValue)"))])),
            ])
        }
        return .object([
            version,
            ("title", .string(title)),
            ("type", .string("object")),
            ("required", .array([.string("apiVersion"), .string("kind")])),
            (
                "properties",
                .object([
                    ("apiVersion", .object([("const", .string(DefinitionKind.apiVersion))])),
                    ("kind", .object([("enum", .array(documents.map { .string($0.0.rawValue) }))])),
                ])
            ),
            ("allOf", .array(choices)),
            ("definitions", .object(documents.map { ($0.rawValue, .object($1)) })),
        ])
    }

    private static func document(_ kind: DefinitionKind) -> [(String, JSONValue)] {
        [
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("required", .array(["apiVersion", "kind", "metadata", "spec"].map(JSONValue.string))),
            (
                "properties",
                .object([
                    ("apiVersion", .object([("const", .string(DefinitionKind.apiVersion))])),
                    ("kind", .object([("const", .string(kind.rawValue))])),
                    ("metadata", metadata),
                    ("spec", .object(spec(kind))),
                ])
            ),
        ]
    }

    private static var metadata: JSONValue {
        let texts: JSONValue = .object([("type", .string("string"))])
        let name: JSONValue = .object([
            ("type", .string("string")),
            ("pattern", .string("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")),
            ("description", .string("The identity in git; lower-case letters, digits and hyphens.")),
        ])
        let annotations: [(String, JSONValue)] = [
            (Annotation.acceptRisk, described("Accepts, with a reason, a change that weakens security.", minimum: 1)),
            (Annotation.prune, word("disabled", "Keeps the object in the tenant when its file is removed.")),
            (Annotation.adopt, word("enabled", "Takes over an object of the Hybrid Configuration Wizard, by name.")),
        ]
        return .object([
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("required", .array([.string("name")])),
            (
                "properties",
                .object([
                    ("name", name),
                    ("labels", .object([("type", .string("object")), ("additionalProperties", texts)])),
                    (
                        "annotations",
                        .object([
                            ("type", .string("object")),
                            ("properties", .object(annotations)),
                            ("patternProperties", .object([("^(?!mitregate\\.dev/)", texts)])),
                            ("additionalProperties", .boolean(false)),
                        ])
                    ),
                ])
            ),
        ])
    }

    private static func described(_ text: String, minimum: Int) -> JSONValue {
        .object([
            ("type", .string("string")), ("minLength", .integer(minimum)), ("description", .string(text)),
        ])
    }

    private static func word(_ word: String, _ text: String) -> JSONValue {
        .object([("const", .string(word)), ("description", .string(text))])
    }

    private static func spec(_ kind: DefinitionKind) -> [(String, JSONValue)] {
        let fields: [Field]
        var required: [String] = []
        var more: [(String, JSONValue)] = []
        var properties: [(String, JSONValue)] = []
        switch kind {
        case .outboundConnector, .inboundConnector, .transportRule:
            fields = [SpecFields.displayName] + (kind.connectorKind?.fields ?? [])
            if kind == .inboundConnector { properties = [(Evidence.key, evidence)] }
        case .forcedTLSPartner:
            fields = SpecFields.forcedTLSPartner
            required = ["domains"]
            more = trustUnlessInbound
            properties = [(Evidence.key, evidence)]
        case .waiver:
            fields = SpecFields.waiver
            required = ["check", "connector", "owner", "reason", "until"]
        case .tombstone:
            fields = SpecFields.tombstone
            required = ["connector", "owner", "reason"]
        case .acceptedDrift:
            fields = SpecFields.acceptedDrift
            required = ["kind", "connector", "field", "value", "owner", "reason", "until"]
            properties = [("value", anyValue)]
        case .templateInstance: return TemplateSchemas.instance
        case .template: return TemplateSchemas.template
        }
        properties = fields.map { ($0.name, $0.schema) } + properties
        return [
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("required", .array(required.map(JSONValue.string))),
            ("properties", .object(properties)),
        ] + more
    }

    private static var trustUnlessInbound: [(String, JSONValue)] {
        let inbound: JSONValue = .object([
            ("properties", .object([("direction", .object([("const", .string("inbound"))]))])),
            ("required", .array([.string("direction")])),
        ])
        return [("if", inbound), ("else", .object([("required", .array([.string("trust")]))]))]
    }

    private static var evidence: JSONValue {
        let certificate: JSONValue = .object([
            ("type", .string("string")), ("pattern", .string("-----BEGIN CERTIFICATE-----")),
            ("description", .string(Evidence.certificateSummary)),
        ])
        return .object([
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("required", .array([.string("certificate")])),
            ("properties", .object([("certificate", certificate)])),
            ("description", .string(Evidence.summary)),
        ])
    }

    private static var anyValue: JSONValue {
        .object([
            ("type", .array(["null", "boolean", "integer", "string", "array"].map(JSONValue.string))),
            ("items", .object([("type", .string("string"))])),
            ("description", .string("The value that the tenant has; null where it has none.")),
        ])
    }
}
