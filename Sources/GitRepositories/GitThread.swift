import Dispatch

/// Where C that reads the disk may block: never on one of Swift's shared threads, which are as many as the cores.
enum GitThread {
    private static let queue = DispatchQueue(label: "mitregate.git", attributes: .concurrent)

    static func run<T: Sendable>(
        _ body: @escaping @Sendable () throws(GitError) -> T
    ) async throws(GitError) -> T {
        let result: Result<T, GitError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}
