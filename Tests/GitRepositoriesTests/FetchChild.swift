import Foundation
import GitRepositories
import Glibc
import Testing

/// This test process again, as the fetching child process that our own binary is in life.
enum FetchChild {
    static let variable = "MITREGATE_TEST_FETCH"
    static let executable = "/bin/sh"
    /// Names the file that the child writes its last `/proc/self/status` to.
    static let peakVariable = "MITREGATE_TEST_PEAK"
    /// Whether this is a build in which memory is not limited.
    static let isSanitized = dlsym(nil, "__asan_init") != nil

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

extension FetchChild {
    /// The most memory that the child held at once, in MiB, where it ended by itself.
    static func peak(in file: String) throws -> Int {
        let status = try String(contentsOfFile: file, encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) >> 10
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
        let code = GitMirror.fetchInThisProcess()
        let environment = ProcessInfo.processInfo.environment
        if let file = environment[FetchChild.peakVariable],
            let status = FileManager.default.contents(atPath: "/proc/self/status")
        {
            try? status.write(to: URL(filePath: file))
        }
        _exit(code)
    }
}
