/// What the child process is told, on its standard input: secrets are never in an argument or in the environment.
struct FetchRequest: Hashable, Codable, Sendable {
    var folder: String
    var remote: GitRemote
    var limits: FetchLimits
    /// `nil` where the tracked branch is wanted.
    var question: RequestQuestion?
}

/// What the child process answers, on its standard output.
enum FetchResponse: Hashable, Codable, Sendable {
    case fetched(FetchOutcome)
    /// `nil` where the server has no such reference.
    case head(String?)
    case merge(MergeOutcome)
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
        }
    }
}
