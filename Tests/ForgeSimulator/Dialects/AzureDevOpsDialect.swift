import Foundation
import JSON

/// Azure DevOps, as far as Mitregate asks it: one organization with one project and one repository.
package struct AzureDevOpsDialect: ForgeDialect {
    package let name = "azure-devops"
    package let basePath = ""
    package let apiPath = "/fabrikam"

    package init() {}

    package func failure(_ status: Int, _ message: String) -> ForgeReply {
        ForgeReply(
            status,
            [
                "$id": "1", "innerException": .null, "message": .string(message), "typeName": "Microsoft.Exception",
                "typeKey": "Exception", "errorCode": 0, "eventId": 3_000,
            ]
        )
    }

    /// A person's token comes as the password of an empty user name, Entra's as a bearer's.
    package func caller(of call: ForgeCall, in repository: PretendedRepository) -> PretendedRepository.Person? {
        guard let header = call.header("Authorization") else { return nil }
        var token = ""
        if header.hasPrefix("Bearer ") { token = String(header.dropFirst(7)) }
        if header.hasPrefix("Basic "), let bytes = Data(base64Encoded: String(header.dropFirst(6))) {
            let pair = String(decoding: bytes, as: UTF8.self)
            token = pair.hasPrefix(":") ? String(pair.dropFirst()) : ""
        }
        return repository.tokens[token].flatMap { repository.people[$0] }
    }

    package func reply(
        to call: ForgeCall,
        from caller: PretendedRepository.Person,
        in repository: inout PretendedRepository,
        origin: String
    ) -> ForgeReply {
        let view = AzureDevOpsView(repository: repository)
        guard let segments = call.segments(below: apiPath) else { return failure(404, "The organization is not there") }
        if segments.first == "_apis" { return organization(segments.dropFirst(), call, caller, view) }
        if segments == [repository.owner, "_apis", "policy", "configurations"], call.method == "GET" {
            guard !repository.isSecretive else { return failure(403, "TF401027: You need the permission.") }
            return ForgeReply(200, view.list(view.policies))
        }
        guard segments.prefix(5) == [repository.owner, "_apis", "git", "repositories", repository.name] else {
            return failure(404, "TF401019: The Git repository does not exist or you do not have permissions for it.")
        }
        let place = Place(call.method, segments.dropFirst(5))
        return read(place, call, repository, view) ?? write(place, call, caller, &repository)
    }

    /// A path below the repository, numbers taken out; names in a path know no case here.
    private struct Place {
        var key: String
        var numbers: [Int]

        init(_ method: String, _ segments: ArraySlice<String>) {
            numbers = segments.compactMap { Int($0) }
            key = ([method] + segments.map { Int($0) == nil ? $0.lowercased() : "*" }).joined(separator: " ")
        }

        func number(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }
    }

    private func organization(
        _ segments: ArraySlice<String>,
        _ call: ForgeCall,
        _ caller: PretendedRepository.Person,
        _ view: AzureDevOpsView
    ) -> ForgeReply {
        switch segments.first {
        case "connectionData": return ForgeReply(200, view.me(caller))
        case "identities":
            let people = view.person(call.query("identityIds") ?? "").map { [view.identity($0)] } ?? []
            return ForgeReply(200, view.list(people))
        case "security":
            let asked = call.json?["evaluations"]?.elements ?? []
            let isGiven = JSONValue.boolean(caller.mayWrite)
            return ForgeReply(200, ["evaluations": .array(asked.map { $0.with(["value": isGiven]) })])
        case "accesscontrollists":
            let person = view.repository.people.values.first {
                AzureDevOpsView.descriptor($0) == call.query("descriptors")
            }
            let isRepository = call.query("token")?.hasSuffix(AzureDevOpsView.repositoryID) ?? false
            guard let person, isRepository else { return ForgeReply(200, view.list([])) }
            return ForgeReply(200, view.permissions(of: person))
        default: return failure(404, "Not Found")
        }
    }

    private func read(
        _ place: Place,
        _ call: ForgeCall,
        _ repository: PretendedRepository,
        _ view: AzureDevOpsView
    ) -> ForgeReply? {
        switch place.key {
        case "GET": return ForgeReply(200, view.repositoryValue)
        case "GET pullrequests":
            let skip = call.query("$skip").flatMap { Int($0) } ?? 0
            let all = listed(call, repository).dropFirst(skip)
                .prefix(call.query("$top").flatMap { Int($0) } ?? 100)
            return ForgeReply(200, view.list(all.map { view.request($0, isListed: true) }))
        case "GET pullrequests *":
            return repository.requests[place.number(0)].map { ForgeReply(200, view.request($0, isListed: false)) }
                ?? missing()
        case "GET pullrequests * iterations":
            return repository.requests[place.number(0)].map { ForgeReply(200, view.iterations(of: $0)) } ?? missing()
        case "GET pullrequests * threads":
            guard let request = repository.requests[place.number(0)] else { return missing() }
            let roots = repository.comments(on: request.number).filter { $0.parent == nil }
            return ForgeReply(200, view.list([view.systemThread(on: request)] + roots.map(view.thread)))
        case "POST pullrequestquery":
            let queries = call.json?["queries"]?.elements ?? []
            return ForgeReply(
                200,
                ["queries": .array(queries), "results": .array(queries.map { found($0, repository, view) })]
            )
        default: return nil
        }
    }

    private func missing() -> ForgeReply { failure(404, "TF401180: The requested pull request was not found.") }

    private func listed(_ call: ForgeCall, _ repository: PretendedRepository) -> [PretendedRepository.Request] {
        repository.requests.values.filter { request in
            let isActive = request.isOpen && request.mergedAs == nil
            let source = call.query("searchCriteria.sourceRefName")
            let target = call.query("searchCriteria.targetRefName")
            return isActive && (source.map { $0 == "refs/heads/\(request.head)" } ?? true)
                && (target.map { $0 == "refs/heads/\(request.base)" } ?? true)
        }.sorted { $0.number > $1.number }
    }

    private func found(
        _ query: JSONValue,
        _ repository: PretendedRepository,
        _ view: AzureDevOpsView
    ) -> JSONValue {
        let commits = query["items"]?.elements?.compactMap(\.text) ?? []
        let isMerge = query["type"]?.text == "lastMergeCommit"
        return .object(
            commits.compactMap { commit in
                let all = repository.requests.values.filter { request in
                    isMerge ? request.mergedAs == commit : request.commit == commit || request.mergedAs == commit
                }
                guard !all.isEmpty else { return nil }
                let requests = all.sorted { $0.number < $1.number }.map { view.request($0, isListed: true) }
                return JSONValue.Member(key: commit, value: .array(requests))
            }
        )
    }

    private func write(
        _ place: Place,
        _ call: ForgeCall,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository
    ) -> ForgeReply {
        let body = call.json ?? .null
        if place.key == "POST pullrequests" { return open(body, caller, &repository) }
        guard let request = repository.requests[place.number(0)] else { return missing() }
        switch place.key {
        case "PATCH pullrequests *": return change(request, to: body, &repository)
        case "POST pullrequests * threads":
            guard let text = body["comments"]?.elements?.first?["content"]?.text, !text.isEmpty else {
                return failure(400, "A comment has no content.")
            }
            if let refusal = refusal(of: text) { return refusal }
            let id = repository.comment(on: request.number, by: caller.id, text)
            if ["closed", "fixed"].contains(body["status"]?.text) { repository.closedThreads.insert(id) }
            let view = AzureDevOpsView(repository: repository)
            return repository.comments[id].map { ForgeReply(200, view.thread($0)) } ?? failure(500, "")
        case "PATCH pullrequests * threads *":
            guard let root = repository.comments[place.number(1)] else { return missing() }
            if body["status"]?.text == "closed" { repository.closedThreads.insert(root.id) }
            return ForgeReply(200, AzureDevOpsView(repository: repository).thread(root))
        case "POST pullrequests * threads * comments", "PATCH pullrequests * threads * comments *",
            "POST pullrequests * threads * comments * likes":
            return comment(place, body, caller, &repository)
        case "POST pullrequests * statuses": return set(body, on: request, caller, &repository)
        default: return failure(404, "Not Found")
        }
    }

    private func refusal(of text: String) -> ForgeReply? {
        text.utf16.count > 150_000 ? failure(400, "TF401176: The comment is longer than 150000 characters.") : nil
    }

    private func comment(
        _ place: Place,
        _ body: JSONValue,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository
    ) -> ForgeReply {
        let thread = place.number(1)
        let comments = AzureDevOpsView(repository: repository).comments(in: thread)
        guard !comments.isEmpty else { return failure(404, "The thread is not there.") }
        let text = body["content"]?.text ?? ""
        if let refusal = refusal(of: text) { return refusal }
        if place.key == "POST pullrequests * threads * comments" {
            let id = repository.comment(on: place.number(0), by: caller.id, text)
            repository.comments[id]?.parent = thread
            let view = AzureDevOpsView(repository: repository)
            return repository.comments[id].map { ForgeReply(200, view.comment($0, comments.count + 1)) }
                ?? failure(500, "")
        }
        guard (1...comments.count).contains(place.number(2)) else { return failure(404, "The comment is not there.") }
        let old = comments[place.number(2) - 1]
        if place.key.hasSuffix("likes") {
            repository.comments[old.id]?.reactions["like", default: []].insert(caller.id)
            return ForgeReply(200, [:])
        }
        guard old.author == caller.id else { return failure(403, "Only its author may change a comment.") }
        let time = repository.tick()
        repository.comments[old.id]?.text = text
        repository.comments[old.id]?.updated = time
        let view = AzureDevOpsView(repository: repository)
        return repository.comments[old.id].map { ForgeReply(200, view.comment($0, place.number(2))) }
            ?? failure(500, "")
    }

    private func set(
        _ body: JSONValue,
        on request: PretendedRepository.Request,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository
    ) -> ForgeReply {
        guard caller.mayWrite else { return failure(403, "TF401027: You need the Git permission to perform this.") }
        let pushes = request.earlier + [request.commit]
        guard let iteration = body["iterationId"]?.integer, (1...pushes.count).contains(iteration) else {
            return failure(404, "The iteration is not there.")
        }
        let words = ["succeeded": "success", "failed": "failure"]
        let word = body["state"]?.text ?? ""
        let (genre, name) = (body["context"]?["genre"]?.text ?? "", body["context"]?["name"]?.text ?? "")
        let status = PretendedRepository.Status(
            id: repository.nextID(),
            context: "\(genre)/\(name)",
            state: words[word] ?? word,
            text: body["description"]?.text ?? "",
            link: body["targetUrl"]?.text,
            at: repository.tick()
        )
        repository.statuses[pushes[iteration - 1], default: []].append(status)
        return ForgeReply(200, AzureDevOpsView(repository: repository).status(body, status.id, by: caller))
    }

    private func open(
        _ body: JSONValue,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository
    ) -> ForgeReply {
        guard caller.mayWrite else { return failure(403, "TF401027: You need the Git permission to perform this.") }
        let head = (body["sourceRefName"]?.text ?? "").dropFirst("refs/heads/".count)
        let base = (body["targetRefName"]?.text ?? "").dropFirst("refs/heads/".count)
        guard repository.branches[String(head)] != nil, repository.branches[String(base)] != nil else {
            return failure(400, "TF401398: The pull request cannot be activated as a branch is not there.")
        }
        if let refusal = refusal(ofDescription: body) { return refusal }
        let isThere = repository.requests.values.contains {
            $0.isOpen && $0.origin == .same && $0.head == head && $0.base == base
        }
        if isThere {
            let message = "TF401179: An active pull request for the source and target branch already exists."
            return failure(409, message)
        }
        let number = repository.open(
            body["title"]?.text ?? "",
            head: String(head),
            base: String(base),
            author: caller.id,
            body: body["description"]?.text ?? ""
        )
        let view = AzureDevOpsView(repository: repository)
        return repository.requests[number].map { ForgeReply(201, view.request($0, isListed: false)) }
            ?? failure(500, "")
    }

    private func refusal(ofDescription body: JSONValue) -> ForgeReply? {
        (body["description"]?.text ?? "").unicodeScalars.count > 4_000
            ? failure(400, "Invalid pull request description. It may have 4000 characters.") : nil
    }

    private func change(
        _ request: PretendedRepository.Request,
        to body: JSONValue,
        _ repository: inout PretendedRepository
    ) -> ForgeReply {
        if let refusal = refusal(ofDescription: body) { return refusal }
        guard request.isOpen, request.mergedAs == nil else {
            return failure(409, "TF401181: The pull request cannot be edited due to its state.")
        }
        repository.change(request.number, at: repository.tick()) { request in
            request.title = body["title"]?.text ?? request.title
            request.body = body["description"]?.text ?? request.body
            if body["status"]?.text == "abandoned" { request.isOpen = false }
        }
        let view = AzureDevOpsView(repository: repository)
        return repository.requests[request.number].map { ForgeReply(200, view.request($0, isListed: false)) }
            ?? failure(500, "")
    }
}
