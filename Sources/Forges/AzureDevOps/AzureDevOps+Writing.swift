import FoundationEssentials
import JSON
import Transfers

extension AzureDevOps {
    /// All threads come in one answer.
    func comments(on number: Int, since: Date) async throws(ForgeError) -> [Comment] {
        let call = ForgeRequest(
            path: path(of: number, "threads"),
            query: [Self.version],
            asked: "the comments on \(asked(number))"
        )
        return try await elements(call).flatMap { $0.azureComments(on: number) }
            .filter { $0.updated >= since }
            .sorted { $0.created < $1.created }
    }

    /// A comment of ours begins a thread without a status, as one that is active can hold back the merge.
    ///
    /// On a request that is over the thread is closed as well, and so folded away with the others.
    func write(_ text: String, on number: Int, over old: CommentID?) async throws(ForgeError) -> CommentID {
        guard let old else { return try await begin(text, on: number) }
        guard let place = AzureCommentPlace(old) else {
            throw noSuchComment("a new text for comment \(old.rawValue) on \(asked(number))")
        }
        let thread = path(of: number, "threads", "\(place.thread)")
        let call = ForgeRequest(
            .patch,
            thread + ["comments", "\(place.comment)"],
            query: [Self.version],
            body: ["content": .string(text)],
            asked: "a new text for comment \(old.rawValue) on \(asked(number))"
        )
        // A comment that someone deleted is still there, and stays deleted.
        if try await connection.send(call).json["isDeleted"]?.flag == true { throw noSuchComment(call.asked) }
        if places.isOver(number) {
            let closing = ForgeRequest(
                .patch,
                thread,
                query: [Self.version],
                body: ["status": "closed"],
                asked: "the closing of thread \(place.thread) on \(asked(number))"
            )
            _ = try await connection.send(closing)
        }
        return old
    }

    private func noSuchComment(_ asked: String) -> ForgeError {
        ForgeFailure.noSuchComment(connection.rules, ForgeRequest(path: [], asked: asked))
    }

    private func begin(_ text: String, on number: Int) async throws(ForgeError) -> CommentID {
        let call = ForgeRequest(
            .post,
            path(of: number, "threads"),
            query: [Self.version],
            body: ["comments": [["parentCommentId": 0, "content": .string(text), "commentType": "text"]]],
            asked: "a comment on \(asked(number))"
        )
        let answer = try await connection.send(call).json
        guard let thread = answer["id"]?.integer, let comment = answer["comments"]?.elements?.first?["id"]?.integer
        else { throw ForgeFailure.unreadable(connection.rules, call, "the new comment has no id") }
        return AzureCommentPlace(thread: thread, comment: comment).id
    }

    /// There is a like and no other reaction, so a refusal is a reply.
    func answer(_ comment: Comment, with reaction: Reaction) async throws(ForgeError) {
        let asked = "a reaction to comment \(comment.id.rawValue) on \(asked(comment.number))"
        guard let place = AzureCommentPlace(comment.id) else { throw noSuchComment(asked) }
        let comments = path(of: comment.number, "threads", "\(place.thread)", "comments")
        let call =
            switch reaction {
            case .seen, .done:
                ForgeRequest(
                    .post,
                    comments + ["\(place.comment)", "likes"],
                    query: [Self.version],
                    isRepeatable: true,
                    asked: asked
                )
            case .refused:
                ForgeRequest(
                    .post,
                    comments,
                    query: [Self.version],
                    body: [
                        "parentCommentId": .number(place.comment), "commentType": "text",
                        "content": "Mitregate did not do this.",
                    ],
                    asked: asked
                )
            }
        _ = try await connection.send(call)
    }

    /// A status goes on the request's push and not on the commit: that is where a branch policy looks.
    func set(_ status: CommitStatus, for request: PullRequest) async throws(ForgeError) {
        let asked = "the status \(status.context) on \(asked(request.number))"
        let call = ForgeRequest(
            .post,
            path(of: request.number, "statuses"),
            query: [Self.version],
            body: .record([
                "iterationId": .number(try await iteration(of: request, asked)),
                "state": .string(Self.word(for: status.state)),
                "description": .string(status.text.cut(to: limits.statusText)),
                "context": ["name": .string(Self.name(of: status.context)), "genre": .string(Self.genre)],
                "targetUrl": status.link.map { .string($0) },
            ]),
            isRepeatable: true,
            asked: asked
        )
        _ = try await connection.send(call)
    }

    /// Genre and name together are what a policy asks for.
    static let genre = "mitregate"

    static func name(of context: String) -> String { context.withoutPrefix("\(genre)/") }

    private static func word(for state: CommitStatus.State) -> String {
        switch state {
        case .pending: "pending"
        case .success: "succeeded"
        case .failure: "failed"
        case .error: "error"
        }
    }

    /// The push that a head came with; a head that came with none is gone.
    private func iteration(of request: PullRequest, _ asked: String) async throws(ForgeError) -> Int {
        if let known = places.iteration(of: request) { return known }
        let head = request.head.commit
        let push = try await iterations(of: request.number)
            .last { $0["sourceRefCommit"]?["commitId"]?.commit == head }
        guard let iteration = push?["id"]?.integer else {
            throw ForgeError(
                .commitGone,
                asked: asked,
                message: "No push to \(self.asked(request.number)) brought commit \(head.hex).",
                remedy: "Nothing has to be done; the new head is looked at."
            )
        }
        places.keep(iteration: iteration, of: request)
        return iteration
    }
}
