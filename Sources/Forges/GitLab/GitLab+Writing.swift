import FoundationEssentials
import JSON
import Transfers

extension GitLab {
    /// Notes come newest first; what GitLab wrote itself is among them and is left out.
    func comments(on number: Int, since: Date) async throws(ForgeError) -> [Comment] {
        let moment = Date(timeIntervalSince1970: since.timeIntervalSince1970.rounded(.down))
        let request = ForgeRequest(
            path: path("merge_requests", "\(number)", "notes"),
            query: [("sort", "desc"), ("order_by", "updated_at"), ("per_page", "100")],
            asked: "the comments on \(asked(number))"
        )
        // A note may have 1,000,000 characters, so that a page of them can be more than is read.
        let notes = try await connection.pages(request, sizedBy: "per_page", overflow: .cut) { notes in
            notes.last?["updated_at"]?.instant.map { $0 < moment } ?? false
        }
        return notes.compactMap { $0.gitLabComment(on: number) }.once
            .filter { $0.updated >= moment }
            .sorted { ($0.created, Int($0.id.rawValue) ?? 0) < ($1.created, Int($1.id.rawValue) ?? 0) }
    }

    func write(_ text: String, on number: Int, over old: CommentID?) async throws(ForgeError) -> CommentID {
        let notes = path("merge_requests", "\(number)", "notes")
        let request =
            if let old {
                ForgeRequest(
                    .put,
                    notes + [old.rawValue],
                    body: ["body": .string(text)],
                    asked: "a new text for comment \(old.rawValue) on \(asked(number))"
                )
            } else {
                ForgeRequest(.post, notes, body: ["body": .string(text)], asked: "a comment on \(asked(number))")
            }
        if let old {
            guard let id = Int(old.rawValue), id > 0 else {
                throw ForgeFailure.noSuchComment(connection.rules, request)
            }
            _ = try await connection.send(request)
            return old
        }
        guard let id = try await connection.send(request).json["id"]?.integer, id > 0 else {
            throw ForgeFailure.unreadable(connection.rules, request, "the new comment has no id")
        }
        return CommentID(rawValue: "\(id)")
    }

    func answer(_ comment: Comment, with reaction: Reaction) async throws(ForgeError) {
        let name =
            switch reaction {
            case .seen: "eyes"
            case .done: "thumbsup"
            case .refused: "thumbsdown"
            }
        var request = ForgeRequest(
            .post,
            [],
            body: ["name": .string(name)],
            isRepeatable: true,
            asked: "a reaction to comment \(comment.id.rawValue) on \(asked(comment.number))"
        )
        guard let id = Int(comment.id.rawValue), id > 0 else {
            throw ForgeFailure.noSuchComment(connection.rules, request)
        }
        request.path = try await numberedPath(
            "merge_requests",
            "\(comment.number)",
            "notes",
            "\(id)",
            "award_emoji"
        )
        do throws(ForgeError) {
            _ = try await connection.send(request)
        } catch {
            // One that is there already is refused, and that as not found.
            guard error.message.contains("already been taken") else { throw error }
        }
    }

    func propose(_ proposal: Proposal) async throws(ForgeError) -> Int {
        let request = ForgeRequest(
            .post,
            path("merge_requests"),
            body: [
                "source_branch": .string(proposal.head), "target_branch": .string(proposal.base),
                "title": .string(proposal.title), "description": .string(proposal.description),
                "remove_source_branch": true,
            ],
            asked: "a request from \(proposal.head) into \(proposal.base) of \(repository)"
        )
        do throws(ForgeError) {
            guard let number = try await connection.send(request).json["iid"]?.integer, number > 0 else {
                throw ForgeFailure.unreadable(connection.rules, request, "the new request has no number")
            }
            return number
        } catch {
            guard error.reason == .conflict, let number = try await openRequest(for: proposal) else { throw error }
            try await change(
                number,
                to: ["title": .string(proposal.title), "description": .string(proposal.description)],
                asked: "a new description of \(asked(number))"
            )
            return number
        }
    }

    private func openRequest(for proposal: Proposal) async throws(ForgeError) -> Int? {
        let request = ForgeRequest(
            path: path("merge_requests"),
            query: [
                ("state", "opened"), ("source_branch", proposal.head), ("target_branch", proposal.base),
                ("per_page", "100"),
            ],
            asked: "the open request from \(proposal.head) of \(repository)"
        )
        let all = try await connection.listing(request, sizedBy: "per_page", read: { $0.gitLabRequest })
        return all.elements.first { request in
            request.head.origin == .same && request.head.branch == proposal.head
                && request.base.branch == proposal.base
        }?.number
    }

    func close(_ number: Int) async throws(ForgeError) {
        do throws(ForgeError) {
            try await change(number, to: ["state_event": "close"], asked: "the closing of \(asked(number))")
        } catch {
            // One that is closed or merged already is none to close, which some versions refuse.
            guard error.reason == .conflict || error.reason == .invalid else { throw error }
            guard try await mergeRequest(number).request.state != .open else { throw error }
        }
    }

    private func change(_ number: Int, to body: JSONValue, asked: String) async throws(ForgeError) {
        let path = path("merge_requests", "\(number)")
        _ = try await connection.send(ForgeRequest(.put, path, body: body, asked: asked))
    }
}
