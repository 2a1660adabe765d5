import GitServers
import Foundation
import Glibc
import Testing

@testable import GitRepositories

/// Heads of requests as forges keep them, over the ways that forges offer.
@Suite(.timeLimit(.minutes(5))) struct RequestFetchTests {
    @Test func `a head is fetched over https into a folder that the mirror knows nothing of`() async throws {
        try await withSource { folder, source, tip in
            let head = try await source.request(7, ["tenants/contoso/a.yaml": "a: 2\n"])
            try await withHTTPSServer(serving: folder) { server in
                let remote = GitRemote(
                    url: server.url("source.git"),
                    branch: "main",
                    credentials: .userPassword(user: HTTPSServer.user, password: HTTPSServer.password),
                    caFile: server.caFile
                )
                let (mirror, requests) = mirrors(folder, remote)
                _ = try await mirror.fetch()
                #expect(try await requests.fetch(7, from: "refs/pull/7/head") == head)
                #expect(try await requests.merged(head, into: tip).mergeBase == tip)
                await #expect(throws: GitError.noSuchCommit(id: head)) { try await mirror.commit(head) }
                #expect(try await requests.isAncestor(tip, of: head), "the branch's objects are seen")

                var wrong = requests
                wrong.limits.bytes = 1
                let other = try await source.request(8, ["tenants/contoso/b.yaml": noise(100_000)])
                let error = await #expect(throws: GitError.self) {
                    try await wrong.fetch(8, from: "refs/pull/8/head")
                }
                #expect(error?.id == "git-remote-too-large")
                #expect(await requests.head(of: 8) == nil && other != head)
                #expect(await requests.head(of: 7) == head)
            }
        }
    }

    @Test func `a head is fetched over ssh`() async throws {
        try await withSource { folder, source, tip in
            let head = try await source.request(3, ["tenants/contoso/a.yaml": "a: 3\n"])
            try await withSSHServer(in: folder) { server in
                let remote = GitRemote(
                    url: server.url(source.path),
                    branch: "main",
                    credentials: .sshKey(privateKey: server.userKey()),
                    knownHosts: try server.trusted()
                )
                let (mirror, requests) = mirrors(folder, remote)
                _ = try await mirror.fetch()
                #expect(try await requests.fetch(3, from: "refs/pull/3/head") == head)
                #expect(try await requests.merged(head, into: tip).isBehind == false)
            }
        }
    }

    @Test func `of the references of trains only those that are wanted are fetched`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["a.yaml": "1"])
            let head = try await source.request(1, ["a.yaml": "2"])
            let other = try await source.request(2, ["a.yaml": "3"])
            try await source.git("update-ref", "refs/merge-requests/1/head", other)
            try await source.git("update-ref", "refs/merge-requests/1/train", head)
            try await source.git("update-ref", "refs/merge-requests/2/train", other)
            let wanted: Set = ["refs/merge-requests/1/train", "refs/merge-requests/3/train"]
            let queue = try await mirror.queue(below: "refs/merge-requests/", only: wanted, by: .test)
            #expect(queue.map(\.commit) == [head] && queue.map(\.reference) == ["refs/merge-requests/1/train"])
        }
    }

    @Test func `the commits of a merge queue are found by what their references begin with`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["a.yaml": "1"])
            let head = try await source.request(1, ["a.yaml": "2"])
            try await source.git("update-ref", "refs/heads/gh-readonly-queue/main/pr-1-0", head)
            try await source.git("update-ref", "refs/heads/gh-readonly-queue/other/pr-1-0", head)
            let prefix = "refs/heads/gh-readonly-queue/main/"
            let queue = try await mirror.queue(below: prefix, by: .test)
            #expect(queue.map(\.commit) == [head] && queue.map(\.reference) == [prefix + "pr-1-0"])
            #expect(try await mirror.commit(head).id == head)
            try await source.git("update-ref", "-d", prefix + "pr-1-0")
            #expect(try await mirror.queue(below: prefix, by: .test).isEmpty)
        }
    }

    @Test func `a reference that is gone is no error, and what was fetched stays`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["a.yaml": "1"])
            let head = try await source.request(1, ["a.yaml": "2"])
            #expect(try await mirror.fetch(1, from: "refs/pull/1/head") == head)
            try await source.git("update-ref", "-d", "refs/pull/1/head")
            #expect(try await mirror.fetch(1, from: "refs/pull/1/head") == nil)
            #expect(try await mirror.fetch(2, from: "refs/pull/2/head") == nil)
            #expect(await mirror.head(of: 1) == head)
            #expect(await mirror.head(of: 2) == nil)
        }
    }

    @Test(arguments: [
        "", "HEAD", "main", "refs/", "refs/heads/*", "refs/pull/7/head:refs/mitregate/main", "+refs/pull/7/head",
        "refs/heads/../../x", "refs/heads/a b", "refs/heads/a\u{7}", "refs/heads/a.lock", "refs//x", "refs/heads/@{1}",
        "--upload-pack=touch /tmp/x", "refs/heads/" + String(repeating: "a", count: 2_000),
    ])
    func `a reference that git would not take is refused before anybody is asked`(reference: String) async throws {
        try await withRequests { source, mirror in
            try await source.commit(["a.yaml": "1"])
            let error = await #expect(throws: GitError.self) { try await mirror.fetch(7, from: reference) }
            #expect(error?.id == "git-reference-name", "\(String(describing: error))")
            #expect((error?.message.count ?? 0) < 400)
        }
    }

    @Test func `requests that are closed are forgotten, and their objects with the last of them`() async throws {
        try await withRequestsApart { source, mirror in
            let tip = try await source.git("rev-parse", "main")
            let first = try await source.request(1, ["b.yaml": "1"])
            let second = try await source.request(2, ["c.yaml": "1"])
            _ = try await mirror.fetch(1, from: "refs/pull/1/head")
            _ = try await mirror.fetch(2, from: "refs/pull/2/head")
            _ = try await mirror.merged(second, into: tip)

            try await mirror.prune(keeping: [2, 9])
            #expect(await mirror.head(of: 1) == nil)
            #expect(await mirror.head(of: 2) == second)
            #expect(try await mirror.commit(first).id == first, "what is small may stay")

            try await mirror.prune(keeping: [])
            #expect(await mirror.head(of: 2) == nil)
            await #expect(throws: GitError.noSuchCommit(id: first)) { try await mirror.commit(first) }
            #expect(try await mirror.commit(tip).id == tip, "the branch's own objects are elsewhere")
            #expect(try await mirror.fetch(2, from: "refs/pull/2/head") == second)
            #expect(try await mirror.merged(second, into: tip).mergeBase == tip)
        }
    }

    @Test func `what has grown too large is fetched once more`() async throws {
        try await withRequestsApart { source, mirror in
            for number in 1...2 {
                let head = try await source.request(number, ["b.yaml": noise(50_000)])
                #expect(try await mirror.fetch(number, from: "refs/pull/\(number)/head") == head)
            }
            try await mirror.prune(keeping: [1, 2], beyond: 60_000)
            #expect(await mirror.head(of: 2) != nil, "all are open: fetching them again would bring the same")
            try await mirror.prune(keeping: [2], beyond: 60_000)
            #expect(await mirror.head(of: 2) == nil)
            #expect(try await mirror.fetch(2, from: "refs/pull/2/head") != nil)
        }
    }

    @Test func `merges that litter the folder go while their request is open, and its head is fetched once more`()
        async throws
    {
        try await withRequestsApart { source, mirror in
            let tip = try await source.git("rev-parse", "main")
            let head = try await source.request(1, ["b.yaml": "1"])
            _ = try await mirror.fetch(1, from: "refs/pull/1/head")
            let merged = try await mirror.merged(head, into: tip)
            try await mirror.prune(keeping: [1])
            #expect(await mirror.head(of: 1) == head)
            #expect(try await mirror.commit(merged.commit).id == merged.commit)

            try await mirror.prune(keeping: [1], beyond: 4_000)
            #expect(await mirror.head(of: 1) == nil)
            await #expect(throws: GitError.noSuchCommit(id: merged.commit)) { try await mirror.commit(merged.commit) }
            #expect(try await mirror.fetch(1, from: "refs/pull/1/head") == head)
            #expect(try await mirror.merged(head, into: tip) == merged)
        }
    }

    @Test func `a lock is let go though a child that is being started still has its descriptor`() async throws {
        try await withFolder { folder in
            let mirror = folder.appending(path: "mirror").path
            let lock = try MirrorLock(folder: mirror)
            let copy = dup(lock.descriptor)
            defer { close(copy) }
            #expect(try MirrorLock(folder: mirror, waits: false) == nil)
            lock.unlock()
            let next = try MirrorLock(folder: mirror, waits: false)
            #expect(next != nil)
            next?.unlock()
        }
    }

    @Test func `a folder that someone else holds is left as it is`() async throws {
        try await withRequestsApart { source, mirror in
            let head = try await source.request(1, ["b.yaml": "1"])
            _ = try await mirror.fetch(1, from: "refs/pull/1/head")
            let descriptor = open(mirror.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            defer { close(descriptor) }
            // The weakest lock that there is: ours must be shared with no one.
            let isHeld = flock(descriptor, LOCK_SH) == 0
            #expect(isHeld)
            try await mirror.prune(keeping: [])
            #expect(await mirror.head(of: 1) == head)

            let isFree = flock(descriptor, LOCK_UN) == 0
            #expect(isFree)
            try await mirror.prune(keeping: [])
            #expect(await mirror.head(of: 1) == nil)
        }
    }

    @Test func `heads together have a bound`() async throws {
        try await withRequestsApart { source, mirror in
            for number in 1...2 { try await source.request(number, ["b.yaml": noise(50_000)]) }
            var small = mirror
            small.room = 40_000
            _ = try await small.fetch(1, from: "refs/pull/1/head")
            let error = await #expect(throws: GitError.self) { try await small.fetch(2, from: "refs/pull/2/head") }
            #expect(error?.id == "git-requests-too-large")
        }
    }

    @Test func `only our user may look into the folder`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["a.yaml": "1"])
            try await source.request(1, ["b.yaml": "1"])
            _ = try await mirror.fetch(1, from: "refs/pull/1/head")
            var status = stat()
            stat(mirror.folder, &status)
            #expect(status.st_mode & 0o777 == 0o700)
        }
    }

    /// With a mirror in between, so that only what was fetched is here.
    private func withRequestsApart(_ body: (TestRepository, RequestMirror) async throws -> Void) async throws {
        try await withSource { folder, source, _ in
            let (mirror, requests) = mirrors(folder, GitRemote(url: source.path, branch: "main"))
            _ = try await mirror.fetch()
            try await body(source, requests)
        }
    }

    private func mirrors(_ folder: URL, _ remote: GitRemote) -> (GitMirror, RequestMirror) {
        let mirror = GitMirror(folder: folder.appending(path: "m").path, remote: remote)
        return (
            mirror,
            RequestMirror(folder: folder.appending(path: "m-requests").path, remote: remote, base: mirror.folder)
        )
    }
}

private func noise(_ count: Int) -> String {
    String(decoding: (0..<count).map { _ in UInt8.random(in: 32...126) }, as: UTF8.self)
}

extension TestRepository {
    /// Pushes a commit where a forge keeps the head of a request; gives back its id.
    @discardableResult
    func request(_ number: Int, _ files: [String: String]) async throws -> String {
        try await git("checkout", "-q", "-b", "request-\(number)", "main")
        let head = try await commit(files, "Request \(number)")
        try await git("update-ref", "refs/pull/\(number)/head", head)
        try await git("checkout", "-q", "main")
        try await git("branch", "-q", "-D", "request-\(number)")
        return head
    }
}
