package import Foundation
import Glibc
import Synchronization

/// Debian's sshd, one process for each connection, which lets in a key of its own and serves any repository of this machine.
package struct SSHServer {
    package let folder: String
    package let port: Int
    /// Public host keys by type, as a line of known_hosts has them after the name.
    package let hostKeys: [String: String]

    package var name: String { "[127.0.0.1]:\(port)" }

    package func url(_ path: String) -> String { "ssh://\(NSUserName())@127.0.0.1:\(port)\(path)" }
    /// A private key that the server lets in.
    package func userKey(_ type: String = "ed25519") -> String { "\(folder)/user-\(type)" }

    /// Writes a file of known hosts with these lines.
    package func knownHosts(_ lines: [String]) throws -> String {
        let path = "\(folder)/known_hosts-\(UUID())"
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: path))
        return path
    }

    package func trusted(_ type: String = "ed25519") throws -> String {
        try knownHosts(["\(name) \(hostKeys[type] ?? "")"])
    }
}

/// Calls `body` with a running sshd that shows host keys of the given types; its processes end with the call.
///
/// - Parameter command: What it runs instead of what the client asks for, without quotation marks.
@discardableResult
package func withSSHServer<T>(
    hostKeys: [String] = ["ed25519"],
    userKeys: [String] = ["ed25519"],
    running command: String? = nil,
    in folder: URL,
    _ body: (SSHServer) async throws -> T
) async throws -> T {
    let path = folder.appending(path: "ssh").path
    mkdir(path, 0o700)
    if getuid() == 0 { mkdir("/run/sshd", 0o755) }  // where it separates its privileges
    var published: [String: String] = [:]
    for type in hostKeys {
        try await run(["ssh-keygen", "-q", "-t", type, "-N", "", "-f", "\(path)/host-\(type)"])
        let text = try String(contentsOfFile: "\(path)/host-\(type).pub", encoding: .utf8)
        published[type] = text.split(separator: " ").prefix(2).joined(separator: " ")
    }
    var allowed = ""
    for type in userKeys {
        try await run(["ssh-keygen", "-q", "-t", type, "-N", "", "-f", "\(path)/user-\(type)"])
        allowed += command.map { "command=\"\($0)\" " } ?? ""
        allowed += try String(contentsOfFile: "\(path)/user-\(type).pub", encoding: .utf8)
    }
    try Data(allowed.utf8).write(to: URL(filePath: "\(path)/authorized_keys"))
    let configuration = """
        \(hostKeys.map { "HostKey \(path)/host-\($0)\n" }.joined())
        AuthorizedKeysFile \(path)/authorized_keys
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin prohibit-password
        StrictModes no
        UsePAM no
        PidFile none
        LogLevel DEBUG
        """
    try Data(configuration.utf8).write(to: URL(filePath: "\(path)/sshd_config"))
    let listener = try Listener()
    let children = Mutex<[Spawned]>([])
    defer {
        listener.end()
        children.withLock { $0 }.forEach { $0.end() }
    }
    listener.serve { connection in
        let log = open("\(path)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let child = try? Spawned(
            ["/usr/sbin/sshd", "-i", "-e", "-f", "\(path)/sshd_config"],
            descriptors: [connection, connection, log]
        )
        close(log)
        close(connection)
        if let child { children.withLock { $0.append(child) } }
    }
    return try await body(SSHServer(folder: path, port: listener.port, hostKeys: published))
}
