import Foundation
import GitRepositories
import GitServers
import Testing

/// Commits that are made in memory.
@Suite(.timeLimit(.minutes(5))) struct BranchCommitTests {
    @Test func `only the files of the change are touched, and modes stay`() async throws {
        try await withBranches { source, mirror in
            try source.write([
                "README.md": "readme", "bin/tool": "#!/bin/sh", "tenants/contoso/a.yaml": "a: 1 # why\n",
                "tenants/contoso/old/b.yaml": "b: 1\n", "tenants/fabrikam/c.yaml": "c: 1\n",
            ])
            try await source.git("add", "-A")
            try await source.git("update-index", "--chmod=+x", "tenants/contoso/a.yaml", "bin/tool")
            try await source.git("commit", "-q", "-m", "Files")
            let tip = try await source.git("rev-parse", "HEAD")
            var change = BranchChange.fixture(on: tip, "a: 2 # why\r\n")
            change.files += [
                BranchChange.File(path: "tenants/contoso/old/b.yaml", content: nil),
                BranchChange.File(path: "tenants/contoso/new/deep/d.yaml", content: Array("d: 1".utf8)),
            ]
            let commit = try #require(try await mirror.compose(change))
            try await source.take(commit, from: mirror)
            #expect(
                try await source.git("diff-tree", "-r", "--abbrev=7", tip, commit.id).split(separator: "\n").map {
                    $0.split(separator: " ").dropFirst(4).joined(separator: " ")
                } == [
                    "M\ttenants/contoso/a.yaml", "A\ttenants/contoso/new/deep/d.yaml", "D\ttenants/contoso/old/b.yaml",
                ]
            )
            #expect(
                try await source.git("ls-tree", commit.id, "tenants/contoso/").split(separator: "\n").map {
                    $0.split(separator: " ").first
                } == ["100755", "040000"]
            )
            #expect(try await source.git("cat-file", "-s", "\(commit.id):tenants/contoso/a.yaml") == "12")
            try await source.git("fsck", "--strict", commit.id)
            #expect(
                try await source.git("show", "-s", "--format=%an|%ae|%at|%cn|%ce|%ct|%s|%P", commit.id)
                    == "Mitregate|mitregate@contoso.example|1790000100|Mitregate|mitregate@contoso.example|1790000100|"
                    + "Take over what changed in contoso|\(tip)"
            )
            #expect(try await mirror.compose(change)?.id == commit.id, "the same change is the same commit")
        }
    }

    @Test func `a change that changes nothing makes no commit`() async throws {
        try await withBranches { source, mirror in
            let tip = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"])
            #expect(try await mirror.compose(.fixture(on: tip, "a: 1\n")) == nil)
        }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var files: [String: String?]
        let id: String
    }

    @Test(arguments: [
        Refused(testDescription: "a path above the repository", files: ["../x.yaml": "x"], id: "source-folder"),
        Refused(testDescription: "a path of git's own", files: [".git/config": "x"], id: "source-folder"),
        Refused(testDescription: "a path in git's own below", files: ["a/.GIT/hooks/x": "x"], id: "source-folder"),
        Refused(testDescription: "an absolute path", files: ["/etc/x": "x"], id: "source-folder"),
        Refused(testDescription: "a folder's path", files: ["tenants/contoso/": "x"], id: "git-not-a-file"),
        Refused(testDescription: "no path", files: ["": "x"], id: "git-not-a-file"),
        Refused(testDescription: "a folder in place of a file", files: ["tenants/contoso": "x"], id: "git-not-a-file"),
        Refused(testDescription: "a file in place of a folder", files: ["a.yaml/b.yaml": "x"], id: "source-folder"),
        Refused(testDescription: "a link", files: ["link.yaml": "x"], id: "source-symbolic-link"),
        Refused(testDescription: "a file below a link", files: ["folder/x.yaml": "x"], id: "source-symbolic-link"),
        Refused(testDescription: "another repository", files: ["module/x.yaml": "x"], id: "source-submodule"),
        Refused(testDescription: "the removal of no file", files: ["b.yaml": String?.none], id: "git-not-a-file"),
        Refused(
            testDescription: "a file that lies too deep",
            files: [String(repeating: "a/", count: 64) + "x.yaml": "x"],
            id: "source-limit"
        ),
    ])
    func `what cannot be changed safely is refused`(_ example: Refused) async throws {
        try await withBranches { source, mirror in
            let file = try await source.git("hash-object", "-w", "--stdin", input: Array("a: 1".utf8))
            let tree = try await source.git("mktree", input: Array("100644 blob \(file)\ta.yaml\n".utf8))
            let tenants = try await source.git("mktree", input: Array("040000 tree \(tree)\tcontoso\n".utf8))
            let tip = try await source.commit(tree: [
                ("100644", Array("a.yaml".utf8), .object(file)), ("120000", Array("folder".utf8), .file("tenants")),
                ("120000", Array("link.yaml".utf8), .file("a.yaml")),
                ("160000", Array("module".utf8), .object(String(repeating: "1", count: 40))),
                ("40000", Array("tenants".utf8), .object(tenants)),
            ])
            var change = BranchChange.fixture(on: tip, "")
            change.files = example.files.map { path, text in
                BranchChange.File(path: path, content: text.map { Array($0.utf8) })
            }
            let error = await #expect(throws: GitError.self) { try await mirror.compose(change) }
            #expect(error?.id == example.id, "\(String(describing: error))")
        }
    }

    @Test func `what is too large is refused before a process is started`() async throws {
        let mirror = BranchMirror(
            folder: "/nonexistent/m",
            remote: GitRemote(url: "/x", branch: "main"),
            base: "/nonexistent"
        )
        var change = BranchChange.fixture(on: "", "")
        change.files = [BranchChange.File(path: "a.yaml", content: [UInt8](repeating: 32, count: 8 << 20 + 1))]
        let error = await #expect(throws: GitError.self) { try await mirror.compose(change) }
        #expect(error?.id == "source-limit")
    }

    @Test(arguments: [("", "a@b"), ("Mitregate", ""), ("<", ">")])
    func `an identity that git would not take is told`(name: String, email: String) async throws {
        try await withBranches { source, mirror in
            let tip = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"])
            var change = BranchChange.fixture(on: tip, "a: 2\n")
            change.author = Commit.Person(name: name, email: email, date: change.author.date)
            await #expect(throws: GitError.invalidIdentity(name: name, email: email)) {
                try await mirror.compose(change)
            }
        }
    }

    @Test(arguments: [(9.3e18, "4294967295"), (-1, "0")] as [(Double, String)])
    func `rule 13: a date that git cannot hold is written as the nearest`(seconds: Double, text: String) async throws {
        try await withBranches { source, mirror in
            let tip = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"])
            var change = BranchChange.fixture(on: tip, "a: 2\n")
            let date = Date(timeIntervalSince1970: seconds)
            change.author = Commit.Person(name: change.author.name, email: change.author.email, date: date)
            let commit = try #require(try await mirror.compose(change))
            try await source.take(commit, from: mirror)
            let written = try await source.git("cat-file", "-p", commit.id)
            #expect(written.contains("@contoso.example> \(text) +0000\n"), "\(written)")
        }
    }

    @Test func `a signed commit is good for git, and for us by the file of the source`() async throws {
        try await withBranches { source, mirror in
            let tip = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"])
            try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(source.path)/../key"])
            let key = SigningKey(try String(contentsOfFile: "\(source.path)/../key", encoding: .utf8))
            let signers = "\(source.path)/../signers"
            let line = try String(contentsOfFile: "\(source.path)/../key.pub", encoding: .utf8)
            try Data("mitregate@contoso.example namespaces=\"git\" \(line)".utf8).write(to: URL(filePath: signers))

            let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n"), signedWith: key))
            try await source.take(commit, from: mirror)
            try await source.git(
                "-c",
                "gpg.format=ssh",
                "-c",
                "gpg.ssh.allowedSignersFile=\(signers)",
                "verify-commit",
                commit.id
            )
            try await source.git("fsck", "--strict", commit.id)
            let signer = try await LocalRepository(path: source.path).verify(
                commit: commit.id,
                allowedSigners: signers,
                now: .now
            )
            #expect(signer.name == "mitregate@contoso.example")
            #expect("\(key)".contains("KEY") == false)
        }
    }

    @Test func `a key that cannot sign is told without it, and no passphrase is asked for`() async throws {
        try await withBranches { source, mirror in
            let tip = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"])
            let path = "\(source.path)/../closed"
            try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", path])
            for text in [try String(contentsOfFile: path, encoding: .utf8), "s3cret-value"] {
                let error = await #expect(throws: GitError.self) {
                    try await mirror.compose(.fixture(on: tip, "a: 2\n"), signedWith: SigningKey(text))
                }
                #expect(error?.id == "git-signing", "\(String(describing: error))")
                #expect(error?.description.contains("s3cret-value") == false)
            }
        }
    }

    @Test(arguments: ["", "open sesame"])
    func `a private key lies on the disk no longer than it signs, or fails to`(passphrase: String) async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "own").path
            try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", path])
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let key = SigningKey(text)
            if passphrase.isEmpty {
                try await key.check()
            } else {
                await #expect(throws: GitError.self) { try await key.check() }
            }
            let temporary = FileManager.default.temporaryDirectory.path
            let left = try FileManager.default.contentsOfDirectory(atPath: temporary).filter { name in
                FileManager.default.contents(atPath: "\(temporary)/\(name)/key") == Data(text.utf8)
            }
            #expect(left.isEmpty)
        }
    }

    private func withBranches(_ body: (TestRepository, BranchMirror) async throws -> Void) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let remote = GitRemote(url: source.path, branch: "main")
            let path = folder.appending(path: "m-branches").path
            try await body(source, BranchMirror(folder: path, remote: remote, base: source.path))
        }
    }
}

extension TestRepository {
    /// Brings a commit's objects here, as a push would; it is named by a reference of its own.
    fileprivate func take(_ commit: BranchCommit, from mirror: BranchMirror) async throws {
        let bare = "\(path)/../target.git"
        try await git("clone", "-q", "--bare", path, bare)
        let target = BranchMirror(
            folder: mirror.folder,
            remote: GitRemote(url: bare, branch: "main"),
            base: mirror.base
        )
        _ = try await target.push(commit, to: "mitregate/test", replacing: [], by: .test)
        try await git("fetch", "-q", bare, "mitregate/test:refs/heads/mitregate/test")
    }
}
