extension RequestMirror {
    /// Fetches the head of a request in a child process; what was fetched before stays when this throws.
    ///
    /// - Parameter reference: Where the forge keeps the head, such as `refs/pull/7/head`.
    /// - Returns: The head's commit; `nil` where the server no longer has the reference.
    package func fetch(_ number: Int, from reference: String, by child: GitChild) async throws(GitError) -> String? {
        _ = try GitURL(remote.url)
        let question = GitQuestion.head(number: number, reference: reference, base: base, room: room)
        guard case .head(let commit) = try await child.answer(to: request(question)) else {
            throw .childFailed(detail: "it answered another question")
        }
        return commit
    }

    /// The commits that a merge queue tests, fetched in a child process.
    ///
    /// - Parameters:
    ///   - prefix: What their references begin with, such as `refs/heads/gh-readonly-queue/main/`.
    ///   - only: The references that are wanted; `nil` for all with that beginning.
    /// - Returns: In the order of their names; none where the server has no such reference.
    package func queue(
        below prefix: String,
        only: Set<String>? = nil,
        by child: GitChild
    ) async throws(GitError) -> [QueuedCommit] {
        _ = try GitURL(remote.url)
        let question = GitQuestion.queue(prefix: prefix, only: only, base: base, room: room)
        guard case .queue(let commits) = try await child.answer(to: request(question)) else {
            throw .childFailed(detail: "it answered another question")
        }
        return commits
    }

    /// What a request would make of the branch, worked out in a child process with the limits of a fetch.
    ///
    /// - Parameters:
    ///   - head: A commit that was fetched.
    ///   - tip: The commit that it is merged into.
    package func merge(_ head: String, into tip: String, by child: GitChild) async throws(GitError) -> MergeOutcome {
        let question = GitQuestion.merge(head: head, tip: tip, base: base)
        guard case .merge(let outcome) = try await child.answer(to: request(question)) else {
            throw .childFailed(detail: "it answered another question")
        }
        return outcome
    }

    private func request(_ question: GitQuestion) -> FetchRequest {
        FetchRequest(folder: folder, remote: remote, limits: limits, question: question)
    }
}
