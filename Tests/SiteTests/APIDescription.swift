import ForgeSimulator
import Foundation
import JSON
import Transfers

/// The API as `openapi.json` has it.
struct APIDescription {
    struct Parameter {
        var name: String
        var isInPath: Bool
        var isRequired: Bool
        /// Values that the schema takes, and others.
        let right: [String]
        let wrong: [String]
        private let limit: Int?

        init(_ name: String, _ schema: JSONValue?, isInPath: Bool = false, isRequired: Bool) {
            self.name = name
            self.isInPath = isInPath
            self.isRequired = isRequired
            limit = schema?["maxLength"]?.integer
            let values = FuzzedCall.texts + (schema?["enum"]?.elements?.compactMap(\.text) ?? [])
            right = values.filter { Self.fits($0, schema) }
            wrong = values.filter { !Self.fits($0, schema) }
        }

        /// Whether a value that the schema does not take may be taken: of words in another language, and of how many bytes they
        /// may have, the description says nothing.
        func mayTake(_ value: String) -> Bool {
            guard let limit else { return false }
            return value.utf8.contains { $0 >= 128 } || value.utf8.count > limit && value.utf8.count <= limit * 4
        }

        private static func fits(_ text: String, _ schema: JSONValue?) -> Bool {
            guard let schema else { return true }
            if let words = schema["enum"]?.elements { return words.contains(.string(text)) }
            if schema["type"]?.text == "integer" {
                guard let number = Int(text), "\(number)" == text else { return false }
                return number >= schema["minimum"]?.integer ?? .min && number <= schema["maximum"]?.integer ?? .max
            }
            if schema["format"]?.text == "date-time" { return FuzzedCall.instants.contains(text) }
            let count = text.unicodeScalars.count
            if count < schema["minLength"]?.integer ?? 0 || count > schema["maxLength"]?.integer ?? .max {
                return false
            }
            guard let pattern = schema["pattern"]?.text, let regex = try? Regex(pattern) else { return true }
            return (try? regex.wholeMatch(in: text)) != nil
        }
    }

    struct Operation {
        var id: String
        var method: HTTPRequest.Method
        var path: String
        var parameters: [Parameter]
        /// The members of a body in JSON; `nil`: it takes none.
        var members: [Parameter]?
        /// Whether it takes a body of any form.
        var isRaw: Bool
        var needsToken: Bool
        var responses: JSONValue

        var canBeRefused: Bool { needsToken || !parameters.isEmpty || members != nil }
    }

    let operations: [Operation]
    private let judge: SchemaJudge

    init(_ document: JSONValue) throws {
        judge = SchemaJudge(document["components"])
        var operations: [Operation] = []
        guard case .object(let paths)? = document["paths"] else { throw CocoaError(.fileReadCorruptFile) }
        for path in paths {
            guard case .object(let methods) = path.value else { continue }
            for method in methods {
                guard let verb = HTTPRequest.Method(rawValue: method.key.uppercased()) else { continue }
                operations.append(Self.operation(method.value, verb, path.key))
            }
        }
        self.operations = operations.sorted { $0.id < $1.id }
    }

    private static func operation(_ json: JSONValue, _ method: HTTPRequest.Method, _ path: String) -> Operation {
        let parameters = (json["parameters"]?.elements ?? []).map { parameter in
            Parameter(
                parameter["name"]?.text ?? "",
                parameter["schema"],
                isInPath: parameter["in"]?.text == "path",
                isRequired: parameter["required"]?.flag == true
            )
        }
        let body = json["requestBody"]?["content"]?["application/json"]?["schema"]
        let required = Set(body?["required"]?.elements?.compactMap(\.text) ?? [])
        var members: [Parameter]?
        if case .object(let properties)? = body?["properties"] {
            members = properties.map { property in
                Parameter(property.key, property.value, isRequired: required.contains(property.key))
            }
        }
        return Operation(
            id: json["operationId"]?.text ?? "",
            method: method,
            path: path,
            parameters: parameters,
            members: members,
            isRaw: body != nil && members == nil,
            needsToken: json["security"] != nil,
            responses: json["responses"] ?? .object([])
        )
    }

    /// What in an answer is not as the description says, or not what such a call deserves.
    func complaints(about answer: HTTPResponse, to call: FuzzedCall) -> [String] {
        guard let response = call.operation.responses["\(answer.status)"] else {
            return ["this status is not described"]
        }
        var problems: [String] = []
        if answer.status >= 500 { problems.append("an error of ours") }
        if !call.deserves(answer.status) { problems.append("such a call does not deserve it") }
        guard case .object(let contents)? = response["content"] else {
            return problems + (answer.body.isEmpty ? [] : ["a body is not described"])
        }
        let type = answer.headers["Content-Type"]?.split(separator: ";").first.map(String.init) ?? ""
        guard let schema = contents.first(where: { $0.key == type })?.value["schema"] else {
            return problems + ["the type \(type) is not described"]
        }
        guard type.hasSuffix("json") else { return problems }
        guard let value = try? JSONParser.parse(answer.body) else { return problems + ["it is not JSON"] }
        return problems + judge.complaints(value, schema, isStrict: true, at: "answer")
    }
}
