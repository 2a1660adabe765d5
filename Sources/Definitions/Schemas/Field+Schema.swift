import Connectors

extension Field {
    /// The field's value in JSON Schema.
    var schema: JSONValue {
        var members: [(String, JSONValue)] = []
        switch type {
        case .boolean: members = [("type", .string("boolean"))]
        case .integer(let range):
            members = [
                ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
                ("maximum", .integer(range.upperBound)),
            ]
        case .choice(let words, let allowsNone):
            members = [("enum", .array(words.map(JSONValue.string) + (allowsNone ? [.null] : [])))]
        case .single(let term):
            members = [("type", .array([.string("string"), .string("null")]))] + term.schema
        case .set(let term):
            members = [
                ("type", .array([.string("array"), .string("null")])),
                ("items", .object([("type", .string("string"))] + term.schema)),
            ]
        }
        return .object(members + [("description", .string(description))])
    }

    private var description: String {
        switch defaultValue {
        case .boolean, .integer: "\(summary) Exchange's default: \(defaultValue)."
        case .text(let text) where !text.isEmpty: "\(summary) Exchange's default: \(text)."
        case .none, .text, .list: summary
        }
    }
}

extension Term {
    /// The syntax as far as a pattern can say it without refusing what the reader takes.
    fileprivate var schema: [(String, JSONValue)] {
        switch self {
        case .text(let maximum): [("maxLength", .integer(maximum))]
        case .domainName: [pattern("^\\s*[^\\s*@:/]+\\s*$")]
        case .domainPattern: [pattern("^\\s*([Ss][Mm][Tt][Pp]:)?(\\*|(\\*\\.)?[^\\s*@:/]+)\\s*$")]
        case .certificateName: [pattern("^\\s*(\\*\\.)?[^\\s*@/]+\\s*$")]
        case .senderNetwork: [pattern("^\\s*[0-9]{1,3}(\\.[0-9]{1,3}){3}(/(2[4-9]|3[0-2]))?\\s*$")]
        case .skippedNetwork: [pattern("^[-0-9A-Fa-f.:/\\s]+$")]
        case .smartHost: [pattern("^[^@*]+$")]
        case .emailAddress: [pattern("^[^@]+@[^@]+$")]
        case .connectorReference: [("maxLength", .integer(64))]
        }
    }

    private func pattern(_ text: String) -> (String, JSONValue) { ("pattern", .string(text)) }
}
