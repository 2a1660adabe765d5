import ForgeSimulator
import Foundation
import JSON
import Testing

/// What a real forge was asked, and what it answered.
struct Exchange: Sendable, CustomTestStringConvertible {
    var title: String
    var call: ForgeCall
    /// Whose token it was, such as `mitregate`; nothing for none.
    var caller: String?
    var reply: ForgeReply

    var testDescription: String { title }

    init?(_ json: JSONValue) {
        guard
            let request = json["request"], let response = json["response"], let status = response["status"]?.integer,
            let method = request["method"]?.text, let target = request["path"]?.text
        else { return nil }
        title = json["title"]?.text ?? ""
        let parts = target.split(separator: "?", maxSplits: 1)
        let query = parts.count > 1 ? parts[1].split(separator: "&") : []
        let authorization = request["headers"]?["Authorization"]?.text
        caller = authorization?.split(separator: "<").last.map { String($0.dropLast()) }
        call = ForgeCall(
            method: method,
            path: String(parts.first ?? "/"),
            query: query.map { pair in
                let sides = pair.split(separator: "=", maxSplits: 1)
                return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
            },
            headers: request["body"] == nil ? [] : [("Content-Type", "application/json")],
            body: request["body"]?.bytes ?? []
        )
        let headers = (response["headers"]?.elements ?? []).compactMap { field -> (name: String, value: String)? in
            guard let name = field.elements?.first?.text, let value = field.elements?.last?.text else { return nil }
            return ["content-length", "transfer-encoding"].contains(name.lowercased()) ? nil : (name, value)
        }
        reply = ForgeReply(status, response["body"], headers: headers)
    }
}

enum Recording {
    /// The exchanges of a file, each with its place in it; nothing in a clone that stands alone.
    static func exchanges(_ name: String) -> [Exchange] {
        guard
            let bytes = try? ForgeFacts.bytes("recordings/\(name).json"), let json = try? JSONParser.parse(bytes),
            let list = json["conversation"]?.elements
        else { return [] }
        return list.compactMap { Exchange($0) }
    }

    static let areAtHand = (try? ForgeFacts.bytes("recordings/gitea.json")) != nil
}

/// Says again what a real forge said, and an empty list to what it was not asked.
struct PlaybackDialect: ForgeDialect {
    let name: String
    let basePath: String
    let exchange: Exchange

    func caller(of call: ForgeCall, in repository: PretendedRepository) -> PretendedRepository.Person? {
        repository.people[1]
    }

    func failure(_ status: Int, _ message: String) -> ForgeReply { ForgeReply(status) }

    func reply(
        to call: ForgeCall,
        from caller: PretendedRepository.Person,
        in repository: inout PretendedRepository,
        origin: String
    ) -> ForgeReply {
        guard call.method == exchange.call.method, call.path == exchange.call.path else { return ForgeReply(200, []) }
        var reply = exchange.reply
        // Links name the host that it was recorded from.
        reply.headers.removeAll { $0.name.lowercased() == "link" }
        return reply
    }
}
