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
        return try RequestRepository.fetching(request, base: base, room: room) {
            repository,
            remote,
            _ throws(GitError) in
            var fetched: [QueuedCommit] = []
            for entry in try remote.commits(below: prefix, only: only, limit: Self.limit) {
                if try !repository.hasCommit(entry.commit) {
                    try remote.download("+\(entry.reference):\(Self.namespace)\(entry.commit)")
                }
                if try repository.hasCommit(entry.commit) { fetched.append(entry) }
            }
            return fetched
        }
    }

    private static let namespace = "refs/mitregate-queue/"
}
