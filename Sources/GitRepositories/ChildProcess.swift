import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// A program that is run to its end, or to a deadline, with all that it may do to us bounded.
///
/// Input goes through a writer of ours: when a child ends before it has read an `.array`, swift-subprocess 1.0.2 traps.
struct ChildProcess: Sendable {
    enum Ending: Sendable {
        case ended(output: [UInt8], status: TerminationStatus)
        /// It did not end within the deadline, and was killed.
        case killed
    }

    var executable: Executable
    var arguments: [String]
    /// The variables that it gets in addition to those named in `inherited`.
    var environment: [Environment.Key: String] = [:]
    var input: [UInt8]
    /// Whether it gets to see the end of its input; a fetch must not, before its parent ends.
    var endsInput: Bool

    private static let maximumOutput = 1 << 20

    /// What libgit2, the dynamic linker and a proxy need; our other variables may hold secrets.
    private static let inherited: [Environment.Key] = [
        "HOME", "PATH", "TMPDIR", "LD_LIBRARY_PATH", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "https_proxy",
        "HTTPS_PROXY", "http_proxy", "no_proxy", "NO_PROXY",
    ]

    /// Gives back what it wrote to the standard output, up to a mebibyte; past that it is killed.
    ///
    /// A child may die before it reads, so the program must have seen to it that SIGPIPE does not end it.
    func run(deadline: Duration, clock: any Clock<Duration>) async throws -> Ending {
        var variables = environment
        for name in Self.inherited { variables[name] = ProcessInfo.processInfo.environment[name.rawValue] }
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            environment: .custom(variables),
            input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask { try await converse(with: execution) }
                group.addTask {
                    try await clock.sleep(for: deadline)
                    return nil
                }
                let output = try await group.next() ?? nil
                if output == nil { try? execution.send(signal: .kill) }
                group.cancelAll()
                return output
            }
        }
        guard let output = result.closureResult else { return .killed }
        return .ended(output: output, status: result.terminationStatus)
    }

    private func converse(
        with execution: Execution<CustomWriteInput, SequenceOutput, DiscardedOutput>
    ) async throws -> [UInt8] {
        _ = try? await execution.standardInputWriter.write(input)
        if endsInput { try? await execution.standardInputWriter.finish() }
        var output: [UInt8] = []
        for try await chunk in execution.standardOutput {
            chunk.withUnsafeBytes { output += $0 }
            guard output.count <= Self.maximumOutput else {
                try? execution.send(signal: .kill)
                break
            }
        }
        return output
    }
}
