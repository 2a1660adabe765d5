import Foundation
import Glibc

struct LabError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A program that a test started, in a process group of its own, and ends by its id.
final class LabProcess {
    let pid: pid_t
    private let log: URL

    /// - Parameter folder: Where the program runs, and where a file takes what it prints.
    init(_ program: String, _ arguments: [String], in folder: URL) throws {
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
        let words = (["/usr/bin/env", "-C", folder.path, program] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        let status = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, words + [nil], environ)
        guard status == 0 else { throw LabError("\(program) does not start: \(String(cString: strerror(status)))") }
        self.pid = pid
    }

    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func stop() {
        kill(-pid, SIGTERM)
        for _ in 0..<100 where waitpid(pid, nil, WNOHANG) == 0 { usleep(20_000) }
        kill(-pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    func waitUntilListening(on port: Int, address: String = "127.0.0.1") async throws {
        for _ in 0..<500 {
            if Loopback.answers(port, at: address) { return }
            if waitpid(pid, nil, WNOHANG) == pid { throw LabError("the server ended: \(output)") }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw LabError("nothing listens on port \(port): \(output)")
    }

    /// Runs a program to its end, whatever its exit status, off the shared threads.
    static func run(_ program: String, _ arguments: [String], in folder: URL) async throws -> String {
        try await withCheckedThrowingContinuation { waiter in
            DispatchQueue.global().async {
                waiter.resume(
                    with: Result {
                        let process = try LabProcess(program, arguments, in: folder)
                        waitpid(process.pid, nil, 0)
                        return process.output
                    }
                )
            }
        }
    }
}

enum Loopback {
    static func answers(_ port: Int, at address: String) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = socketAddress(address, port)
        return withUnsafePointer(to: &name) { name in
            name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func socketAddress(_ address: String, _ port: Int) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        return name
    }
}
