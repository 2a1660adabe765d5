import JSON

/// The back door of a pretended forge: what people do there, so that a script can say it.
///
///     POST /simulator/push     {"branch", "commit"}           what git was pushed
///     POST /simulator/open     {"branch", "base", "title"}    answers {"number"}
///     POST /simulator/review   {"number", "verdict"}          approved or changes-requested
///     POST /simulator/merge    {"number", "commit"}           git is pushed the commit by the script itself
///     GET  /simulator/complaints                              what did not keep to the forge's description
enum ForgeControl {
    static let path = "/simulator"

    static func reply(
        to segments: [String],
        _ call: ForgeCall,
        in repository: inout PretendedRepository,
        _ complaints: [String]
    ) -> ForgeReply {
        let body = call.json ?? .null
        switch "\(call.method) \(segments.joined(separator: "/"))" {
        case "GET complaints": return ForgeReply(200, .array(complaints.map { .string($0) }))
        case "POST push":
            guard let branch = body["branch"]?.text, let commit = commit(in: body) else { break }
            repository.pushed(commit, to: branch)
            return ForgeReply(204)
        case "POST open":
            guard let branch = body["branch"]?.text, let title = body["title"]?.text,
                repository.branches[branch] != nil
            else { break }
            let number = repository.open(title, head: branch, base: body["base"]?.text ?? "main")
            return ForgeReply(201, ["number": .int(number)])
        case "POST review":
            guard let number = openRequest(in: body, of: repository), let verdict = verdict(in: body) else { break }
            repository.review(number, verdict)
            return ForgeReply(204)
        case "POST merge":
            guard let number = openRequest(in: body, of: repository), let commit = commit(in: body) else { break }
            repository.merge(number, as: commit)
            return ForgeReply(204)
        default: return ForgeReply(404, ["message": .string("there is no \(call.title)")])
        }
        let message = "\(call.title): \(body.json) lacks something, or names what isn't there"
        return ForgeReply(422, ["message": .string(message)])
    }

    private static func commit(in body: JSONValue) -> String? {
        body["commit"]?.text.flatMap { text in
            text.utf8.count == 40 && text.allSatisfy { "0123456789abcdef".contains($0) } ? text : nil
        }
    }

    private static func openRequest(in body: JSONValue, of repository: PretendedRepository) -> Int? {
        guard case .number(let digits)? = body["number"], let number = Int(digits) else { return nil }
        return repository.requests[number]?.isOpen == true ? number : nil
    }

    private static func verdict(in body: JSONValue) -> PretendedRepository.Verdict? {
        switch body["verdict"]?.text {
        case "approved": .approved
        case "changes-requested": .changesRequested
        default: nil
        }
    }
}
