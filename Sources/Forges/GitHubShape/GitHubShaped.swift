import FoundationEssentials
import JSON
import Transfers

/// A forge whose API is GitHub's, or was made after it: what they have in common is done here once.
protocol GitHubShaped: Forge {
    var connection: ForgeConnection { get }
    var repository: RepositoryName { get }
    var memory: ForgeMemory { get }

    /// Whether a request is not meant to be merged yet.
    func isDraft(_ request: JSONValue) -> Bool
    /// What one review says; nothing for one that says nothing yet.
    func verdict(of review: JSONValue) -> Review.Verdict?
    /// What is to be thrown in place of an error that setting a status met.
    func statusError(_ error: ForgeError, for request: PullRequest) async -> ForgeError
    /// The number of the open request with a proposal's branches.
    func openRequest(for proposal: Proposal) async throws(ForgeError) -> Int?
    /// The query that asks for pages as large as the forge gives.
    var pageSize: (name: String, value: String) { get }
    /// The same for comments.
    var commentPageSize: [(name: String, value: String)] { get }
}

extension GitHubShaped {
    package func pullRequest(_ number: Int) async throws(ForgeError) -> PullRequest {
        let asked = "request \(number) of \(repository)"
        let request = ForgeRequest(path: repository.path("pulls", "\(number)"), asked: asked)
        let json = try await connection.send(request).json
        guard var result = pullRequest(in: json) else {
            throw ForgeFailure.unreadable(connection.rules, request, "it lacks a number, a head, a base or a time")
        }
        let list = ForgeRequest(
            path: repository.path("pulls", "\(number)", "reviews"),
            query: [pageSize],
            asked: "the reviews of \(asked)"
        )
        let reviews = try await connection.listing(list, sizedBy: pageSize.name, read: { review(in: $0) })
        // What is missing could be the word that takes an approval back, so that then none counts.
        result.reviewsAreComplete = reviews.isWhole
        result.reviews = reviews.isWhole ? latest(of: reviews.elements) : []
        return result
    }

    package func comments(on number: Int, since: Date) async throws(ForgeError) -> [Comment] {
        // Whole seconds are what these forges keep; what is too early goes out below.
        let moment = Date(timeIntervalSince1970: since.timeIntervalSince1970.rounded(.down))
        let request = ForgeRequest(
            path: repository.path("issues", "\(number)", "comments"),
            query: [("since", moment.ISO8601Format())] + commentPageSize,
            asked: "the comments on request \(number) of \(repository)"
        )
        let list = try await connection.listing(
            request,
            sizedBy: commentPageSize.first?.name,
            read: { $0.gitHubComment(on: number) }
        )
        return list.elements.once.filter { $0.updated >= moment }
            .sorted { ($0.created, Int($0.id.rawValue) ?? 0) < ($1.created, Int($1.id.rawValue) ?? 0) }
    }

    package func write(_ text: String, on number: Int, over old: CommentID?) async throws(ForgeError) -> CommentID {
        if let old {
            let request = ForgeRequest(
                .patch,
                repository.path("issues", "comments", old.rawValue),
                body: ["body": .string(text)],
                asked: "a new text for comment \(old.rawValue) on request \(number) of \(repository)"
            )
            guard let id = Int(old.rawValue), id > 0 else {
                throw ForgeFailure.noSuchComment(connection.rules, request)
            }
            _ = try await connection.send(request)
            return old
        }
        let request = ForgeRequest(
            .post,
            repository.path("issues", "\(number)", "comments"),
            body: ["body": .string(text)],
            asked: "a comment on request \(number) of \(repository)"
        )
        guard let id = try await connection.send(request).json["id"]?.integer, id > 0 else {
            throw ForgeFailure.unreadable(connection.rules, request, "the new comment has no id")
        }
        return CommentID(rawValue: "\(id)")
    }

