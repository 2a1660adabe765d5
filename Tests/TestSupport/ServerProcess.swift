package import Foundation
import Glibc

/// A real server, started for one test in a process group of its own, and ended by its id.
package final class ServerProcess {
    package let pid: pid_t
    private let log: URL

    /// Starts a program in `folder`; what it prints goes to a file there.
    package init(_ program: String, _ arguments: [String], in folder: URL) throws {
        log = folder.appending(path: "output-\(UUID().uuidString)")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var pid: pid_t = 0
        let status = (["/usr/bin/env", "-C", folder.path, program] + arguments).withCStrings {
            posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, $0, environ)
        }
        guard status == 0 else { throw LabError("\(program) does not start: \(String(cString: strerror(status)))") }
        self.pid = pid
    }

    /// Ends the whole group, and waits until its leader is gone.
    package func stop() {
        kill(-pid, SIGTERM)
        for _ in 0..<100 {
            if waitpid(pid, nil, WNOHANG) == pid {
                kill(-pid, SIGKILL)
                return
            }
            usleep(20_000)
        }
        kill(-pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    package var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Waits until something listens there.
    package func waitUntilListening(on port: Int, address: String = "127.0.0.1") async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if canConnect(to: address, port) { return }
            if waitpid(pid, nil, WNOHANG) == pid { throw LabError("the server ended: \(output)") }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw LabError("nothing listens on port \(port): \(output)")
    }
}

package struct LabError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Runs a program to its end, off the shared threads, and gives what it printed.
///
/// - Parameter mayFail: Whether any exit status will do.
@discardableResult
package func run(
    _ program: String,
    _ arguments: [String],
    in folder: URL,
    mayFail: Bool = false
) async throws -> String {
    try await withCheckedThrowingContinuation { waiter in
        DispatchQueue.global().async {
            waiter.resume(with: Result { try runBlocking(program, arguments, in: folder, mayFail: mayFail) })
        }
    }
}

private func runBlocking(_ program: String, _ arguments: [String], in folder: URL, mayFail: Bool) throws -> String {
    let log = folder.appending(path: "run-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: log) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var pid: pid_t = 0
    let whole = ["/usr/bin/env", "-C", folder.path, program] + arguments
    let status = whole.withCStrings { posix_spawn(&pid, "/usr/bin/env", &actions, nil, $0, environ) }
    guard status == 0 else { throw LabError("\(program) does not start: \(String(cString: strerror(status)))") }
    var exit: Int32 = 0
    waitpid(pid, &exit, 0)
    let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    guard exit == 0 || mayFail else {
        throw LabError("\(program) \(arguments.joined(separator: " ")) failed: \(output)")
    }
    return output
}

extension [String] {
    func withCStrings<R>(_ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let copies = map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
