import FoundationEssentials
import Glibc
import Subprocess
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
        let request = FetchRequest(folder: folder, remote: remote)
        guard let line = try? JSONEncoder().encode(request) + [UInt8(ascii: "\n")] else {
            throw .childFailed(detail: "the request cannot be written as JSON")
        }
        let child = FetchChild(executable: executable, arguments: arguments, request: Array(line))
        let ending: FetchChild.Ending
        do {
            ending = try await child.run(deadline: deadline, clock: clock)
        } catch {
            try await removeLeftovers()
            if Task.isCancelled { throw .cancelled }
            throw .childFailed(detail: "\(error)".printable)
        }
        switch ending {
        case .answered(.fetched(let outcome)): return outcome
        case .answered(.failed(let error)): throw error
        case .killed:
            try await removeLeftovers()
            let (seconds, attoseconds) = deadline.components
            throw .timedOut(url: try GitURL(remote.url).shown, seconds: Double(seconds) + Double(attoseconds) / 1e18)
        case .broken(let detail):
            try await removeLeftovers()
            if Task.isCancelled { throw .cancelled }
            throw .childFailed(detail: detail)
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

/// The fetching child process, seen from its parent.
private struct FetchChild: Sendable {
    enum Ending: Sendable {
        case answered(FetchResponse)
        case killed
        case broken(String)
    }

    let executable: String
    let arguments: [String]
    let request: [UInt8]

    private static let maximumAnswer = 1 << 20

    /// What libgit2, the dynamic linker and a proxy need; the parent's other variables may hold secrets.
    private static let inherited: [Environment.Key] = [
        "HOME", "PATH", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "XDG_CONFIG_HOME", "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "https_proxy", "HTTPS_PROXY", "http_proxy", "no_proxy", "NO_PROXY",
    ]

    func run(deadline: Duration, clock: any Clock<Duration>) async throws -> Ending {
        signal(SIGPIPE, SIG_IGN)  // a child that dies before it reads must not take us along
        var environment: [Environment.Key: String] = [:]
        for name in Self.inherited {
            environment[name] = ProcessInfo.processInfo.environment[name.rawValue]
        }
        let result = try await Subprocess.run(
            .path(FilePath(executable)),
            arguments: Arguments(arguments),
            environment: .custom(environment),
            input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask { [request] in
                    _ = try? await execution.standardInputWriter.write(request)
                    var answer: [UInt8] = []
                    for try await chunk in execution.standardOutput {
                        chunk.withUnsafeBytes { answer += $0 }
                        guard answer.count <= Self.maximumAnswer else {
                            try? execution.send(signal: .kill)
                            break
                        }
                    }
                    return answer
                }
                group.addTask {
                    try await clock.sleep(for: deadline)
                    return nil
                }
                let answer = try await group.next() ?? nil
                if answer == nil { try? execution.send(signal: .kill) }
                group.cancelAll()
                return answer
            }
        }
        guard let answer = result.closureResult else { return .killed }
        if let response = try? JSONDecoder().decode(FetchResponse.self, from: Data(answer)) {
            return .answered(response)
        }
        return .broken("it ended with \(result.terminationStatus) and without an answer".printable)
    }
}
