/// What the child process is told, on its standard input: secrets are never in an argument or in the environment.
struct FetchRequest: Hashable, Codable, Sendable {
    var folder: String
    var remote: GitRemote
    var maximumBytes: Int = 1 << 30
    var maximumObjects: Int = 5_000_000
    /// What the child's data segment may take, in bytes.
    var maximumMemory: Int = 768 << 20
}

/// What the child process answers, on its standard output.
enum FetchResponse: Hashable, Codable, Sendable {
    case fetched(FetchOutcome)
    case failed(GitError)
}
