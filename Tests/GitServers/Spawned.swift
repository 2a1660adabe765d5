import Foundation
package import Glibc
package import Synchronization

/// A child process of a test, in a process group of its own, ended by that group's id.
package struct Spawned: Sendable {
    package let pid: pid_t

    /// Held while a descriptor is open that is not yet marked to be closed in a child.
    package static let lock = Mutex(())

    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// - Parameter descriptors: What the child has as 0, 1, 2, …; a missing one is `/dev/null`.
    package init(
        _ arguments: [String],
        environment: [String: String] = [:],
        folder: String? = nil,
        descriptors: [Int32?] = []
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in (descriptors + [nil, nil, nil]).prefix(max(3, descriptors.count)).enumerated() {
            if let descriptor {
                posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
            } else {
                posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        let variables = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"].merging(environment) { $1 }
        let command = (folder.map { ["env", "-C", $0] } ?? []) + arguments
        var argv = command.map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let code = Self.lock.withLock { _ in posix_spawnp(&pid, command[0], &actions, &attributes, &argv, &envp) }
        guard code == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
        self.pid = pid
    }

    @discardableResult
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }

    package func end() {
        kill(-pid, SIGKILL)
        wait()
    }
}

/// Runs a tool to its end, away from Swift's shared threads.
@discardableResult
package func run(
    _ arguments: [String],
    environment: [String: String] = [:],
    folder: String? = nil,
    input inputBytes: [UInt8] = [],
    expecting expected: Int32? = 0
) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    let input = try Channel()
                    let output = try Channel()
                    defer { close(output.ours) }
                    let child = try Spawned(
                        arguments,
                        environment: environment,
                        folder: folder,
                        descriptors: [input.theirs, output.theirs, output.theirs]
                    )
                    close(output.theirs)
                    close(input.theirs)
                    input.write(inputBytes)
                    close(input.ours)
                    let text = String(decoding: output.readAll(), as: UTF8.self)
                    let code = child.wait()
                    guard expected == nil || code == expected else {
                        throw Spawned.Failure(description: "\(arguments) ended with \(code): \(text)")
                    }
                    return text
                }
            )
        }
    }
}

/// Two connected descriptors, one for a child; a pipe cannot be made here without a moment in which another child inherits it.
package struct Channel {
    package let ours: Int32
    package let theirs: Int32

    package init() throws {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Spawned.Failure(description: String(cString: strerror(errno)))
        }
        (ours, theirs) = (ends[0], ends[1])
    }

    package func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(ours, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    package func readAll() -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ours, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return result }
            result += buffer[..<count]
        }
    }
}
