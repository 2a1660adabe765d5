import Foundation
import GitRepositories
import Glibc
import Testing

/// This test process again, as the fetching child process that our own binary is in life.
enum FetchChild {
    static let variable = "MITREGATE_TEST_FETCH"
    static let executable = "/bin/sh"

    /// The runner writes to the standard output, so the answer goes through another descriptor.
    ///
    /// - Parameter preparation: Shell commands that come first.
    static func arguments(_ preparation: String = ":") -> [String] {
        let script = """
            \(preparation); exec 3>&1 1>&2; \(variable)=1 exec "$0" --testing-library swift-testing --filter FetchChildEntry
            """
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return ["-c", script, own]
    }
}

extension GitMirror {
    /// Fetches in a child process with a deadline that no test reaches.
    func fetch() async throws(GitError) -> FetchOutcome {
        try await fetch(executable: FetchChild.executable, arguments: FetchChild.arguments(), deadline: .seconds(120))
    }
}

@Suite struct FetchChildEntry {
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment[FetchChild.variable] != nil,
            "other tests run it, as their child process"
        )
    )
    func `a fetch in this process`() {
        dup2(3, 1)
        _exit(GitMirror.fetchInThisProcess())
    }
}
