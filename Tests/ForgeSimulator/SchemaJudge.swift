import Foundation
package import JSON

/// Holds values to schemas of an OpenAPI description (JSON Schema, as far as forges' descriptions and ours use it).
package struct SchemaJudge: Sendable {
    /// `#/components/schemas`.
    let schemas: [String: JSONValue]

    package init(_ components: JSONValue?) {
        guard case .object(let members)? = components?["schemas"] else {
            schemas = [:]
            return
        }
        schemas = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// What is wrong with a value, each with its place.
    ///
    /// - Parameter isStrict: Whether a member that the schema does not name is wrong.
    package func complaints(_ value: JSONValue, _ schema: JSONValue, isStrict: Bool, at place: String) -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let name = reference.split(separator: "/").last, let target = schemas[String(name)] else {
                return ["\(place): the description lacks \(reference)"]
            }
            return complaints(value, target, isStrict: isStrict, at: place)
        }
        for key in ["anyOf", "oneOf"] {
            guard let choices = schema[key]?.elements, !choices.isEmpty else { continue }
            let found = choices.map { complaints(value, $0, isStrict: isStrict, at: place) }
            return found.min { $0.count < $1.count } ?? []
        }
        var result: [String] = []
        if let parts = schema["allOf"]?.elements {
            for part in parts { result += complaints(value, part, isStrict: false, at: place) }
        }
        if let problem = typeProblem(value, schema) { return result + ["\(place): \(problem)"] }
        if let choices = schema["enum"]?.elements, !choices.contains(value), !(value.isNull && allowsNull(schema)) {
            result.append("\(place): \(value.json) is none of the values that are allowed")
        }
        if let constant = schema["const"], constant != value { result.append("\(place): it is not \(constant.json)") }
        result += boundProblems(value, schema).map { "\(place): \($0)" }
        if case .array(let elements) = value, let items = schema["items"] {
            for (index, element) in elements.enumerated() {
                result += complaints(element, items, isStrict: isStrict, at: "\(place)[\(index)]")
            }
        }
        if case .object(let members) = value { result += memberProblems(members, schema, isStrict, place) }
        return result
    }

    private func memberProblems(
        _ members: [JSONValue.Member],
        _ schema: JSONValue,
        _ isStrict: Bool,
        _ place: String
    ) -> [String] {
        var result: [String] = []
        let named = properties(of: schema)
        for member in members {
            if let property = named[member.key] {
                result += complaints(member.value, property, isStrict: isStrict, at: "\(place).\(member.key)")
            } else if case .object? = schema["additionalProperties"], let other = schema["additionalProperties"] {
                result += complaints(member.value, other, isStrict: isStrict, at: "\(place).\(member.key)")
            } else if isStrict, schema["additionalProperties"]?.flag != true {
                result.append("\(place).\(member.key): the schema does not name it")
            }
        }
        let given = Set(members.map(\.key))
        for key in schema["required"]?.elements?.compactMap(\.text) ?? [] where !given.contains(key) {
            result.append("\(place).\(key): it is required and missing")
        }
        return result
    }

    /// The members that a schema names, those of its parts among them.
    private func properties(of schema: JSONValue) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        if let name = schema["$ref"]?.text?.split(separator: "/").last, let target = schemas[String(name)] {
            result = properties(of: target)
        }
        for part in schema["allOf"]?.elements ?? [] { result.merge(properties(of: part)) { first, _ in first } }
        if case .object(let members)? = schema["properties"] {
            for member in members { result[member.key] = member.value }
        }
        return result
    }

    private func types(of schema: JSONValue) -> [String] {
        if let type = schema["type"]?.text { return [type] }
        return schema["type"]?.elements?.compactMap(\.text) ?? []
    }

    private func allowsNull(_ schema: JSONValue) -> Bool {
        types(of: schema).contains("null") || schema["nullable"]?.flag == true
    }

    private func typeProblem(_ value: JSONValue, _ schema: JSONValue) -> String? {
        let types = types(of: schema)
        guard !types.isEmpty, !(value.isNull && allowsNull(schema)) else { return nil }
        let isRight = types.contains { type in
            switch (type, value) {
            case ("null", .null), ("boolean", .boolean), ("string", .string), ("array", .array), ("object", .object),
                ("number", .number):
                true
            case ("integer", .number(let digits)): !digits.contains { ".eE".contains($0) }
            default: false
            }
        }
        return isRight ? nil : "\(value.json.prefix(60)) is not \(types.joined(separator: " or "))"
    }

    private func boundProblems(_ value: JSONValue, _ schema: JSONValue) -> [String] {
        switch value {
        case .string(let text):
            let count = text.unicodeScalars.count
            if let most = schema["maxLength"]?.integer, count > most { return ["it is longer than \(most)"] }
            if let least = schema["minLength"]?.integer, count < least { return ["it is shorter than \(least)"] }
            if schema["format"]?.text == "date-time", !isTime(text) { return ["\"\(text)\" is not a date-time"] }
        case .number(let digits):
            guard let number = Double(digits) else { return [] }
            if case .number(let most)? = schema["maximum"], let limit = Double(most), number > limit {
                return ["it is more than \(most)"]
            }
            if case .number(let least)? = schema["minimum"], let limit = Double(least), number < limit {
                return ["it is less than \(least)"]
            }
        default: break
        }
        return []
    }

    /// RFC 3339: a date, `T`, a time, and `Z` or an offset.
    private func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
    }
}
