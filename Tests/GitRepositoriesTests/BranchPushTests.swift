import Foundation
import GitRepositories
import GitServers
import Glibc
import Testing

/// Branches of ours on real servers.
@Suite(.timeLimit(.minutes(5))) struct BranchPushTests {
    @Test func `a commit of ours is pushed over https, and again, and is replaced by the next`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                try await expectPushes(branches(folder, source, server), source, tip)
            }
        }
    }

    @Test func `a commit of ours is pushed over ssh, and again, and is replaced by the next`() async throws {
        try await withSource { folder, source, tip in
            try await withSSHServer(in: folder) { server in
                let remote = GitRemote(
                    url: server.url(source.path),
                    branch: "main",
                    credentials: .sshKey(privateKey: server.userKey()),
                    knownHosts: try server.trusted()
                )
                try await expectPushes(mirror(folder, remote, base: source.path), source, tip)
            }
        }
    }

    @Test func `a commit of ours is pushed to a bare repository on this machine`() async throws {
        try await withSource { folder, source, tip in
            let bare = folder.appending(path: "bare.git").path
            try await source.git("clone", "-q", "--bare", source.path, bare)
            let mirror = mirror(folder, GitRemote(url: bare, branch: "main"), base: bare)
            try await expectPushes(mirror, TestRepository(existing: bare), tip)
        }
    }

    private func expectPushes(_ mirror: BranchMirror, _ server: TestRepository, _ tip: String) async throws {
        let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
        #expect(try await mirror.push(commit) == .done)
        #expect(try await server.tip(Self.branch) == commit.id)
        #expect(try await server.git("rev-parse", "\(commit.id)^") == tip)
        #expect(try await server.git("show", "\(commit.id):tenants/contoso/a.yaml") == "a: 2")
        #expect(try await server.git("rev-parse", "main") == tip)
        #expect(try await mirror.push(commit) == .unchanged)

        let next = try #require(try await mirror.compose(.fixture(on: tip, "a: 3\n")))
        #expect(try await mirror.push(next, over: [commit.id]) == .done)
        #expect(try await server.tip(Self.branch) == next.id)
        #expect(try await mirror.remove(Self.branch, at: [next.id], by: .test) == .done)
        #expect(try await server.tip(Self.branch) == "")
        #expect(try await mirror.remove(Self.branch, at: [], by: .test) == .unchanged)
    }

    @Test func `a branch that is at someone else's commit is neither replaced nor removed`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server)
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                try await mirror.push(commit)
                try await source.git("checkout", "-q", Self.branch)
                let theirs = try await source.commit(["tenants/contoso/a.yaml": "a: 2 # why\n"])
                try await source.git("checkout", "-q", "main")

                let next = try #require(try await mirror.compose(.fixture(on: tip, "a: 3\n")))
                let expected = GitError.branchMoved(
                    url: server.url("source.git"),
                    branch: Self.branch,
                    commit: theirs
                )
                await #expect(throws: expected) { try await mirror.push(next, over: [commit.id]) }
                await #expect(throws: expected) { try await mirror.remove(Self.branch, at: [commit.id], by: .test) }
                #expect(try await source.tip(Self.branch) == theirs)
            }
        }
    }

    /// The hook runs when the server has taken our commit and is about to move the branch.
    @Test func `a branch that moves between our look and the push is not overwritten`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server)
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                try await mirror.push(commit)
                let theirs = try await source.git("commit-tree", "\(tip)^{tree}", "-p", tip, "-m", "Theirs")
                try await source.hook("update", "git update-ref refs/heads/\(Self.branch) \(theirs)")
                let next = try #require(try await mirror.compose(.fixture(on: tip, "a: 3\n")))
                let error = await #expect(throws: GitError.self) { try await mirror.push(next, over: [commit.id]) }
                #expect(error?.id == "git-push", "\(String(describing: error))")
                #expect(try await source.tip(Self.branch) == theirs)
            }
        }
    }

    @Test func `what a server's hook says is told, in one line and without control characters`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server)
                try await source.hook("pre-receive", "printf 'no bots\\033[31m here\\nask ops\\n' >&2; exit 1")
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                let error = await #expect(throws: GitError.self) { try await mirror.push(commit) }
                #expect(
                    error
                        == .pushRefused(
                            url: server.url("source.git"),
                            branch: Self.branch,
                            detail: "pre-receive hook declined. It said: no bots\\u{1b}[31m here / ask ops"
                        )
                )
                #expect(try await source.tip(Self.branch) == "")
            }
        }
    }

    @Test func `a token that a server's hook repeats is not told`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server)
                try await source.hook("pre-receive", "echo 'not with \(HTTPSServer.password), ask ops' >&2; exit 1")
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                let error = await #expect(throws: GitError.self) { try await mirror.push(commit) }
                #expect(
                    error
                        == .pushRefused(
                            url: server.url("source.git"),
                            branch: Self.branch,
                            detail: "pre-receive hook declined. It said: not with …, ask ops"
                        )
                )
            }
        }
    }

    @Test func `where branches are is asked of whoever takes pushes, and only those that are there are told`()
        async throws
    {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server)
                let names = [Self.branch, "mitregate/revert/contoso"]
                #expect(try await mirror.tips(of: names, by: .test) == [:])
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                try await mirror.push(commit)
                #expect(try await mirror.tips(of: names, by: .test) == [Self.branch: commit.id])

                try await source.git("config", "http.receivepack", "false")
                let error = await #expect(throws: GitError.self) { try await mirror.tips(of: [], by: .test) }
                #expect(error?.id == "git-authentication", "\(String(describing: error))")
            }
        }
    }

    @Test func `wrong credentials are told without them`() async throws {
        try await withSource { folder, source, tip in
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server, password: "s3cret-value")
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                let error = await #expect(throws: GitError.self) { try await mirror.push(commit) }
                #expect(error?.id == "git-authentication", "\(String(describing: error))")
                #expect(error?.description.contains("s3cret-value") == false)
            }
        }
    }

    @Test func `a server that takes no pushes is told as that`() async throws {
        try await withSource { folder, source, tip in
            try await source.git("config", "http.receivepack", "false")
            try await withHTTPSServer(serving: folder) { server in
                let mirror = branches(folder, source, server)
                let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
                let error = await #expect(throws: GitError.self) { try await mirror.push(commit) }
                #expect(error?.id == "git-authentication", "\(String(describing: error))")
                #expect(error?.remedy.contains("push") == true)
            }
        }
    }

    @Test func `a server that accepts and stays silent is given up at the deadline`() async throws {
        try await withSource { folder, source, tip in
            let listener = try Listener()
            let clock = HeldClock()
            defer { listener.end() }
            listener.serve { _ in clock.release() }
            let url = "https://localhost:\(listener.port)/x.git"
            let mirror = mirror(folder, GitRemote(url: url, branch: "main"), base: source.path)
            let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
            let child = GitChild(
                executable: FetchChild.executable,
                arguments: FetchChild.arguments(),
                deadline: .seconds(30),
                clock: clock
            )
            await #expect(throws: GitError.timedOut(url: url, seconds: 30)) {
                try await mirror.push(commit, to: Self.branch, replacing: [], by: child)
            }
        }
    }

    @Test(arguments: ["", "main", "a b", "../x", "a..b", "x.lock", "a:b", "a*", String(repeating: "a", count: 2_000)])
    func `a name that git would not take, and the tracked branch itself, are refused before anybody is asked`(
        name: String
    ) async throws {
        try await withSource { folder, source, tip in
            let remote = GitRemote(url: "https://localhost:1/x.git", branch: "main")
            let mirror = mirror(folder, remote, base: source.path)
            let commit = try #require(try await mirror.compose(.fixture(on: tip, "a: 2\n")))
            let error = await #expect(throws: GitError.self) {
                try await mirror.push(commit, to: name, replacing: [], by: .test)
            }
            #expect(error?.id == "git-branch", "\(String(describing: error))")
        }
    }

    static let branch = "mitregate/drift/contoso"

    private func branches(
        _ folder: URL,
        _ source: TestRepository,
        _ server: HTTPSServer,
        password: String = HTTPSServer.password
    ) -> BranchMirror {
        let remote = GitRemote(
            url: server.url("source.git"),
            branch: "main",
            credentials: .userPassword(user: HTTPSServer.user, password: password),
            caFile: server.caFile
        )
        return mirror(folder, remote, base: source.path)
    }

    private func mirror(_ folder: URL, _ remote: GitRemote, base: String) -> BranchMirror {
        BranchMirror(folder: folder.appending(path: "m-branches").path, remote: remote, base: base)
    }
}

