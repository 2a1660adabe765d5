import Foundation
import JSON

/// GitLab, as far as Mitregate asks it.
package struct GitLabDialect: ForgeDialect {
    package let name = "gitlab"
    /// Where GitLab runs below a path of its host.
    package let basePath: String
    package var apiPath: String { basePath + "/api/v4" }

    package init(basePath: String = "") { self.basePath = basePath }

    package func failure(_ status: Int, _ message: String) -> ForgeReply {
        ForgeReply(status, ["message": .string(status == 401 ? "401 Unauthorized" : "\(status) \(message)")])
    }

    package func caller(of call: ForgeCall, in repository: PretendedRepository) -> PretendedRepository.Person? {
        var token = call.header("PRIVATE-TOKEN") ?? ""
        if let header = call.header("Authorization"), header.hasPrefix("Bearer ") {
            token = String(header.dropFirst(7))
        }
        return repository.tokens[token].flatMap { repository.people[$0] }
    }

    package func reply(
        to call: ForgeCall,
        from caller: PretendedRepository.Person,
        in repository: inout PretendedRepository,
        origin: String
    ) -> ForgeReply {
        let view = GitLabView(repository: repository, origin: origin)
        guard let segments = call.segments(below: apiPath) else { return failure(404, "Not Found") }
        if segments == ["user"] { return ForgeReply(200, view.me(caller)) }
        guard segments.count >= 2, segments[0] == "projects",
            segments[1] == repository.path || segments[1] == "\(GitLabView.project)"
        else { return failure(404, "Project Not Found") }
        let place = Place(call.method, segments.dropFirst(2))
        return read(place, call, repository, view) ?? write(place, call, caller, &repository, origin)
    }

    /// A path below the project, numbers and commits taken out.
    private struct Place {
        var key: String
        var variables: [String]

        init(_ method: String, _ segments: ArraySlice<String>) {
            let isVariable = { (text: String) in text.count == 40 || Int(text) != nil }
            variables = segments.filter(isVariable)
            key = ([method] + segments.map { isVariable($0) ? "*" : $0 }).joined(separator: " ")
        }

        var number: Int { variables.first.flatMap { Int($0) } ?? 0 }
        var second: Int { variables.count > 1 ? Int(variables[1]) ?? 0 : 0 }
        var commit: String { variables.first ?? "" }
    }

    private func read(
        _ place: Place,
        _ call: ForgeCall,
        _ repository: PretendedRepository,
        _ view: GitLabView
    ) -> ForgeReply? {
        switch place.key {
        case "GET": return ForgeReply(200, view.projectValue)
        case "GET merge_requests":
            return tagged(page(of: listed(call, repository).map(view.request), call, view), call)
        case "GET merge_requests *":
            guard let request = repository.requests[place.number] else { return failure(404, "Not found") }
            return ForgeReply(200, view.whole(request))
        case "GET merge_requests * approvals":
            guard let request = repository.requests[place.number] else { return failure(404, "Not found") }
            return ForgeReply(200, view.approvals(of: request))
        case "GET merge_requests * notes":
            guard let request = repository.requests[place.number] else { return failure(404, "Not found") }
            let notes = repository.comments(on: place.number).sorted { $0.updated > $1.updated }.map(view.note)
            return page(of: [view.systemNote(on: request)] + notes, call, view)
        case "GET repository commits * merge_requests":
            guard repository.commits.contains(place.commit) else { return failure(404, "Commit Not Found") }
            let all = repository.requests.values.filter { $0.mergedAs == place.commit || $0.commit == place.commit }
            return page(of: all.sorted { $0.number < $1.number }.map(view.request), call, view)
        case "GET members all *":
            guard let person = repository.people[place.number], person.mayWrite else {
                return failure(404, "Not found")
            }
            return ForgeReply(200, view.member(person))
        default: return nil
        }
    }

    private func listed(_ call: ForgeCall, _ repository: PretendedRepository) -> [PretendedRepository.Request] {
        let since = call.query("updated_after").flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
        return repository.listed(state: call.query("state") == "opened" ? "open" : "all").filter { request in
            (call.query("target_branch").map { $0 == request.base } ?? true)
                && (call.query("source_branch").map { $0 == request.head } ?? true) && request.updated >= since
        }
    }

    private func write(
        _ place: Place,
        _ call: ForgeCall,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ origin: String
    ) -> ForgeReply {
        func view() -> GitLabView { GitLabView(repository: repository, origin: origin) }
        let body = call.json ?? .null
        switch place.key {
        case "POST merge_requests * notes", "PUT merge_requests * notes *":
            return note(place, body, caller, &repository, origin)
        case "POST merge_requests * notes * award_emoji":
            guard repository.comments[place.second] != nil else { return failure(404, "Not found") }
            let name = body["name"]?.text ?? ""
            let awarded = repository.comments[place.second]?.reactions[name, default: []].insert(caller.id)
            guard awarded?.inserted == true else {
                return failure(404, "Award Emoji Name has already been taken Not Found")
            }
            return ForgeReply(201, view().award(name, by: caller, on: place.second))
        case "POST statuses *":
            guard caller.mayWrite else { return failure(403, "Forbidden") }
            return set(body, on: place.commit, caller, &repository, origin)
        case "POST merge_requests": return open(body, caller, &repository, origin)
        case "PUT merge_requests *":
            guard repository.requests[place.number] != nil else { return failure(404, "Not found") }
            repository.change(place.number, at: repository.tick()) { request in
                request.title = body["title"]?.text ?? request.title
                request.body = body["description"]?.text ?? request.body
                if body["state_event"]?.text == "close" { request.isOpen = false }
            }
            return repository.requests[place.number].map { ForgeReply(200, view().whole($0)) } ?? failure(500, "")
        default: return failure(404, "Not Found")
        }
    }

    private func note(
        _ place: Place,
        _ body: JSONValue,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ origin: String
    ) -> ForgeReply {
        guard repository.requests[place.number] != nil else { return failure(404, "Not found") }
        guard let text = body["body"]?.text, !text.isEmpty else { return failure(400, "body is missing") }
        guard text.unicodeScalars.count <= 1_000_000 else {
            return failure(400, "Note is too long (maximum is 1000000 characters)")
        }
        var id = place.second
        let isNew = place.variables.count == 1
        if isNew {
            id = repository.comment(on: place.number, by: caller.id, text)
            act(on: text, place.number, &repository)
        } else {
            guard let old = repository.comments[id], old.number == place.number else {
                return failure(404, "Not found")
            }
            guard old.author == caller.id else { return failure(403, "Forbidden") }
            let time = repository.tick()
            repository.comments[id]?.text = text
            repository.comments[id]?.updated = time
        }
        let view = GitLabView(repository: repository, origin: origin)
        return repository.comments[id].map { ForgeReply(isNew ? 201 : 200, view.note($0)) } ?? failure(500, "")
    }

    /// A line that begins with a slash and a word is done by whoever wrote it, outside of code.
    private func act(on text: String, _ number: Int, _ repository: inout PretendedRepository) {
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode else { continue }
            if line.hasPrefix("/close") { repository.close(number) }
            if line.hasPrefix("/merge") { repository.merge(number) }
            if line.hasPrefix("/approve") { repository.review(number, by: 1, .approved) }
        }
    }

    private func set(
        _ body: JSONValue,
        on commit: String,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ origin: String
    ) -> ForgeReply {
        guard repository.commits.contains(commit) else { return failure(404, "Commit Not Found") }
        if let pipeline = body["pipeline_id"]?.integer {
            guard repository.pipelines[commit] == pipeline else { return failure(404, "Pipeline Not Found") }
        } else if body["ref"]?.text == nil {
            return failure(404, "References for commit Not Found")
        }
        let (word, name) = (body["state"]?.text ?? "", body["name"]?.text ?? "default")
        guard (body["description"]?.text ?? "").unicodeScalars.count <= 255 else {
            return failure(400, "description is too long (maximum is 255 characters)")
        }
        let known = repository.statuses[commit, default: []].last { $0.context == name }
        if word == "pending", known?.state == "pending" {
            // A status that has ended is begun again; one that has not cannot become what it is.
            return ForgeReply(
                400,
                [
                    "message": .string(
                        "Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "
                            + "\"enqueue\")"
                    )
                ]
            )
        }
        let status = PretendedRepository.Status(
            id: repository.nextID(),
            context: name,
            state: word == "failed" ? "failure" : word,
            text: body["description"]?.text ?? "",
            link: body["target_url"]?.text,
            at: repository.tick()
        )
        repository.statuses[commit, default: []].append(status)
        let view = GitLabView(repository: repository, origin: origin)
        return ForgeReply(201, view.status(status, word, of: commit, caller))
    }

    private func open(
        _ body: JSONValue,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ origin: String
    ) -> ForgeReply {
        guard caller.mayWrite else { return failure(403, "Forbidden") }
        let (head, base) = (body["source_branch"]?.text ?? "", body["target_branch"]?.text ?? "")
        guard repository.branches[head] != nil else {
            return ForgeReply(422, ["message": [.string("Source branch \"\(head)\" does not exist")]])
        }
        let known = repository.requests.values.first {
            $0.isOpen && $0.origin == .same && $0.head == head && $0.base == base
        }
        if let known {
            let message = "Another open merge request already exists for this source branch: !\(known.number)"
            return ForgeReply(409, ["message": [.string(message)]])
        }
        let number = repository.open(
            body["title"]?.text ?? "",
            head: head,
            base: base,
            author: caller.id,
            body: body["description"]?.text ?? ""
        )
        let view = GitLabView(repository: repository, origin: origin)
        return repository.requests[number].map { ForgeReply(201, view.whole($0)) } ?? failure(500, "")
    }

    private func page(of all: [JSONValue], _ call: ForgeCall, _ view: GitLabView) -> ForgeReply {
        let number = call.query("page").flatMap { Int($0) } ?? 1
        let page = ListedPage(all, page: number, size: min(call.query("per_page").flatMap { Int($0) } ?? 20, 100))
        var reply = ForgeReply(200, .array(page.elements), headers: [("X-Total", "\(all.count)")])
        let url = { (page: Int) in
            let query = call.query.filter { $0.name != "page" }.map { "\($0.name)=\(Percent.encoded($0.value))" }
            return "<\(view.origin)\(call.path)?\((query + ["page=\(page)"]).joined(separator: "&"))>"
        }
        var links = ["\(url(1)); rel=\"first\""]
        if let next = page.next { links.insert("\(url(next)); rel=\"next\"", at: 0) }
        reply.headers.append(("Link", links.joined(separator: ", ")))
        return reply
    }

    private func tagged(_ reply: ForgeReply, _ call: ForgeCall) -> ForgeReply {
        let tag = "W/\"\(PretendedRepository.commit(reply.json?.json ?? ""))\""
        if call.header("If-None-Match") == tag { return ForgeReply(304, headers: [("ETag", tag)]) }
        var reply = reply
        reply.headers.append(("ETag", tag))
        return reply
    }
}
