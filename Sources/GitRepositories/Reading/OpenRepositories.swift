import Synchronization

/// Repositories that were read a moment ago, kept open for the next reader.
///
/// To open one costs more than most of what is read there, and the trees that many tenants share stay known with it.
final class OpenRepositories: Sendable {
    // Safe: no thread uses it while it is here, and whoever takes it out, under the lock, is the only one to have it. libgit2 lets
    // any thread use a repository, one at a time (its docs/threading.md).
    private struct Idle: @unchecked Sendable {
        let repository: Repository
        let stamp: RepositoryStamp
        let since: ContinuousClock.Instant
    }

    static let shared = OpenRepositories()

    /// As many as there are likely to be readers at once.
    static let most = 4
    /// How long one is kept that nothing reads.
    static let patience: Duration = .seconds(10)

    private let idle = Mutex<[Idle]>([])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Reads a repository.
    ///
    /// - Parameter body: It changes nothing, and may be called twice: what one that was kept cannot read is asked of the repository as
    ///   it is now.
    func reading<T>(_ path: String, _ body: (Repository) throws(GitError) -> T) throws(GitError) -> T {
        let stamp = RepositoryStamp(path)
        if let kept = take(path, stamp), let result = try? body(kept) {
            keep(kept, stamp)
            return result
        }
        let repository = try Repository.open(path)
        let result = try body(repository)
        keep(repository, stamp)
        return result
    }

    private func take(_ path: String, _ stamp: RepositoryStamp?) -> Repository? {
        let now = now()
        // What is left over is closed when this returns, outside of the lock.
        let (taken, leftOver) = idle.withLock { idle -> (Idle?, [Idle]) in
            let old = idle.partition { one in
                one.since.duration(to: now) <= Self.patience && (one.repository.path != path || one.stamp == stamp)
            }
            let leftOver = Array(idle[..<old])
            idle.removeSubrange(..<old)
            let index = idle.firstIndex { $0.repository.path == path }
            return (index.map { idle.remove(at: $0) }, leftOver)
        }
        return withExtendedLifetime(leftOver) { taken?.repository }
    }

    /// - Parameter stamp: From before it was opened.
    private func keep(_ repository: Repository, _ stamp: RepositoryStamp?) {
        guard let stamp else { return }
        let one = Idle(repository: repository, stamp: stamp, since: now())
        let leftOver = idle.withLock { idle -> Idle? in
            idle.append(one)
            return idle.count > Self.most ? idle.removeFirst() : nil
        }
        withExtendedLifetime(leftOver) {}
    }
}
