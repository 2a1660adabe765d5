import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// How our own binary is called for work that may hang or crash.
package struct GitChild: Sendable {
    /// The absolute path of our own binary.
    let executable: String
    /// What makes it call `GitMirror.fetchInThisProcess`.
    let arguments: [String]
    /// When it is killed.
    let deadline: Duration
    let clock: any Clock<Duration>

    package init(
        executable: String,
        arguments: [String],
        deadline: Duration,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.executable = executable
        self.arguments = arguments
        self.deadline = deadline
        self.clock = clock
    }

    /// Asks a child process; what a dead one left in the folder is removed.
    func answer(to request: FetchRequest) async throws(GitError) -> FetchResponse {
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
            try await removeLeftovers(in: request.folder)
            if Task.isCancelled { throw .cancelled }
            throw .childFailed(detail: "\(error)".printable)
        }
        guard case .ended(let output, let status) = ending else {
            try await removeLeftovers(in: request.folder)
            let (seconds, attoseconds) = deadline.components
            throw .timedOut(
                url: try GitURL(request.remote.url).shown,
                seconds: Double(seconds) + Double(attoseconds) / 1e18
            )
        }
        switch try? JSONDecoder().decode(FetchResponse.self, from: Data(output)) {
        case .failed(let error): throw error
        case let response?: return response
        case nil:
            try await removeLeftovers(in: request.folder)
            if Task.isCancelled { throw .cancelled }
            if status == .exited(FetchProcess.outOfMemory) { throw request.outOfMemory(try GitURL(request.remote.url)) }
            throw .childFailed(detail: "it ended with \(status) and without an answer".printable)
        }
    }

    /// The dead child's; its lock died with it.
    private func removeLeftovers(in folder: String) async throws(GitError) {
        try await GitThread.run { () throws(GitError) in
            // When another fetch is under way already, it has tidied up.
            guard access(folder, F_OK) == 0, let lock = try MirrorLock(folder: folder, waits: false) else { return }
            defer { lock.unlock() }
            lock.removeLeftovers()
        }
    }
}

extension FetchRequest {
    fileprivate func outOfMemory(_ url: GitURL) -> GitError {
        if case .merge = question { return .mergeFailed(detail: GitError.needsMore(than: limits)) }
        return .remoteTooLarge(url: url.shown, limit: limits.memoryText)
    }
}
