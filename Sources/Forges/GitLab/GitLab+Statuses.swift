import JSON
import Transfers

extension GitLab {
    private static let attempts = 4

    /// GitLab gets `pending` and then a final state, never `running`: one that is left so blocks the merge for ever.
    ///
    /// With a pipeline's number a status joins the pipeline that the request shows; without one GitLab makes a
    /// pipeline of its own, which needs the branch.
    /// Source: docs.gitlab.com/api/commits, "Set commit pipeline status".
    func set(_ status: CommitStatus, for request: PullRequest) async throws(ForgeError) {
        let pipeline =
            request.isInTrain ? try await trainPipeline(of: request) : try await pipeline(of: request)
        let state = Self.word(for: status.state)
        let branch = pipeline?.ref ?? request.head.branch
        let call = ForgeRequest(
            .post,
            path("statuses", request.head.commit.hex),
            body: .record([
                "state": .string(state), "name": .string(status.context),
                "description": .string(status.text.cut(to: limits.statusText)),
                "target_url": status.link.map { .string($0) }, "ref": branch.isEmpty ? nil : .string(branch),
                "pipeline_id": pipeline.map { .number($0.id) },
            ]),
            isRepeatable: true,
            asked: "the status \(status.context) on \(asked(request.number))"
        )
        for attempt in 1...Self.attempts {
            do throws(ForgeError) {
                _ = try await connection.send(call)
                return
            } catch {
                if Self.isAlready(state, error) { return }
                if error.status == 404, error.saysCommitNotFound {
                    throw ForgeFailure.commitGone(error, request.head.commit)
                }
                // Two statuses at once: GitLab locks the pipeline, and refuses the second.
                guard error.reason == .conflict, attempt < Self.attempts else { throw error }
                try await pause(.milliseconds(250 << attempt), call)
            }
        }
    }

    private static func word(for state: CommitStatus.State) -> String {
        switch state {
        case .pending: "pending"
        case .success: "success"
        case .failure, .error: "failed"
        }
    }

    /// Whether GitLab refuses a status because it is so already.
    ///
    /// It says "Cannot transition status via :enqueue from :pending".
    private static func isAlready(_ state: String, _ error: ForgeError) -> Bool {
        error.status == 400 && error.message.contains("Cannot transition") && error.message.contains("from :\(state)")
    }

    private func pause(_ duration: Duration, _ call: ForgeRequest) async throws(ForgeError) {
        do {
            try await connection.timing.clock.sleep(for: duration)
        } catch {
            throw ForgeFailure.cancelled(connection.rules, call)
        }
    }

    private func pipeline(of request: PullRequest) async throws(ForgeError) -> GitLabPipeline? {
        if let known = pipelines.pipeline(of: request, at: connection.timing.now()) { return known }
        let (now, pipeline) = try await mergeRequest(request.number)
        return now.head.commit == request.head.commit ? pipeline : nil
    }
}