extension BranchMirror {
    func compose(_ change: BranchChange, signedWith key: SigningKey? = nil) async throws(GitError) -> BranchCommit? {
        try await compose(change, signedWith: key, by: .test)
    }

    @discardableResult
    fileprivate func push(_ commit: BranchCommit, over ours: [String] = []) async throws(GitError) -> PushOutcome {
        try await push(commit, to: BranchPushTests.branch, replacing: ours, by: .test)
    }
}

extension BranchChange {
    static func fixture(on base: String, _ text: String, path: String = "tenants/contoso/a.yaml") -> BranchChange {
        BranchChange(
            base: base,
            files: [File(path: path, content: Array(text.utf8))],
            message: "Take over what changed in contoso",
            author: Commit.Person(
                name: "Mitregate",
                email: "mitregate@contoso.example",
                date: Date(timeIntervalSince1970: 1_790_000_100)
            )
        )
    }
}

extension TestRepository {
    init(existing path: String) { self.path = path }

    /// The commit that a branch is at; empty where there is none.
    fileprivate func tip(_ branch: String) async throws -> String {
        try await git("for-each-ref", "--format=%(objectname)", "refs/heads/\(branch)")
    }

    /// Another process makes the file that is run: a process that is started by another test just then would hold it open for
    /// writing, and it could not be run (ETXTBSY).
    fileprivate func hook(_ name: String, _ script: String) async throws {
        let text = "\(path)/.git/hooks/\(name).text"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: text))
        try await git("-c", "alias.put-hook=!install -m 755 '\(text)' '\(path)/.git/hooks/\(name)'", "put-hook")
    }
}
