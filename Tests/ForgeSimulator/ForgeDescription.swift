import Foundation
import JSON
import Synchronization

/// What a forge says of its own API (OpenAPI 3.1): the judge of what we send and of what a pretended forge answers.
///
/// A call is right when method and path are known, each required member is there, each value satisfies its schema, and
/// nothing is sent that the description does not name; it is stricter than the forges are.
package struct ForgeDescription: Sendable {
    private struct Operation: Sendable {
        var method: String
        /// A template's segments; `{name}` stands for any.
        var path: [Substring]
        var json: JSONValue
    }

    private var operations: [Operation]
    private let judge: SchemaJudge
    private let passes: [JSONValue]

    package init(_ bytes: [UInt8]) throws {
        let json = try JSONParser.parse(bytes)
        judge = SchemaJudge(json["components"])
        let schemes = json["components"]?["securitySchemes"]
        passes = (json["security"]?.elements ?? []).compactMap { requirement in
            guard case .object(let members) = requirement, let name = members.first?.key else { return nil }
            return schemes?[name]
        }
        guard case .object(let paths)? = json["paths"] else {
            operations = []
            return
        }
        operations = paths.flatMap { path -> [Operation] in
            guard case .object(let methods) = path.value else { return [] }
            return methods.map { method in
                Operation(method: method.key.uppercased(), path: path.key.split(separator: "/"), json: method.value)
            }
        }
    }

    /// The official description where it is at hand, else the facts that `Tests/ForgesTests/Fixtures` restates.
    ///
    /// Calls that no description has are marked `x-added` in the latter, and belong to both.
    package static func load(_ name: String) throws -> ForgeDescription {
        if let known = known.withLock({ $0[name] }) { return known }
        let fixture = ForgeFacts.package.appending(path: "Tests/ForgesTests/Fixtures/\(name).json")
        let restated = try ForgeDescription(Array(Data(contentsOf: fixture)))
        var description = restated
        if let official = try ForgeFacts.bytes("\(name).json") {
            description = try ForgeDescription(official)
            description.operations += restated.operations.filter { $0.json["x-added"]?.flag == true }
        }
        known.withLock { $0[name] = description }
        return description
    }

    private static let known = Mutex<[String: ForgeDescription]>([:])

    /// No pass, no right, nothing there, not taken, in the way: what any call can meet, and what descriptions list here
    /// and there; and that nothing changed.
    private static let unlisted: Set<Int> = [304, 400, 401, 403, 404, 409, 422]

    /// What in a call does not keep to the description.
    package func complaints(about call: ForgeCall, below base: String) -> [String] {
        guard let operation = operation(of: call, below: base) else {
            return ["\(call.title): the description knows no such call"]
        }
        let parameters = operation.json["parameters"]?.elements ?? []
        let found =
            passProblems(call) + pathProblems(call, operation, parameters, base) + queryProblems(call, parameters)
            + bodyProblems(call, operation)
        return found.map { "\(call.title): \($0)" }
    }

    /// What in an answer does not keep to the description.
    package func complaints(about reply: ForgeReply, to call: ForgeCall, below base: String) -> [String] {
        guard let operation = operation(of: call, below: base) else { return [] }
        guard !Self.unlisted.contains(reply.status) || operation.json["responses"]?["\(reply.status)"] != nil else {
            return []
        }
        guard let answer = operation.json["responses"]?["\(reply.status)"] else {
            return ["\(call.title): answers \(reply.status), which the description does not list"]
        }
        guard let schema = content(of: answer)?["schema"] else { return [] }
        let found = judge.complaints(reply.json ?? .null, schema, isStrict: false, at: "answer")
        return found.prefix(5).map { "\(call.title): \($0)" }
    }

    /// The most literal template that fits: `/pulls/{index}/reviews` before `/pulls/{base}/{head}`.
    private func operation(of call: ForgeCall, below base: String) -> Operation? {
        guard call.path.hasPrefix(base) else { return nil }
        let segments = call.path.dropFirst(base.count).split(separator: "/")
        return operations.filter { operation in
            operation.method == call.method && operation.path.count == segments.count
                && zip(operation.path, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }.min { left, right in
            left.path.count { $0.hasPrefix("{") } < right.path.count { $0.hasPrefix("{") }
        }
    }

    private func passProblems(_ call: ForgeCall) -> [String] {
        guard !passes.isEmpty else { return [] }
        let isSigned = passes.contains { scheme in
            if scheme["type"]?.text == "apiKey" { return call.header(scheme["name"]?.text ?? "") != nil }
            let kind = scheme["scheme"]?.text ?? ""
            return call.header("Authorization")?.lowercased().hasPrefix("\(kind) ") ?? false
        }
        return isSigned ? [] : ["it is not signed in"]
    }

    private func pathProblems(
        _ call: ForgeCall,
        _ operation: Operation,
        _ parameters: [JSONValue],
        _ base: String
    ) -> [String] {
        let segments = call.path.dropFirst(base.count).split(separator: "/")
        return zip(operation.path, segments).flatMap { template, segment -> [String] in
            guard template.hasPrefix("{") else { return [] }
            let name = template.dropFirst().dropLast()
            let parameter = parameters.first { $0["in"]?.text == "path" && $0["name"]?.text == String(name) }
            guard let schema = parameter?["schema"] else { return [] }
            return valueProblems(Percent.decoded(segment), schema, at: "path \(name)")
        }
    }

    private func queryProblems(_ call: ForgeCall, _ parameters: [JSONValue]) -> [String] {
        let named = parameters.filter { $0["in"]?.text == "query" }
        var result: [String] = []
        for item in call.query {
            guard let parameter = named.first(where: { $0["name"]?.text == item.name }) else {
                result.append("query \(item.name): the description does not name it")
                continue
            }
            if let schema = parameter["schema"] {
                result += valueProblems(item.value, schema, at: "query \(item.name)")
            }
        }
        for parameter in named where parameter["required"]?.flag == true {
            guard let name = parameter["name"]?.text, call.query(name) == nil else { continue }
            result.append("query \(name): it is required and missing")
        }
        return result
    }

    /// A value of a path or query, read as its schema wants it.
    private func valueProblems(_ text: String, _ schema: JSONValue, at place: String) -> [String] {
        var candidates: [JSONValue] = [.string(text)]
        if let number = try? JSONParser.parse(text), case .number = number { candidates.append(number) }
        if text == "true" || text == "false" { candidates.append(.boolean(text == "true")) }
        if schema["type"]?.text == "array" {
            candidates = [.array(text.split(separator: ",").map { JSONValue.string(String($0)) })]
        }
        let found = candidates.map { judge.complaints($0, schema, isStrict: true, at: place) }
        return found.min { $0.count < $1.count } ?? []
    }

    private func bodyProblems(_ call: ForgeCall, _ operation: Operation) -> [String] {
        let wanted = operation.json["requestBody"]
        guard !call.body.isEmpty else {
            return wanted?["required"]?.flag == true ? ["the body is missing"] : []
        }
        guard let wanted else { return ["the description knows no body"] }
        guard let type = call.header("Content-Type"), type.hasPrefix("application/json") else {
            return ["the body's type is not JSON"]
        }
        guard let json = call.json else { return ["the body is not JSON"] }
        guard let schema = content(of: wanted)?["schema"] else { return [] }
        return judge.complaints(json, schema, isStrict: true, at: "body")
    }

    private func content(of value: JSONValue) -> JSONValue? {
        guard case .object(let types)? = value["content"] else { return nil }
        return types.first { $0.key.contains("json") }?.value
    }
}
