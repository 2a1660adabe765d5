/// What the child process is told, on its standard input: secrets are never in an argument or in the environment.
struct FetchRequest: Hashable, Codable, Sendable {
    var folder: String
    var remote: GitRemote
    var limits: FetchLimits
}

/// What the child process answers, on its standard output.
enum FetchResponse: Hashable, Codable, Sendable {
    case fetched(FetchOutcome)
    case failed(GitError)
}
