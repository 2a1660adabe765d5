extension GitMirror {
    /// Fetches the tracked branch in a child process, which is killed when `deadline` has passed or the task is cancelled.
    ///
    /// The mirror is as before when this throws.
    ///
    /// - Parameters:
    ///   - executable: The absolute path of our own binary.
    ///   - arguments: What makes it call `fetchInThisProcess`.
    ///   - clock: Measures the deadline.
    package func fetch(
        executable: String,
        arguments: [String],
        deadline: Duration,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws(GitError) -> FetchOutcome {
        _ = try GitURL(remote.url)
        let child = GitChild(executable: executable, arguments: arguments, deadline: deadline, clock: clock)
        let request = FetchRequest(folder: folder, remote: remote, limits: limits)
        guard case .fetched(let outcome) = try await child.answer(to: request) else {
            throw .childFailed(detail: "it answered another question")
        }
        return outcome
    }
}
