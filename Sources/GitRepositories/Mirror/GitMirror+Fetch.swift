import Subprocess
import FoundationEssentials
import Glibc
import SystemPackage

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
        let request = FetchRequest(folder: folder, remote: remote, limits: limits)
        guard let line = try? JSONEncoder().encode(request) + [UInt8(ascii: "\n")] else {
            throw .childFailed(detail: "the request cannot be written as JSON")
        }
        let child = ChildProcess(
            executable: .path(FilePath(executable)),
            arguments: arguments,
            input: Array(line),
            endsInput: false
        )
        let ending: ChildProcess.Ending
        do {
            ending = try await child.run(deadline: deadline, clock: clock)
        } catch {
            try await removeLeftovers()
            if Task.isCancelled { throw .cancelled }
            throw .childFailed(detail: "\(error)".printable)
        }
        guard case .ended(let output, let status) = ending else {
            try await removeLeftovers()
            let (seconds, attoseconds) = deadline.components
            throw .timedOut(url: try GitURL(remote.url).shown, seconds: Double(seconds) + Double(attoseconds) / 1e18)
        }
        switch try? JSONDecoder().decode(FetchResponse.self, from: Data(output)) {
        case .fetched(let outcome): return outcome
        case .failed(let error): throw error
        case nil:
            try await removeLeftovers()
            if Task.isCancelled { throw .cancelled }
            if status == .exited(FetchProcess.outOfMemory) {
                throw .remoteTooLarge(url: try GitURL(remote.url).shown, limit: limits.memoryText)
            }
            throw .childFailed(detail: "it ended with \(status) and without an answer".printable)
        }
    }

    /// The dead child's; its lock died with it.
    private func removeLeftovers() async throws(GitError) {
        let folder = folder
        try await GitThread.run { () throws(GitError) in
            // When another fetch is under way already, it has tidied up.
            guard access(folder, F_OK) == 0, let lock = try MirrorLock(folder: folder, waits: false) else { return }
            defer { lock.unlock() }
            lock.removeLeftovers()
        }
    }
}
