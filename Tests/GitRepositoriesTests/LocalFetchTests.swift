import GitServers
import Foundation
import GitRepositories
import Glibc
import Testing

@Suite struct LocalFetchTests {
    @Test(arguments: ["", "file://"])
    func `a path is mirrored, and a commit more brings that commit`(scheme: String) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let first = try await source.commit(["tenants/contoso/a.yaml": "a: 1\n"], "First")
            let mirror = GitMirror(
                folder: folder.appending(path: "state/mirrors/mail-flow").path,
                remote: GitRemote(url: scheme + source.path, branch: "main")
            )
            let initial = try await mirror.fetch()
            #expect(initial.previous == nil)
            #expect(initial.commit == first)
            #expect(initial.descends)
            let second = try await source.commit(["tenants/contoso/b.yaml": "b: 2\n"], "Second")
            let next = try await mirror.fetch()
            #expect(next.previous == first)
            #expect(next.commit == second)
            #expect(next.descends)
            let snapshot = try await mirror.snapshot()
            #expect(snapshot.id == second)
            #expect(snapshot.parents == [first])
            #expect(snapshot.subject == "Second")
            #expect(snapshot.author.name == "Ada")
            #expect(snapshot.author.email == "ada@contoso.example")
            #expect(snapshot.author.date == Date(timeIntervalSince1970: 1_790_000_000))
            #expect(snapshot.committer.name == "Bob")
            let files = try await mirror.files(at: second, under: "tenants/contoso")
            #expect(files.map(\.path) == ["a.yaml", "b.yaml"])
            #expect(files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a: 1\n", "b: 2\n"])
            let again = try await mirror.fetch()
            #expect(again.previous == again.commit)
        }
    }

    @Test func `a rewritten branch is told, and the commits before it stay readable`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let base = try await source.commit(["a.yaml": "1"])
            let old = try await source.commit(["a.yaml": "2"])
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: source.path, branch: "main")
            )
            _ = try await mirror.fetch()
            try await source.git("reset", "-q", "--hard", base)
            let older = try await mirror.fetch()
            #expect(older.commit == base)
            #expect(!older.descends)
            let new = try await source.commit(["a.yaml": "3"])
            let outcome = try await mirror.fetch()
            #expect(outcome.descends)
            #expect(try await mirror.isAncestor(old, of: new) == false)
            #expect(try await mirror.isAncestor(base, of: new))
            #expect(try await mirror.isAncestor(new, of: new))
            #expect(try await mirror.isAncestor(String(repeating: "0", count: 40), of: new) == false)
            #expect(try await mirror.files(at: old, under: "").map(\.bytes) == [Array("2".utf8)])
        }
    }

    @Test func `before the first fetch there is nothing to read`() async throws {
        try await withFolder { folder in
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: "/x", branch: "main")
            )
            let error = await #expect(throws: GitError.self) { try await mirror.snapshot() }
            #expect(error?.id == "git-not-fetched")
        }
    }

    @Test func `an unknown branch names those that there are`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit()
            try await source.git("branch", "next")
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: source.path, branch: "prod")
            )
            await #expect(throws: GitError.branchNotFound(url: source.path, branch: "prod", found: ["main", "next"])) {
                try await mirror.fetch()
            }
        }
    }

    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let url: String
        var branch = "main"
        let id: String
    }

    @Test(arguments: [
        Wrong(testDescription: "no such path", url: "/nonexistent/repository", id: "git-repository-not-found"),
        Wrong(testDescription: "a folder that is none", url: "/usr", id: "git-repository-not-found"),
        Wrong(testDescription: "a refused connection", url: "https://localhost:1/x.git", id: "git-connect"),
        Wrong(testDescription: "an unknown host", url: "https://mitregate.invalid/x.git", id: "git-connect"),
        Wrong(testDescription: "an unknown host without a user", url: "mitregate.invalid:x.git", id: "git-connect"),
        Wrong(testDescription: "a branch with a space", url: "/usr", branch: "a b", id: "git-branch"),
        Wrong(testDescription: "a branch that leads away", url: "/usr", branch: "../../x", id: "git-branch"),
    ])
    func `what cannot be fetched is told apart`(_ example: Wrong) async throws {
        try await withFolder { folder in
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: example.url, branch: example.branch)
            )
            let error = await #expect(throws: GitError.self) { try await mirror.fetch() }
            #expect(error?.id == example.id, "\(String(describing: error))")
        }
    }

    @Test func `what a killed fetch left is removed, and only that`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit(["a.yaml": "1"])
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: source.path, branch: "main")
            )
            _ = try await mirror.fetch()
            let leftovers = [
                "objects/pack/pack_git2_0a1b2c", "objects/pack/tmp_pack_x", "refs/mitregate/main.lock", "HEAD.lock",
            ]
            for name in leftovers { try Data().write(to: URL(filePath: "\(mirror.folder)/\(name)")) }
            let tip = try await source.commit(["a.yaml": "2"])
            #expect(try await mirror.fetch().commit == tip)
            for name in leftovers { #expect(access("\(mirror.folder)/\(name)", F_OK) != 0, "\(name)") }
        }
    }

    @Test func `a mirror that was half made is made again`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let tip = try await source.commit(["a.yaml": "1"])
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: source.path, branch: "main")
            )
            try FileManager.default.createDirectory(
                atPath: "\(mirror.folder)/objects",
                withIntermediateDirectories: true
            )
            #expect(try await mirror.fetch().commit == tip)
            #expect(try await mirror.snapshot().id == tip)
        }
    }

    @Test func `only our user may look into a mirror`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit(["a.yaml": "1"])
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: source.path, branch: "main")
            )
            _ = try await mirror.fetch()
            var status = stat()
            stat(mirror.folder, &status)
            #expect(status.st_mode & 0o777 == 0o700)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a folder away"))
    func `another user's repository is refused with git's remedy`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit(["a.yaml": "1"])
            try await run(["chown", "-R", "nobody", source.path])
            let error = await #expect(throws: GitError.self) { try await LocalRepository(path: source.path).head() }
            #expect(error == .notOwned(path: source.path))
            #expect(error?.remedy.contains("safe.directory \(source.path)") == true)
            let mirror = GitMirror(
                folder: folder.appending(path: "m").path,
                remote: GitRemote(url: source.path, branch: "main")
            )
            await #expect(throws: GitError.notOwned(path: source.path)) { try await mirror.fetch() }
        }
    }

    struct Unsafe: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Shell commands, in a folder that has a folder `mirrors` of ours.
        let preparation: String
        /// The folder that is refused.
        let folder: String
        let reason: String
    }

    @Test(
        .enabled(if: getuid() == 0, "only root can give a folder away"),
        arguments: [
            Unsafe(
                testDescription: "a link at the mirror's place",
                preparation: "mkdir target; touch target/HEAD.lock; ln -s ../target mirrors/m",
                folder: "mirrors/m",
                reason: "it is a symbolic link"
            ),
            Unsafe(
                testDescription: "another user's mirror",
                preparation: "mkdir mirrors/m; chown nobody mirrors/m",
                folder: "mirrors/m",
                reason: "it belongs to another user"
            ),
            Unsafe(
                testDescription: "a link at the folder's place",
                preparation: "mv mirrors target; ln -s target mirrors",
                folder: "mirrors",
                reason: "it is a symbolic link"
            ),
            Unsafe(
                testDescription: "another user's folder",
                preparation: "chown nobody mirrors",
                folder: "mirrors",
                reason: "it belongs to another user"
            ),
            Unsafe(
                testDescription: "a folder that everyone may write to",
                preparation: "chmod 1777 mirrors",
                folder: "mirrors",
                reason: "every user of this machine may write to it"
            ),
        ]
    )
    func `a mirror is kept only where no other user has a hand in it`(_ example: Unsafe) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            try await source.commit(["a.yaml": "1"])
            let preparation = "mkdir mirrors; \(example.preparation)"
            try await run(["/bin/sh", "-c", preparation], folder: folder.path)
            let mirror = GitMirror(
                folder: folder.appending(path: "mirrors/m").path,
                remote: GitRemote(url: source.path, branch: "main")
            )
            let refused = folder.appending(path: example.folder).path
            await #expect(throws: GitError.unsafeFolder(path: refused, reason: example.reason)) {
                try await mirror.fetch()
            }
            let listing = try await run(["/bin/sh", "-c", "ls target 2>/dev/null; true"], folder: folder.path)
            #expect(["", "HEAD.lock\n"].contains(listing), "what a link leads to is untouched")
        }
    }
}
