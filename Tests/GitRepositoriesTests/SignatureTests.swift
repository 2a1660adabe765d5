import Foundation
import GitRepositories
import Testing

@Suite struct SignatureTests {
    @Test func `a commit signed by an allowed SSH key is its signer's`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let signers = try write("ada@contoso.example namespaces=\"git\" \(key)\n", in: folder)
            let signer = try await LocalRepository(path: source.path).verify(commit: commit, allowedSigners: signers)
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
        Refused(testDescription: "a file that lists nobody", signers: "# nobody"),
    ])
    func `a signature that the file does not allow is refused`(_ example: Refused) async throws {
        try await withSignedCommit { folder, source, commit, key in
            let signers = try write(example.signers.replacing("KEY", with: key) + "\n", in: folder)
            let error = await #expect(throws: GitError.self) {
                try await LocalRepository(path: source.path).verify(commit: commit, allowedSigners: signers)
            }
            #expect(error?.id == "signature-untrusted", "\(String(describing: error))")
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
                try await LocalRepository(path: source.path).verify(commit: id, allowedSigners: signers)
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
                try await LocalRepository(path: source.path).verify(commit: id, allowedSigners: signers)
            }
            #expect(error?.description.contains("NUL") == true)
        }
    }

    @Test func `a commit without a signature, and a file that is missing, are told`() async throws {
        try await withSignedCommit { folder, source, commit, key in
            let repository = LocalRepository(path: source.path)
            let signers = try write("ada \(key)\n", in: folder)
            let unsigned = try await source.commit(["b.yaml": "2"])
            await #expect(throws: GitError.unsigned(commit: unsigned)) {
                try await repository.verify(commit: unsigned, allowedSigners: signers)
            }
            let error = await #expect(throws: GitError.self) {
                try await repository.verify(commit: commit, allowedSigners: "/nonexistent/signers")
            }
            #expect(error?.id == "signature-signers")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gpg"), "it needs gpg to make a key"))
    func `an OpenPGP signature is checked against armoured keys`() async throws {
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
            for name in ["Ada", "Eve"] {
                let options = ["--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
                try await run(
                    ["gpg"] + options + [
                        "--quick-gen-key", "\(name) <\(name)@contoso.example>", "ed25519", "sign", "never",
                    ],
                    environment: environment
                )
            }
            func finish() async throws { try await run(["gpgconf", "--kill", "all"], environment: environment) }
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit(["a.yaml": "1"])
            try await run(
                [
                    "git", "-c", "user.name=Ada", "-c", "user.email=Ada@contoso.example", "commit", "-q", "-S",
                    "--allow-empty", "-m", "x",
                ],
                environment: environment,
                folder: source.path
            )
            let commit = try await source.git("rev-parse", "HEAD")
            let repository = LocalRepository(path: source.path)
            let ada = try await run(["gpg", "--armor", "--export", "Ada"], environment: environment)
            let eve = try await run(["gpg", "--armor", "--export", "Eve"], environment: environment)
            try await finish()
            let signer = try await repository.verify(commit: commit, allowedSigners: try write(eve + ada, in: folder))
            #expect(signer.name == "Ada <Ada@contoso.example>")
            #expect(signer.key.count == 40)
            let error = await #expect(throws: GitError.self) {
                try await repository.verify(commit: commit, allowedSigners: try write(eve, in: folder))
            }
            #expect(error?.id == "signature-untrusted", "\(String(describing: error))")
        }
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
