import Synchronization

/// Repositories that were read a moment ago, kept open for the next reader.
///
/// To open one costs more than most of what is read there, and the trees that many tenants share stay known with it.
enum OpenRepositories {
    // A repository may be used by any thread, but by one at a time: here, by none.
    private struct Idle: @unchecked Sendable {
        let repository: Repository
        let stamp: RepositoryStamp
        let since: ContinuousClock.Instant
    }

    /// As many as there are likely to be readers at once.
    private static let most = 4
    /// How long one is kept that nothing reads.
    private static let patience: Duration = .seconds(10)
    private static let idle = Mutex<[Idle]>([])

    /// Reads a repository; after an error, the next reader opens it again.
    static func reading<T>(_ path: String, _ body: (Repository) throws(GitError) -> T) throws(GitError) -> T {
        let stamp = RepositoryStamp(path)
        let repository = if let kept = take(path, stamp) { kept } else { try Repository.open(path) }
        let result = try body(repository)
        if let stamp { keep(Idle(repository: repository, stamp: stamp, since: .now)) }
        return result
    }

    private static func take(_ path: String, _ stamp: RepositoryStamp?) -> Repository? {
        // What is left over is closed when this returns, outside of the lock.
        let (taken, leftOver) = idle.withLock { idle -> (Idle?, [Idle]) in
            let old = idle.partition { one in
                one.since.duration(to: .now) <= patience && (one.repository.path != path || one.stamp == stamp)
            }
            let leftOver = Array(idle[..<old])
            idle.removeSubrange(..<old)
            let index = idle.firstIndex { $0.repository.path == path }
            return (index.map { idle.remove(at: $0) }, leftOver)
        }
        return withExtendedLifetime(leftOver) { taken?.repository }
    }

    private static func keep(_ one: Idle) {
        let leftOver = idle.withLock { idle -> Idle? in
            idle.append(one)
            return idle.count > most ? idle.removeFirst() : nil
        }
        withExtendedLifetime(leftOver) {}
    }
}
