import GitServers
import Foundation
import GitRepositories
import Glibc
import TestSupport
import Testing

/// A child that is not killed would hold its test for ever; the limit is far above what any takes.
@Suite(.timeLimit(.minutes(5))) struct FetchProcessTests {
    @Test(arguments: ["https", "ssh"])
    func `a server that accepts and stays silent costs one child process, killed at the deadline`(
        scheme: String
    ) async throws {
        try await withFolder { folder in
            let listener = try Listener()
            let clock = HeldClock()
            defer { listener.end() }
            listener.serve { _ in clock.release() }  // the child is inside libgit2 now; the connection stays open
            let pidFile = folder.appending(path: "pid").path
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "\(scheme)://localhost:\(listener.port)/x.git", branch: "main")
            )
            let error = await #expect(throws: GitError.self) {
                try await mirror.fetch(
                    executable: FetchChild.executable,
                    arguments: FetchChild.arguments("echo $$ > '\(pidFile)'"),
                    deadline: .seconds(30),
                    clock: clock
                )
            }
            #expect(error == .timedOut(url: "\(scheme)://localhost:\(listener.port)/x.git", seconds: 30))
            #expect(try isGone(pidFile))
        }
    }

    @Test func `a cancelled task ends its child process`() async throws {
        try await withFolder { folder in
            let listener = try Listener()
            defer { listener.end() }
            let (accepted, continuation) = AsyncStream.makeStream(of: Void.self)
            listener.serve { _ in continuation.finish() }
            let pidFile = folder.appending(path: "pid").path
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "https://localhost:\(listener.port)/x.git", branch: "main")
            )
            let fetch = Task {
                try await mirror.fetch(
                    executable: FetchChild.executable,
                    arguments: FetchChild.arguments("echo $$ > '\(pidFile)'"),
                    deadline: .seconds(120)
                )
            }
            for await _ in accepted {}
            fetch.cancel()
            await #expect(throws: GitError.cancelled) { try await fetch.value }
            #expect(try isGone(pidFile))
        }
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let script: String
    }

    @Test(arguments: [
        Broken(testDescription: "crashes", script: "kill -SEGV $$"),
        Broken(testDescription: "ends without an answer", script: "exit 3"),
        Broken(testDescription: "answers nonsense", script: "echo '{\"fetched\": 1}'"),
        Broken(testDescription: "talks without end", script: "yes"),
    ])
    func `a child process that breaks is an error, not a crash`(_ example: Broken) async throws {
        try await withFolder { folder in
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "/x", branch: "main")
            )
            let error = await #expect(throws: GitError.self) {
                try await mirror.fetch(
                    executable: "/bin/sh",
                    arguments: ["-c", example.script],
                    deadline: .seconds(120)
                )
            }
            #expect(error?.id == "git-child", "\(String(describing: error))")
        }
    }

    @Test func `what signals do in this process is left as it is`() async throws {
        try await withFolder { folder in
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "/x", branch: "main")
            )
            // A handler of this test's own, which is there afterwards; `brokenPipes` is set once, and was.
            _ = brokenPipes
            let own: @convention(c) (Int32) -> Void = { _ in }
            let former = signal(SIGPIPE, own)
            await #expect(throws: GitError.self) {
                try await mirror.fetch(executable: "/bin/sh", arguments: ["-c", "exit 3"], deadline: .seconds(120))
            }
            let found = signal(SIGPIPE, former)
            #expect(unsafeBitCast(found, to: Int.self) == unsafeBitCast(own, to: Int.self))
        }
    }

    @Test func `a child process gets none of our variables but those that it needs`() async throws {
        setenv("SECRET_OF_A_GIT_TEST", "hunter2", 1)  // nothing else reads it, so it may stay
        try await withFolder { folder in
            let file = folder.appending(path: "environment").path
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "/x", branch: "main")
            )
            await #expect(throws: GitError.self) {
                try await mirror.fetch(
                    executable: "/bin/sh",
                    arguments: ["-c", "cat /proc/$$/environ > '\(file)'"],
                    deadline: .seconds(120)
                )
            }
            let variables = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\0")
            #expect(variables.contains { $0.hasPrefix("PATH=") })
            #expect(!variables.contains { $0.contains("hunter2") })
        }
    }

    @Test func `a missing executable is an error that names it`() async throws {
        _ = brokenPipes
        let mirror = GitMirror(folder: "/nonexistent/m", remote: GitRemote(url: "/x", branch: "main"))
        let error = await #expect(throws: GitError.self) {
            try await mirror.fetch(executable: "/nonexistent/mitregate", arguments: [], deadline: .seconds(120))
        }
        #expect(error?.id == "git-child")
        #expect(error?.message.contains("/nonexistent/mitregate") == true)
    }

    @Test func `the child process ends when its parent is gone`() async throws {
        try await withFolder { folder in
            let listener = try Listener()
            defer { listener.end() }
            let (accepted, continuation) = AsyncStream.makeStream(of: Void.self)
            listener.serve { _ in continuation.finish() }
            let input = try Channel()
            let child = try Spawned([FetchChild.executable] + FetchChild.arguments(), descriptors: [input.theirs])
            close(input.theirs)
            let request = """
                {"folder": "\(folder.path)/m", "limits": {"bytes": 1, "objects": 1, "memory": 100663296}, "remote":
                {"url": "https://localhost:\(listener.port)/x", "branch": "main", "credentials": {"none": {}}}}
                """
            let line = Array((request.replacingOccurrences(of: "\n", with: " ") + "\n").utf8)
            write(input.ours, line, line.count)
            for await _ in accepted {}
            close(input.ours)  // as the kernel does for a parent that was killed
            #expect(child.wait() == 75)
        }
    }

    private func isGone(_ pidFile: String) throws -> Bool {
        let text = try String(contentsOfFile: pidFile, encoding: .utf8)
        let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        return kill(pid, 0) != 0 && errno == ESRCH
    }
}
