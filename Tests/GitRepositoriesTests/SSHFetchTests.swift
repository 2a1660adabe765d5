import GitServers
import Foundation
import GitRepositories
import Testing

@Suite struct SSHFetchTests {
    @Test(arguments: ["ed25519", "ecdsa"])
    func `a key lets us in, and a known host is trusted`(type: String) async throws {
        try await withSource { folder, source, tip in
            try await withSSHServer(hostKeys: [type], userKeys: [type], in: folder) { server in
                let mirror = try mirror(folder, source, server, key: type, knownHosts: server.trusted(type))
                #expect(try await mirror.fetch().commit == tip)
            }
        }
    }

    @Test func `the type of key that is known is the one asked for`() async throws {
        try await withSource { folder, source, tip in
            try await withSSHServer(hostKeys: ["ecdsa", "ed25519", "rsa"], in: folder) { server in
                for type in ["ecdsa", "ed25519"] {
                    let mirror = try mirror(folder, source, server, knownHosts: server.trusted(type))
                    #expect(try await mirror.fetch().commit == tip, "\(type)")
                }
            }
        }
    }

    @Test func `a host that is known by another type of key is an unknown one, not an attacker`() async throws {
        try await withSource { folder, source, _ in
            try await withSSHServer(hostKeys: ["rsa", "ed25519"], in: folder) { server in
                let mirror = try mirror(folder, source, server, knownHosts: server.trusted("rsa"))
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == "git-host-key-unknown", "\(String(describing: error))")
            }
        }
    }

    @Test(arguments: [("ed25519", "rsa", "git-ssh-key"), ("rsa", "ed25519", "git-remote")])
    func `RSA, which this libssh2 has with SHA-1 only, is told as the cause`(
        host: String,
        user: String,
        id: String
    ) async throws {
        try await withSource { folder, source, _ in
            try await withSSHServer(hostKeys: [host], userKeys: [user], in: folder) { server in
                let mirror = try mirror(folder, source, server, key: user, knownHosts: server.trusted(host))
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == id, "\(String(describing: error))")
                #expect(error?.message.contains("RSA") == true)
            }
        }
    }

    @Test func `a hashed name is found`() async throws {
        try await withSource { folder, source, tip in
            try await withSSHServer(in: folder) { server in
                let file = try server.trusted()
                try await run(["ssh-keygen", "-q", "-H", "-f", file])
                #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("|1|"))
                #expect(try await mirror(folder, source, server, knownHosts: file).fetch().commit == tip)
            }
        }
    }

    @Test func `an unknown host is refused with its fingerprint, and the line to add lets it in`() async throws {
        try await withSource { folder, source, tip in
            try await withSSHServer(in: folder) { server in
                let file = try server.knownHosts(["other.example \(server.hostKeys["ed25519"] ?? "")"])
                let mirror = try mirror(folder, source, server, knownHosts: file)
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                let listing = try await run(["ssh-keygen", "-l", "-f", "\(server.folder)/host-ed25519.pub"])
                let fingerprint = listing.split(separator: " ")[1]
                let line = "\(server.name) \(server.hostKeys["ed25519"] ?? "")"
                #expect(
                    error
                        == .hostKeyUnknown(
                            host: "127.0.0.1",
                            fingerprint: "ssh-ed25519 \(fingerprint)",
                            line: line,
                            file: file
                        )
                )
                #expect(error?.remedy.hasSuffix(line) == true)
                try Data((line + "\n").utf8).write(to: URL(filePath: file))
                #expect(try await mirror.fetch().commit == tip)
            }
        }
    }

    @Test func `a host whose key changed is refused loudly, and a revoked key too`() async throws {
        try await withSource { folder, source, _ in
            try await withSSHServer(hostKeys: ["ed25519"], in: folder) { server in
                let other = try String(contentsOfFile: "\(server.userKey()).pub", encoding: .utf8)
                    .split(separator: " ").prefix(2).joined(separator: " ")
                let changed = try mirror(
                    folder,
                    source,
                    server,
                    knownHosts: server.knownHosts(["\(server.name) \(other)"])
                )
                let error = await #expect(throws: GitError.self) { try await changed.fetch() }
                #expect(error?.id == "git-host-key-changed")
                #expect(error?.message.contains("IS NOT THE KNOWN ONE") == true)
                let line = "\(server.name) \(server.hostKeys["ed25519"] ?? "")"
                let revoked = try mirror(
                    folder,
                    source,
                    server,
                    knownHosts: server.knownHosts([line, "@revoked \(line)"])
                )
                #expect(
                    await #expect(throws: GitError.self) { try await revoked.fetch() }?.id == "git-host-key-revoked"
                )
            }
        }
    }

    @Test func `a key that the server does not know is told, without the passphrase`() async throws {
        try await withSource { folder, source, _ in
            try await withSSHServer(in: folder) { server in
                let key = folder.appending(path: "stranger").path
                try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "pass phrase", "-f", key])
                let mirror = GitMirror(
                    folder: folder.appending(path: "m").path,
                    remote: GitRemote(
                        url: server.url(source.path),
                        branch: "main",
                        credentials: .sshKey(privateKey: key, passphrase: "pass phrase"),
                        knownHosts: try server.trusted()
                    )
                )
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == "git-authentication", "\(String(describing: error))")
                #expect(error?.description.contains("pass phrase") == false)
            }
        }
    }

    @Test func `a key with a passphrase works, a wrong one is told`() async throws {
        try await withSource { folder, source, tip in
            try await withSSHServer(in: folder) { server in
                try await run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", server.userKey()])
                func attempt(_ passphrase: String?) async throws(GitError) -> FetchOutcome {
                    try await GitMirror(
                        folder: folder.appending(path: "m").path,
                        remote: GitRemote(
                            url: server.url(source.path),
                            branch: "main",
                            credentials: .sshKey(privateKey: server.userKey(), passphrase: passphrase),
                            knownHosts: (try? server.trusted()) ?? ""
                        )
                    ).fetch()
                }
                #expect(try await attempt("open sesame").commit == tip)
                for passphrase in ["wrong", nil] {
                    let error = await #expect(throws: GitError.self) { try await attempt(passphrase) }
                    #expect(error?.id == "git-ssh-key", "\(String(describing: error))")
                }
            }
        }
    }

    @Test func `a repository that is not there is told`() async throws {
        try await withSource { folder, source, _ in
            try await withSSHServer(in: folder) { server in
                let mirror = GitMirror(
                    folder: folder.appending(path: "m").path,
                    remote: GitRemote(
                        url: server.url("/nonexistent.git"),
                        branch: "main",
                        credentials: .sshKey(privateKey: server.userKey()),
                        knownHosts: try server.trusted()
                    )
                )
                let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
                #expect(error?.id == "git-repository-not-found", "\(String(describing: error))")
            }
        }
    }

    private func mirror(
        _ folder: URL,
        _ source: TestRepository,
        _ server: SSHServer,
        key: String = "ed25519",
        knownHosts: String
    ) throws -> GitMirror {
        GitMirror(
            folder: folder.appending(path: "m-\(UUID())").path,
            remote: GitRemote(
                url: server.url(source.path),
                branch: "main",
                credentials: .sshKey(privateKey: server.userKey(key)),
                knownHosts: knownHosts
            )
        )
    }
}

/// Calls `body` with a repository of one commit in a folder of its own.
@discardableResult
func withSource<T>(_ body: (URL, TestRepository, String) async throws -> T) async throws -> T {
    try await withFolder { folder in
        let source = try await TestRepository(at: folder.appending(path: "source.git").path)
        let tip = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"])
        return try await body(folder, source, tip)
    }
}
