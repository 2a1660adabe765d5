import FoundationEssentials
import Synchronization

/// A pipeline that a status can join.
struct GitLabPipeline: Hashable, Sendable {
    var id: Int
    var ref: String
}

/// Which pipeline each request's head has, so that three statuses need one question.
final class GitLabPipelines: Sendable {
    /// A pipeline begins some time after the push, so that there was none is believed for so long.
    static let age: TimeInterval = 60
    static let maximumRequests = 1_000

    private struct Known {
        var head: CommitID
        var pipeline: GitLabPipeline?
        var at: Date
    }

    private let known = Mutex<[Int: Known]>([:])

    func keep(_ pipeline: GitLabPipeline?, of request: PullRequest, at now: Date) {
        known.withLock { known in
            if known.count >= Self.maximumRequests { known = [:] }
            known[request.number] = Known(head: request.head.commit, pipeline: pipeline, at: now)
        }
    }

    /// The pipeline, or that there is none; `nil` where that has to be asked.
    func pipeline(of request: PullRequest, at now: Date) -> GitLabPipeline?? {
        guard let entry = known.withLock({ $0[request.number] }), entry.head == request.head.commit else { return nil }
        if entry.pipeline == nil, abs(now.timeIntervalSince(entry.at)) >= Self.age { return nil }
        return .some(entry.pipeline)
    }
}