    package func answer(_ comment: Comment, with reaction: Reaction) async throws(ForgeError) {
        let content =
            switch reaction {
            case .seen: "eyes"
            case .done: "+1"
            case .refused: "-1"
            }
        let request = ForgeRequest(
            .post,
            repository.path("issues", "comments", comment.id.rawValue, "reactions"),
            body: ["content": .string(content)],
            isRepeatable: true,
            asked: "a reaction to comment \(comment.id.rawValue) on request \(comment.number) of \(repository)"
        )
        guard let id = Int(comment.id.rawValue), id > 0 else {
            throw ForgeFailure.noSuchComment(connection.rules, request)
        }
        _ = try await connection.send(request)
    }

    package func set(_ status: CommitStatus, for request: PullRequest) async throws(ForgeError) {
        var members: [JSONValue.Member] = [
            .init(key: "state", value: .string(status.state.rawValue)),
            .init(key: "context", value: .string(status.context)),
            .init(key: "description", value: .string(status.text.cut(to: limits.statusText))),
        ]
        if let link = status.link { members.append(.init(key: "target_url", value: .string(link))) }
        let call = ForgeRequest(
            .post,
            repository.path("statuses", request.head.commit.hex),
            body: .object(members),
            isRepeatable: true,
            asked: "the status \(status.context) on request \(request.number) of \(repository)"
        )
        do {
            _ = try await connection.send(call)
        } catch {
            throw await statusError(error, for: request)
        }
    }

    package func propose(_ proposal: Proposal) async throws(ForgeError) -> Int {
        let request = ForgeRequest(
            .post,
            repository.path("pulls"),
            body: [
                "title": .string(proposal.title), "head": .string(proposal.head), "base": .string(proposal.base),
                "body": .string(proposal.description),
            ],
            asked: "a request from \(proposal.head) into \(proposal.base) of \(repository)"
        )
        do throws(ForgeError) {
            guard let number = try await connection.send(request).json["number"]?.integer, number > 0 else {
                throw ForgeFailure.unreadable(connection.rules, request, "the new request has no number")
            }
            return number
        } catch {
            // Which of the two it is differs by forge, and both can mean other things; so the request is looked for.
            guard error.reason == .conflict || error.reason == .invalid, error.status != nil else { throw error }
            guard let number = try await openRequest(for: proposal) else { throw error }
            try await change(
                number,
                to: ["title": .string(proposal.title), "body": .string(proposal.description)],
                asked: "a new description of request \(number) of \(repository)"
            )
            return number
        }
    }

    package func close(_ number: Int) async throws(ForgeError) {
        try await change(number, to: ["state": "closed"], asked: "the closing of request \(number) of \(repository)")
    }

    private func change(_ number: Int, to body: JSONValue, asked: String) async throws(ForgeError) {
        _ = try await connection.send(
            ForgeRequest(.patch, repository.path("pulls", "\(number)"), body: body, asked: asked)
        )
    }

    package func ourselves() async throws(ForgeError) -> Person { try await account() }

    /// The person whose token it is.
    func account() async throws(ForgeError) -> Person {
        if let known = memory.ourselves(at: connection.timing.now()) { return known }
        let request = ForgeRequest(path: ["user"], asked: "the account of the credentials")
        guard let person = try await connection.send(request).json.gitHubPerson else {
            throw ForgeFailure.unreadable(connection.rules, request, "it names no person")
        }
        memory.keep(ourselves: person, at: connection.timing.now())
        return person
    }

    /// Nothing where the comments come all at once, as on Gitea and Forgejo.
    var commentPageSize: [(name: String, value: String)] { [] }
}

extension ForgeFailure {
    static func noSuchComment(_ rules: ForgeRules, _ request: ForgeRequest) -> ForgeError {
        ForgeError(
            .notFound,
            asked: request.asked,
            message: "\(rules.name) was not asked for \(request.asked): no comment there has such an id.",
            remedy: "A new comment is written."
        )
    }
}
