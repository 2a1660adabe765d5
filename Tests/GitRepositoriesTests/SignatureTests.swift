import GitServers
import Foundation
import GitRepositories
import Testing

@Suite struct SignatureTests {
    @Test func `a commit signed by an allowed SSH key is its signer's`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let signers = try write("ada@contoso.example namespaces=\"git\" \(key)\n", in: folder)
            let signer = try await LocalRepository(path: source.path).verify(
                commit: commit,
                allowedSigners: signers,
                now: .now
            )
            let listing = try await run(["ssh-keygen", "-l", "-f", "\(folder.path)/key.pub"])
            #expect(signer == Signer(name: "ada@contoso.example", key: String(listing.split(separator: " ")[1])))
        }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// `KEY` stands for the signer's key.
        let signers: String
    }

    private static let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPHnZFNBzjRQ0vYyPyTzRqmQDHMCIhwzSWmGJfVX5Xd"

    @Test(arguments: [
        Refused(testDescription: "another's key", signers: "ada@contoso.example \(other)"),
        Refused(testDescription: "a key for another purpose", signers: "ada@contoso.example namespaces=\"file\" KEY"),
        Refused(testDescription: "a key that was not valid yet", signers: "ada valid-after=\"20300101\" KEY"),
        Refused(testDescription: "a key that was no longer valid", signers: "ada valid-before=\"20200101\" KEY"),
        Refused(testDescription: "a file that lists no one", signers: "# no one"),
    ])
    func `a signature that the file does not allow is refused`(_ example: Refused) async throws {
        try await withSignedCommit { folder, source, commit, key in
            let signers = try write(example.signers.replacing("KEY", with: key) + "\n", in: folder)
            let error = await #expect(throws: GitError.self) {
                try await LocalRepository(path: source.path).verify(commit: commit, allowedSigners: signers, now: .now)
            }
            #expect(error?.id == "signature-untrusted", "\(String(describing: error))")
        }
    }

    @Test func `a commit stays its signer's when the key has ended since`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            // The commit is of 2026-09-21.
            let signers = try write("ada valid-before=\"20260923\" \(key)\n", in: folder)
            let signer = try await LocalRepository(path: source.path).verify(
                commit: commit,
                allowedSigners: signers,
                now: .now
            )
            #expect(signer.name == "ada")
        }
    }

    @Test func `a signature under another commit is refused`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let signers = try write("ada \(key)\n", in: folder)
            let object = try await source.git("cat-file", "commit", commit)
            let forged = object.replacingOccurrences(of: "\n\nSigned", with: "\n\nForged") + "\n"
            let id = try await source.git("hash-object", "-t", "commit", "-w", "--stdin", input: Array(forged.utf8))
            #expect(id != commit)
            let error = await #expect(throws: GitError.self) {
                try await LocalRepository(path: source.path).verify(commit: id, allowedSigners: signers, now: .now)
            }
            #expect(error?.id == "signature-untrusted")
        }
    }

    @Test func `bytes behind a NUL, which no signature covers, are refused`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let signers = try write("ada \(key)\n", in: folder)
            let object = try await source.git("cat-file", "commit", commit)
            let forged = Array("\(object)\n".utf8) + [0] + Array("and more".utf8)
            let id = try await source.git("hash-object", "-t", "commit", "--literally", "-w", "--stdin", input: forged)
            let error = await #expect(throws: GitError.self) {
                try await LocalRepository(path: source.path).verify(commit: id, allowedSigners: signers, now: .now)
            }
            #expect(error?.description.contains("NUL") == true)
        }
    }

    @Test func `a commit that is dated more than an hour ahead is refused, however well it is signed`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let repository = LocalRepository(path: source.path)
            let signers = try write("ada \(key)\n", in: folder)
            let date = try await repository.commit(commit).committer.date
            _ = try await repository.verify(commit: commit, allowedSigners: signers, now: date - 3_600)
            await #expect(throws: GitError.datedAhead(commit: commit, date: date.formatted(.iso8601))) {
                try await repository.verify(commit: commit, allowedSigners: signers, now: date - 3_601)
            }
        }
    }

    @Test func `the commits since another are all behind the tip that are not behind that one`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let first = try await source.commit(["a.yaml": "1"])
            let base = try await source.commit(["a.yaml": "2"])
            try await source.git("checkout", "-q", "-b", "side", first)
            let side = try await source.commit(["b.yaml": "1"])
            try await source.git("checkout", "-q", "main")
            try await source.git("merge", "-q", "--no-ff", "-m", "Merge", "side")
            let tip = try await source.git("rev-parse", "HEAD")
            let repository = LocalRepository(path: source.path)
            #expect(try await repository.commits(to: tip, since: base) == [side, tip].sorted())
            #expect(try await repository.commits(to: tip, since: tip) == [])
            await #expect(throws: GitError.noSuchCommit(id: String(repeating: "0", count: 40))) {
                try await repository.commits(to: tip, since: String(repeating: "0", count: 40))
            }
        }
    }

    @Test func `a commit without a signature, and a file that is missing, are told`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let repository = LocalRepository(path: source.path)
            let signers = try write("ada \(key)\n", in: folder)
            let unsigned = try await source.commit(["b.yaml": "2"])
            await #expect(throws: GitError.unsigned(commit: unsigned)) {
                try await repository.verify(commit: unsigned, allowedSigners: signers, now: .now)
            }
            let error = await #expect(throws: GitError.self) {
                try await repository.verify(commit: commit, allowedSigners: "/nonexistent/signers", now: .now)
            }
            #expect(error?.id == "signature-signers")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gpg"), "it needs gpg to make a key"))
    func `an OpenPGP signature is checked against armoured keys`() async throws {
        try await withGPG(["Ada", "Eve"]) { folder, source, environment in
            let commit = try await signByGPG(source, environment)
            let ada = try await run(["gpg", "--armor", "--export", "Ada"], environment: environment)
            let eve = try await run(["gpg", "--armor", "--export", "Eve"], environment: environment)
            let repository = LocalRepository(path: source.path)
            let signer = try await repository.verify(
                commit: commit,
                allowedSigners: try write(eve + ada, in: folder),
                now: .now
            )
            #expect(signer.name == "Ada <Ada@contoso.example>")
            #expect(signer.key.count == 40)
            let error = await #expect(throws: GitError.self) {
                try await repository.verify(commit: commit, allowedSigners: try write(eve, in: folder), now: .now)
            }
            #expect(error?.id == "signature-untrusted", "\(String(describing: error))")
        }
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gpg"), "it needs gpg to make a key"),
        arguments: ["SHA256", "SHA1"]
    )
    func `an OpenPGP signature over SHA-1 is refused, as two commits may collide`(digest: String) async throws {
        try await withGPG(["Ada"]) { folder, source, environment in
            try Data("digest-algo \(digest)\n".utf8).write(to: URL(filePath: "\(environment["GNUPGHOME"]!)/gpg.conf"))
            let commit = try await signByGPG(source, environment)
            let ada = try await run(["gpg", "--armor", "--export", "Ada"], environment: environment)
            let signers = try write(ada, in: folder)
            let repository = LocalRepository(path: source.path)
            guard digest == "SHA1" else {
                let signer = try await repository.verify(commit: commit, allowedSigners: signers, now: .now)
                #expect(signer.name == "Ada <Ada@contoso.example>")
                return
            }
            let error = await #expect(throws: GitError.self) {
                try await repository.verify(commit: commit, allowedSigners: signers, now: .now)
            }
            #expect(error?.id == "signature-untrusted", "\(String(describing: error))")
        }
    }

    /// Calls `body` with a repository and the variables that lead gpg to keys of these names.
    private func withGPG(
        _ names: [String],
        _ body: (URL, TestRepository, [String: String]) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            // The socket of gpg's agent has a short path, or there is none.
            let home = "/tmp/mg-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(
                atPath: home,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            defer { try? FileManager.default.removeItem(atPath: home) }
            let environment = ["GNUPGHOME": home]
            for name in names {
                let options = ["--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
                let key = ["--quick-gen-key", "\(name) <\(name)@contoso.example>", "rsa2048", "sign", "never"]
                try await run(["gpg"] + options + key, environment: environment)
            }
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit(["a.yaml": "1"])
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(folder, source, environment))
            } catch {
                result = .failure(error)
            }
            try await run(["gpgconf", "--kill", "all"], environment: environment)
            try result.get()
        }
    }

    private func signByGPG(_ source: TestRepository, _ environment: [String: String]) async throws -> String {
        try await run(
            [
                "git", "-c", "user.name=Ada", "-c", "user.email=Ada@contoso.example", "commit", "-q", "-S",
                "--allow-empty", "-m", "x",
            ],
            environment: environment,
            folder: source.path
        )
        return try await source.git("rev-parse", "HEAD")
    }

    private func write(_ text: String, in folder: URL) throws -> String {
        let path = folder.appending(path: "signers-\(UUID())").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func withSignedCommit(_ body: (URL, TestRepository, String, String) async throws -> Void) async throws {
        try await withFolder { folder in
            try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder.path)/key"])
            let key = try String(contentsOfFile: "\(folder.path)/key.pub", encoding: .utf8)
                .split(separator: " ").prefix(2).joined(separator: " ")
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.git("config", "gpg.format", "ssh")
            try await source.git("config", "user.signingKey", "\(folder.path)/key")
            try source.write(["a.yaml": "1"])
            try await source.git("add", "-A")
            try await source.git("commit", "-q", "-S", "-m", "Signed")
            try await body(folder, source, try await source.git("rev-parse", "HEAD"), key)
        }
    }
}
