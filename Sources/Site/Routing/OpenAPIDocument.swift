import FoundationEssentials

/// What the API is, in OpenAPI 3.1, written from the table that routes.
struct OpenAPIDocument {
    static let path = "/api/v1/openapi.json"

    let endpoints: [Endpoint]
    let version: String

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "Mitregate", "version": .text(version),
                "description": "Where each tenant stands, what was done, and what may be asked of the controller.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(SiteSchemas.all),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
        return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? "{}"
    }

    private var paths: [String: JSONValue] {
        Dictionary(grouping: endpoints, by: \.path).mapValues { rows in
            .object(
                Dictionary(uniqueKeysWithValues: rows.map { ($0.method.rawValue.lowercased(), operation($0)) })
            )
        }
    }

    private func operation(_ endpoint: Endpoint) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .text(endpoint.operation), "summary": .text(endpoint.summary),
            "responses": .object(responses(endpoint)),
        ]
        let parameters =
            endpoint.variables.map { parameter($0, in: "path") } + endpoint.query.map { parameter($0, in: "query") }
        if !parameters.isEmpty { operation["parameters"] = .list(parameters) }
        if endpoint.access != .open { operation["security"] = [["token": []]] }
        if let body = endpoint.body {
            operation["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": schema(ofBody: body)]],
            ]
        }
        if endpoint.rawBody != nil {
            operation["requestBody"] = ["required": true, "content": ["application/json": ["schema": .object([:])]]]
        }
        return .object(operation)
    }

    private func parameter(_ parameter: Endpoint.Parameter, in place: String) -> JSONValue {
        [
            "name": .text(parameter.name), "in": .text(place), "required": .boolean(place == "path"),
            "description": .text(parameter.summary), "schema": parameter.form.schema,
        ]
    }

    private func schema(ofBody members: [Endpoint.Parameter]) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for member in members {
            guard case .object(var schema) = member.form.schema else { continue }
            schema["description"] = .text(member.summary)
            properties[member.name] = .object(schema)
        }
        var object: [String: JSONValue] = [
            "type": "object", "additionalProperties": false, "properties": .object(properties),
        ]
        let required = members.filter(\.isRequired).map { JSONValue.text($0.name) }
        if !required.isEmpty { object["required"] = .list(required) }
        return .object(object)
    }

    private func responses(_ endpoint: Endpoint) -> [String: JSONValue] {
        var content: JSONValue?
        if let kind = endpoint.answers {
            content = ["application/json": ["schema": ["$ref": .text("#/components/schemas/\(kind)")]]]
            if endpoint.operation == "listEvents", case .object(var types)? = content {
                types["text/event-stream"] = ["schema": ["type": "string"]]
                content = .object(types)
            }
        } else if endpoint.successStatus != 204 {
            let type = endpoint.operation == "getOpenAPI" ? "application/json" : "text/plain"
            content = [type: ["schema": type == "text/plain" ? ["type": "string"] : ["type": "object"]]]
        }
        var success: [String: JSONValue] = ["description": "Done."]
        success["content"] = content
        var responses = [String(endpoint.successStatus): JSONValue.object(success)]
        var statuses = Set(endpoint.problems + [400, 413, 421])
        if endpoint.access != .open { statuses.formUnion([401, 403]) }
        if endpoint.body != nil { statuses.insert(415) }
        if !endpoint.variables.isEmpty { statuses.insert(404) }
        if endpoint.operation == "listEvents" { statuses.insert(429) }
        for status in statuses {
            responses[String(status)] = [
                "description": "Not done; the problem says why.",
                "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
            ]
        }
        return responses
    }
}

extension Endpoint.Parameter.Form {
    var schema: JSONValue {
        switch self {
        case .name: ["type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$"]
        case .text(let maximum):
            ["type": "string", "minLength": 1, "maxLength": .number(maximum / 4), "pattern": #"^[ -~]*[!-~][ -~]*$"#]
        case .instant: ["type": "string", "format": "date-time"]
        case .digest: ["type": "string", "pattern": "^(sha256:)?[0-9a-f]{12,64}$"]
        case .id: ["type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"]
        case .integer(let range):
            ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .word(let words): ["type": "string", "enum": .list(words.map { .text($0) })]
        case .words(let words):
            [
                "type": "string",
                "pattern": .text("^(\(words.joined(separator: "|")))(,(\(words.joined(separator: "|"))))*$"),
            ]
        case .names(let maximum):
            [
                "type": "string",
                "pattern": .text(
                    "^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}(,[A-Za-z0-9_][A-Za-z0-9._-]{0,62}){0,\(maximum - 1)}$"
                ),
            ]
        }
    }
}
