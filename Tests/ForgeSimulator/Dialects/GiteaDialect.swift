import Foundation
import JSON

/// Gitea and Forgejo, as far as Mitregate asks them; `recordings/gitea.json` says what the real one answers.
package struct GiteaDialect: ForgeDialect {
    package enum Version: Sendable {
        /// 1.22, the lineage of Forgejo 7 to 9: no `draft`, and no way from a commit to its request.
        case old
        case new
    }

    package let name: String
    package let basePath = "/api/v1"
    private let version: Version

    /// - Parameter name: `gitea` or `forgejo`.
    package init(_ name: String = "gitea", version: Version = .new) {
        self.name = name
        self.version = version
    }

    package func failure(_ status: Int, _ message: String) -> ForgeReply {
        ForgeReply(status, ["message": .string(message), "url": "https://git.example/api/swagger"])
    }

    private func missing(_ errors: [JSONValue]? = nil) -> ForgeReply {
        ForgeReply(
            404,
            [
                "errors": errors.map { .array($0) } ?? .null, "message": "The target couldn't be found.",
                "url": "https://git.example/api/swagger",
            ]
        )
    }

    package func caller(of call: ForgeCall, in repository: PretendedRepository) -> PretendedRepository.Person? {
        guard let header = call.header("Authorization") else { return nil }
        guard let kind = ["token ", "Bearer "].first(where: { header.hasPrefix($0) }) else { return nil }
        return repository.tokens[String(header.dropFirst(kind.count))].flatMap { repository.people[$0] }
    }

    package func reply(
        to call: ForgeCall,
        from caller: PretendedRepository.Person,
        in repository: inout PretendedRepository,
        origin: String
    ) -> ForgeReply {
        guard let segments = call.segments(below: basePath) else { return missing() }
        let view = GiteaView(repository: repository, origin: origin, showsDraft: version == .new)
        if call.method == "GET", segments == ["user"] { return ForgeReply(200, view.user(caller)) }
        if call.method == "GET", segments == ["repos", repository.owner, repository.name] {
            return ForgeReply(200, view.home)
        }
        guard segments.count > 3, segments[0] == "repos", segments[1] == repository.owner,
            segments[2] == repository.name
        else { return missing() }
        let route = Route(call.method, segments.dropFirst(3))
        return read(route, call, repository, view) ?? write(route, call, caller, &repository, view)
    }

    private func read(
        _ route: Route,
        _ call: ForgeCall,
        _ repository: PretendedRepository,
        _ view: GiteaView
    ) -> ForgeReply? {
        switch route.key {
        case "GET pulls":
            return page(of: repository.listed(state: call.query("state")).map(view.request), call, view)
        case "GET pulls/*":
            return repository.requests[route.number].map { ForgeReply(200, view.request($0)) } ?? missing()
        case "GET pulls/*/reviews":
            guard let request = repository.requests[route.number] else { return missing() }
            return page(of: request.reviews.map { view.review($0, of: request) }, call, view)
        case "GET issues/*/comments":
            guard repository.requests[route.number] != nil else { return missing() }
            let since = call.query("since").flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
            let all = repository.comments(on: route.number).filter { $0.updated >= since }
            // `limit` and `page` are taken and not heeded.
            return ForgeReply(200, .array(all.map(view.comment)), headers: [("X-Total-Count", "\(all.count)")])
        case "GET commits/*/pull":
            let found = repository.requests.values.first { $0.mergedAs == route.variable }
            return version == .old ? missing() : found.map { ForgeReply(200, view.request($0)) } ?? missing()
        case "GET commits/*/statuses":
            let all = repository.statuses[route.variable] ?? []
            return page(of: all.reversed().map { view.status($0, of: route.variable) }, call, view)
        case "GET branches/*":
            return repository.branches[route.variable].map { _ in ForgeReply(200, view.branch(route.variable)) }
                ?? missing()
        case "GET assignees":
            let people = repository.people.values.filter(\.mayWrite).sorted { $0.login < $1.login }
            return ForgeReply(200, .array(people.map(view.user)))
        default: return nil
        }
    }

    private func write(
        _ route: Route,
        _ call: ForgeCall,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ view: GiteaView
    ) -> ForgeReply {
        func seen() -> GiteaView {
            GiteaView(repository: repository, origin: view.origin, showsDraft: view.showsDraft)
        }
        let body = call.json ?? .null
        let text = body["body"]?.text ?? ""
        switch route.key {
        case "POST issues/*/comments":
            guard repository.requests[route.number] != nil else { return missing() }
            guard !text.isEmpty else { return failure(422, "[Body]: Required") }
            let id = repository.comment(on: route.number, by: caller.id, text)
            return repository.comments[id].map { ForgeReply(201, seen().comment($0)) } ?? failure(500, "")
        case "PATCH issues/comments/*":
            guard let old = repository.comments[route.number] else {
                return missing([.string("comment does not exist [id: \(route.variable), issue_id: 0]")])
            }
            guard old.author == caller.id else { return ForgeReply(403) }
            repository.comments[route.number]?.text = text
            let time = repository.tick()
            repository.comments[route.number]?.updated = time
            return repository.comments[route.number].map { ForgeReply(200, seen().comment($0)) } ?? failure(500, "")
        case "POST issues/comments/*/reactions":
            guard repository.comments[route.number] != nil else { return missing() }
            let content = body["content"]?.text ?? ""
            let isNew = repository.comments[route.number]?.reactions[content, default: []].insert(caller.id).inserted
            return ForgeReply(isNew == true ? 201 : 200, seen().reaction(content, by: caller))
        case "POST statuses/*":
            guard caller.mayWrite else { return failure(403, "user should have a permission to write to a repo") }
            // A branch's name and a part of a commit's are taken too, and a commit that is not there is a fault of its own.
            let isCommit = repository.commits.contains { $0.hasPrefix(route.variable) }
            guard let commit = isCommit ? route.variable : repository.branches[route.variable] else {
                return failure(500, "")
            }
            let status = repository.add(body, to: commit, from: caller.id)
            return ForgeReply(201, seen().status(status, of: commit))
        case "POST pulls": return open(body, caller, &repository, view)
        case "PATCH pulls/*":
            guard repository.requests[route.number] != nil else { return missing() }
            let time = repository.tick()
            repository.change(route.number, at: time) { request in
                request.title = body["title"]?.text ?? request.title
                request.body = body["body"]?.text ?? request.body
                if let state = body["state"]?.text { request.isOpen = state == "open" }
            }
            return repository.requests[route.number].map { ForgeReply(201, seen().request($0)) } ?? failure(500, "")
        default: return missing()
        }
    }

    private func open(
        _ body: JSONValue,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ view: GiteaView
    ) -> ForgeReply {
        guard let title = body["title"]?.text, !title.isEmpty else { return failure(422, "[Title]: Required") }
        let (head, base) = (body["head"]?.text ?? "", body["base"]?.text ?? "")
        let parts = head.split(separator: ":")
        let isFork = parts.count == 2
        guard isFork || repository.branches[head] != nil, repository.branches[base] != nil else { return missing() }
        let isThere = repository.requests.values.contains { $0.isOpen && $0.head == head && $0.base == base }
        if isThere { return failure(409, "pull request already exists for these targets [head_branch: \(head)]") }
        let number = repository.open(
            title,
            head: isFork ? String(parts[1]) : head,
            base: base,
            author: caller.id,
            origin: isFork ? .fork : .same,
            body: body["body"]?.text ?? ""
        )
        let seen = GiteaView(repository: repository, origin: view.origin, showsDraft: view.showsDraft)
        return repository.requests[number].map { ForgeReply(201, seen.request($0)) } ?? failure(500, "")
    }

    private func page(of all: [JSONValue], _ call: ForgeCall, _ view: GiteaView) -> ForgeReply {
        let size = min(call.query("limit").flatMap { Int($0) } ?? 30, 50)
        let number = call.query("page").flatMap { Int($0) } ?? 1
        let page = ListedPage(all, page: number, size: size)
        var reply = ForgeReply(200, .array(page.elements), headers: [("X-Total-Count", "\(all.count)")])
        if let next = page.next {
            let query = call.query.filter { $0.name != "page" }.map { "\($0.name)=\($0.value)" }
            let url = { (page: Int) in
                "<\(view.origin)\(call.path)?\((query + ["page=\(page)"]).joined(separator: "&"))>"
            }
            reply.headers.append(("Link", "\(url(next)); rel=\"next\",\(url(page.last)); rel=\"last\""))
        }
        return reply
    }
}
