import CGit2

/// A commit that a merge queue tests before it becomes the branch's tip, and the reference that the server keeps it under.
package struct QueuedCommit: Hashable, Codable, Sendable {
    package let reference: String
    package let commit: String
}

/// Fetches what a merge queue tests into the repository of heads; it blocks, so it belongs in a process that can be killed.
struct QueueFetcher {
    let request: FetchRequest
    let prefix: String
    /// Where it is not `nil`, no other references.
    let only: Set<String>?
    let base: String
    let room: Int

    /// More than a queue builds at once.
    static let limit = 50

    func run() throws(GitError) -> [QueuedCommit] {
        _ = Library.start
        guard prefix.hasPrefix("refs/"), prefix.hasSuffix("/"), prefix.utf8.count <= 1_024 else {
            throw .invalidReference(String(prefix.prefix(200)).printable)
        }
        let session = try FetchSession(request)
        let lock = try MirrorLock(folder: request.folder)
        defer { lock.unlock() }
        lock.removeLeftovers()
        try session.prepare()
        let repository = try RequestRepository.open(request.folder, base: base)
        guard RequestFolder.packedBytes(in: request.folder) < room else {
            throw .requestsTooLarge(limit: "\(room >> 20) MiB")
        }
        try RequestRepository.offerBranch(request.remote.branch, of: base, in: repository)
        let remote = try Remote(url: request.remote.url, in: repository, dialogue: session.dialogue())
        let queued = try remote.commits(below: prefix, only: only, limit: Self.limit)
        var fetched: [QueuedCommit] = []
        for entry in queued {
            if try !repository.hasCommit(entry.commit) {
                try remote.download("+\(entry.reference):\(Self.namespace)\(entry.commit)")
            }
            if try repository.hasCommit(entry.commit) { fetched.append(entry) }
        }
        return fetched
    }

    private static let namespace = "refs/mitregate-queue/"
}
