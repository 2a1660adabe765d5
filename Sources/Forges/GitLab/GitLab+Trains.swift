import JSON

extension GitLab {
    /// The words for a pipeline that takes no more jobs.
    private static let ended: Set = ["success", "failed", "canceling", "canceled", "skipped"]

    func queue(into branch: String) async throws(ForgeError) -> MergeQueue? {
        try await settings().hasTrains ? .trains : nil
    }

    /// Whether the train's pipeline is there and goes on.
    ///
    /// A status without it would begin a pipeline that nothing waits for. A request shows the newest pipeline of its head, and
    /// one of a train counts as that.
    /// Source: `MergeRequest#find_diff_head_pipeline` in gitlab.com/gitlab-org/gitlab.
    func isTesting(_ request: PullRequest) async throws(ForgeError) -> Bool {
        guard request.isInTrain else { return true }
        return try await lookUpTrain(of: request)?.isEnded == false
    }

    /// The pipeline that a status of a train's commit joins.
    func trainPipeline(of request: PullRequest) async throws(ForgeError) -> GitLabPipeline {
        if let known = trains.pipeline(of: request, at: connection.timing.now()), let pipeline = known {
            return pipeline
        }
        if let found = try await lookUpTrain(of: request) { return found.pipeline }
        throw ForgeError(
            .commitGone,
            asked: asked(request.number),
            message: "The merge train of \(asked(request.number)) does not test \(request.head.commit.hex) any more.",
            remedy: "Nothing has to be done; what the train tests next is looked at."
        )
    }

    private func lookUpTrain(
        of request: PullRequest
    ) async throws(ForgeError) -> (pipeline: GitLabPipeline, isEnded: Bool)? {
        let call = ForgeRequest(path: path("merge_requests", "\(request.number)"), asked: asked(request.number))
        let json = try await connection.send(call).json
        guard let pipeline = json.gitLabPipeline(of: request.head.commit), pipeline.ref == request.ref else {
            return nil
        }
        trains.keep(pipeline, of: request, at: connection.timing.now())
        return (pipeline, json["head_pipeline"]?["status"]?.text.map { Self.ended.contains($0) } ?? false)
    }
}

extension PullRequest {
    /// Whether what stands in the head's place is what a merge train tests.
    var isInTrain: Bool { ref == MergeQueue.train(of: number) }
}
