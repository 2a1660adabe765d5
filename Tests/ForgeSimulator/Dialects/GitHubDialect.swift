import CryptoExtras
import Foundation
import JSON

/// GitHub, as far as Mitregate asks it.
package struct GitHubDialect: ForgeDialect {
    /// An App that may sign in, and the account that it writes as.
    package struct App: Sendable {
        package var id: String
        package var installation: Int
        package var slug: String
        package var publicKeyPEM: String

        package init(id: String, installation: Int, slug: String, publicKeyPEM: String) {
            self.id = id
            self.installation = installation
            self.slug = slug
            self.publicKeyPEM = publicKeyPEM
        }
    }

    package let name = "github"
    package let basePath: String
    private let app: App?
    /// The repository's own id, which links of later pages name.
    static let repositoryID = 1_000
    static let appAccount = 6

    /// - Parameter basePath: `/api/v3` for a server of one's own.
    package init(basePath: String = "", app: App? = nil) {
        self.basePath = basePath
        self.app = app
    }

    package func described(_ call: ForgeCall, in repository: PretendedRepository) -> ForgeCall {
        var call = call
        let second = "\(basePath)/repositories/\(Self.repositoryID)/"
        if call.path.hasPrefix(second) {
            call.path = "\(basePath)/repos/\(repository.path)/" + call.path.dropFirst(second.count)
        }
        return call
    }

    package func failure(_ status: Int, _ message: String) -> ForgeReply {
        ForgeReply(
            status,
            [
                "message": .string(message), "documentation_url": "https://docs.github.com/rest",
                "status": .string("\(status)"),
            ]
        )
    }

    private func invalid(_ message: String, code: String = "custom") -> ForgeReply {
        ForgeReply(
            422,
            [
                "message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
                "errors": [["resource": "PullRequest", "code": .string(code), "message": .string(message)]],
            ]
        )
    }

    package func caller(of call: ForgeCall, in repository: PretendedRepository) -> PretendedRepository.Person? {
        guard let header = call.header("Authorization"), header.hasPrefix("Bearer ") else { return nil }
        let token = String(header.dropFirst(7))
        if call.path == "\(basePath)/app" || call.path.hasPrefix("\(basePath)/app/") {
            guard let app, isValid(token, of: app, at: repository.now) else { return nil }
            return bot(app)
        }
        guard let id = repository.tokens[token] else { return nil }
        return id == Self.appAccount ? app.map(bot) : repository.people[id]
    }

    private func bot(_ app: App) -> PretendedRepository.Person {
        .init(id: Self.appAccount, login: "\(app.slug)[bot]", mayWrite: true, isBot: true)
    }

    /// RS256, issued by the App, not dated ahead, at most ten minutes long.
    private func isValid(_ token: String, of app: App, at now: Date) -> Bool {
        let parts = token.split(separator: ".")
        guard
            parts.count == 3, let signature = Base64URL.bytes(parts[2]),
            let header = Base64URL.bytes(parts[0]).flatMap({ try? JSONParser.parse($0) }),
            let claims = Base64URL.bytes(parts[1]).flatMap({ try? JSONParser.parse($0) }),
            let key = try? _RSA.Signing.PublicKey(pemRepresentation: app.publicKeyPEM),
            let issued = claims["iat"]?.integer, let end = claims["exp"]?.integer
        else { return false }
        let seconds = Int(now.timeIntervalSince1970)
        let isSigned = key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: Data(signature)),
            for: Data("\(parts[0]).\(parts[1])".utf8),
            padding: .insecurePKCS1v1_5
        )
        return isSigned && header["alg"]?.text == "RS256" && claims["iss"]?.text == app.id
            && issued <= seconds - 30 && end > seconds && end - seconds <= 600
    }

    package func reply(
        to call: ForgeCall,
        from caller: PretendedRepository.Person,
        in repository: inout PretendedRepository,
        origin: String
    ) -> ForgeReply {
        guard let segments = call.segments(below: basePath) else { return failure(404, "Not Found") }
        let view = GitHubView(repository: repository, origin: origin + basePath)
        switch (call.method, segments.first, segments.count) {
        case ("GET", "user", 1):
            return caller.isBot ? failure(403, "Resource not accessible by integration") : view.me(caller)
        case ("GET", "rate_limit", 1): return ForgeReply(200, view.rateLimit)
        case ("GET", "repos", 3) where segments[1] == repository.owner && segments[2] == repository.name:
            return ForgeReply(200, view.home)
        case ("GET", "app", 1): return ForgeReply(200, view.app(app?.slug ?? ""))
        case ("POST", "app", 4): return token(call, segments, &repository)
        case (_, "repos", 4...) where segments[1] == repository.owner && segments[2] == repository.name:
            let route = Route(call.method, segments.dropFirst(3))
            return read(route, call, repository, view) ?? write(route, call, caller, &repository, origin + basePath)
        default: return failure(404, "Not Found")
        }
    }

    private func token(
        _ call: ForgeCall,
        _ segments: [String],
        _ repository: inout PretendedRepository
    ) -> ForgeReply {
        guard segments[2] == "\(app?.installation ?? 0)" else { return failure(404, "Not Found") }
        guard call.json?["repositories"]?.elements == [.string(repository.name)] else {
            return failure(422, "There is at least one repository that does not exist or is not accessible")
        }
        let token = "ghs_\(repository.nextID())"
        repository.tokens[token] = Self.appAccount
        return ForgeReply(
            201,
            [
                "token": .string(token), "expires_at": .time(repository.now + 3_600),
                "permissions": call.json?["permissions"] ?? .null, "repository_selection": "selected",
            ]
        )
    }

    private func read(
        _ route: Route,
        _ call: ForgeCall,
        _ repository: PretendedRepository,
        _ view: GitHubView
    ) -> ForgeReply? {
        let missing = failure(404, "Not Found")
        switch route.key {
        case "GET pulls":
            let wanted = repository.listed(state: call.query("state")).filter { request in
                let head = "\(repository.headOwner(request) ?? ""):\(request.head)"
                return (call.query("base").map { $0 == request.base } ?? true)
                    && (call.query("head").map { $0 == head } ?? true)
            }
            return tagged(page(of: wanted.map(view.simple), call, view), call)
        case "GET pulls/*":
            return repository.requests[route.number].map { ForgeReply(200, view.whole($0)) } ?? missing
        case "GET pulls/*/reviews":
            guard let request = repository.requests[route.number] else { return missing }
            return page(of: request.reviews.map { view.review($0, of: request) }, call, view)
        case "GET issues/*/comments":
            guard repository.requests[route.number] != nil else { return missing }
            let since = call.query("since").flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
            let all = repository.comments(on: route.number).filter { $0.updated >= since }
            return page(of: all.map(view.comment), call, view)
        case "GET commits/*/pulls":
            guard repository.commits.contains(route.variable) else {
                return failure(422, "No commit found for SHA: \(route.variable)")
            }
            let all = repository.requests.values.filter {
                $0.mergedAs == route.variable || $0.commit == route.variable
            }
            return page(of: all.sorted { $0.number < $1.number }.map(view.simple), call, view)
        case "GET rules/*/main": return ForgeReply(200, view.rules)
        case "GET collaborators/*/permission":
            guard let person = repository.person(route.variable) else { return missing }
            return ForgeReply(200, view.permission(of: person))
        default: return nil
        }
    }

    private func write(
        _ route: Route,
        _ call: ForgeCall,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ base: String
    ) -> ForgeReply {
        func view() -> GitHubView { GitHubView(repository: repository, origin: base) }
        let body = call.json ?? .null
        let text = body["body"]?.text ?? ""
        guard caller.mayWrite else { return failure(403, "Resource not accessible by personal access token") }
        switch route.key {
        case "POST issues/*/comments":
            guard repository.requests[route.number] != nil else { return failure(404, "Not Found") }
            if let refusal = refusal(ofComment: text) { return refusal }
            let id = repository.comment(on: route.number, by: caller.id, text)
            return repository.comments[id].map { ForgeReply(201, view().comment($0)) } ?? failure(500, "")
        case "PATCH issues/comments/*":
            guard repository.comments[route.number] != nil else { return failure(404, "Not Found") }
            if let refusal = refusal(ofComment: text) { return refusal }
            repository.comments[route.number]?.text = text
            let time = repository.tick()
            repository.comments[route.number]?.updated = time
            return repository.comments[route.number].map { ForgeReply(200, view().comment($0)) } ?? failure(500, "")
        case "POST issues/comments/*/reactions":
            guard repository.comments[route.number] != nil else { return failure(404, "Not Found") }
            let content = body["content"]?.text ?? ""
            let isNew = repository.comments[route.number]?.reactions[content, default: []].insert(caller.id).inserted
            return ForgeReply(isNew == true ? 201 : 200, view().reaction(content, by: caller))
        case "POST statuses/*":
            guard repository.commits.contains(route.variable) else {
                return invalid("No commit found for SHA: \(route.variable)")
            }
            guard (body["description"]?.text ?? "").unicodeScalars.count <= 140 else {
                return invalid("description is too long (maximum is 140 characters)")
            }
            return ForgeReply(201, view().status(repository.add(body, to: route.variable), caller))
        case "POST pulls": return open(body, caller, &repository, base)
        case "PATCH pulls/*":
            guard repository.requests[route.number] != nil else { return failure(404, "Not Found") }
            let time = repository.tick()
            repository.change(route.number, at: time) { request in
                request.title = body["title"]?.text ?? request.title
                request.body = body["body"]?.text ?? request.body
                if body["state"]?.text == "closed" { request.isOpen = false }
            }
            return repository.requests[route.number].map { ForgeReply(200, view().whole($0)) } ?? failure(500, "")
        default: return failure(404, "Not Found")
        }
    }

    private func refusal(ofComment text: String) -> ForgeReply? {
        if text.isEmpty { return invalid("Body cannot be blank") }
        return text.unicodeScalars.count > 65_536 ? invalid("Body is too long (maximum is 65536 characters)") : nil
    }

    private func open(
        _ body: JSONValue,
        _ caller: PretendedRepository.Person,
        _ repository: inout PretendedRepository,
        _ base: String
    ) -> ForgeReply {
        let (head, target) = (body["head"]?.text ?? "", body["base"]?.text ?? "")
        guard repository.branches[head] != nil, repository.branches[target] != nil else {
            return invalid("head or base", code: "invalid")
        }
        let isThere = repository.requests.values.contains {
            $0.isOpen && $0.origin == .same && $0.head == head && $0.base == target
        }
        if isThere { return invalid("A pull request already exists for \(repository.owner):\(head).") }
        let number = repository.open(
            body["title"]?.text ?? "",
            head: head,
            base: target,
            author: caller.id,
            body: body["body"]?.text ?? ""
        )
        let view = GitHubView(repository: repository, origin: base)
        return repository.requests[number].map { ForgeReply(201, view.whole($0)) } ?? failure(500, "")
    }

    private func page(of all: [JSONValue], _ call: ForgeCall, _ view: GitHubView) -> ForgeReply {
        let number = call.query("page").flatMap { Int($0) } ?? 1
        let page = ListedPage(all, page: number, size: call.query("per_page").flatMap { Int($0) } ?? 30)
        var reply = ForgeReply(200, .array(page.elements))
        if let next = page.next {
            // As GitHub does it: by the repository's id, and not by its name.
            let rest = call.path.dropFirst("\(basePath)/repos/\(view.repository.path)/".count)
            let url = { (page: Int) in
                let query = call.query.filter { $0.name != "page" }.map { "\($0.name)=\($0.value)" }
                    .joined(separator: "&")
                return "<\(view.origin)/repositories/\(Self.repositoryID)/\(rest)?\(query)&page=\(page)>"
            }
            reply.headers.append(("Link", "\(url(next)); rel=\"next\", \(url(page.last)); rel=\"last\""))
        }
        return reply
    }

    /// With an entity tag, which depends on the token too, as GitHub's do.
    private func tagged(_ reply: ForgeReply, _ call: ForgeCall) -> ForgeReply {
        let seed = (reply.json?.json ?? "") + (call.header("Authorization") ?? "")
        let tag = "W/\"\(PretendedRepository.commit(seed))\""
        if call.header("If-None-Match") == tag { return ForgeReply(304, headers: [("ETag", tag)]) }
        var reply = reply
        reply.headers.append(("ETag", tag))
        return reply
    }
}
