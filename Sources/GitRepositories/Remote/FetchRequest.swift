import FoundationEssentials

/// What the child process is told, on its standard input: secrets are never in an argument or in the environment.
struct FetchRequest: Hashable, Codable, Sendable {
    var folder: String
    var remote: GitRemote
    var limits: FetchLimits
    /// `nil` where the tracked branch is wanted.
    var question: GitQuestion?
}

/// What the child process answers, on its standard output.
enum FetchResponse: Hashable, Codable, Sendable {
    case fetched(FetchOutcome)
    /// `nil` where the server has no such reference.
    case head(String?)
    case merge(MergeOutcome)
    case queue([QueuedCommit])
    /// A commit's text; `nil` where nothing would change.
    case composed(Data?)
    case pushed(PushOutcome)
    case tips([String: String])
    case failed(GitError)
}

extension FetchRequest {
    /// Does what is asked, in this process.
    func answer() throws(GitError) -> FetchResponse {
        switch question {
        case nil: .fetched(try Fetcher(self).run())
        case .head(let number, let reference, let base, let room):
            .head(
                try RequestFetcher(request: self, number: number, reference: reference, base: base, room: room).run()
            )
        case .merge(let head, let tip, let base):
            .merge(try RequestMerger(request: self, head: head, tip: tip, base: base).run())
        case .queue(let prefix, let only, let base, let room):
            .queue(try QueueFetcher(request: self, prefix: prefix, only: only, base: base, room: room).run())
        case .compose(let change, let base):
            .composed(try BranchComposer(request: self, change: change, base: base).run().map { Data($0) })
        case .push(let push, let base):
            .pushed(try BranchPusher(request: self, push: push, base: base).run())
        case .tips(let branches, let base):
            .tips(try BranchFinder(request: self, branches: branches, base: base).run())
        }
    }
}
