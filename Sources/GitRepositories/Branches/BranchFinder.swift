import CGit2

/// Asks a server where some of its branches are; it blocks, so it belongs in a process that can be killed.
struct BranchFinder {
    let request: FetchRequest
    let branches: [String]
    let base: String

    /// Branches that are asked for at once.
    static let limit = 1_000

    /// - Returns: The commits by the branches' names; a branch that is not there is left out.
    func run() throws(GitError) -> [String: String] {
        let session = try FetchSession(request)
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        try session.prepare()
        let repository = try RequestRepository.open(request.folder, base: base)
        // Whoever may not push is told so now, and not when there is something to push.
        let remote = try Remote(url: request.remote.url, in: repository, dialogue: session.dialogue(), toPush: true)
        let names = Set(branches.prefix(Self.limit).map { "refs/heads/\($0)" })
        let commits = try remote.commits(named: names)
        return Dictionary(
            commits.map { (String($0.key.dropFirst("refs/heads/".count)), $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
