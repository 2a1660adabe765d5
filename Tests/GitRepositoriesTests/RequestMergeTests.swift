import GitServers
import Foundation
import GitRepositories
import Testing

/// What requests make of a branch, with git itself on the other side.
@Suite struct RequestMergeTests {
    @Test func `the merge result has what both sides changed, and is the same commit each time`() async throws {
        try await withRequests { source, mirror in
            let start = try await source.commit(["tenants/a/x.yaml": "1", "tenants/b/y.yaml": "1"])
            try await source.git("checkout", "-q", "-b", "feature")
            let head = try await source.commit(["tenants/a/x.yaml": "2"])
            try await source.git("checkout", "-q", "main")
            let tip = try await source.commit(["tenants/b/y.yaml": "2", "tenants/b/new.yaml": "1"])
            #expect(try await mirror.fetch(7, from: "refs/heads/feature") == head)
            #expect(await mirror.head(of: 7) == head)

            let merged = try await mirror.merged(head, into: tip)
            #expect(merged.mergeBase == start && merged.isBehind)
            let commit = try await mirror.commit(merged.commit)
            #expect(commit.parents == [tip, head])
            let files = try await mirror.files(at: merged.commit, under: "tenants")
            #expect(files.map(\.path) == ["a/x.yaml", "b/new.yaml", "b/y.yaml"])
            #expect(files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["2", "1", "2"])
            #expect(try await mirror.merged(head, into: tip).commit == merged.commit)

            let paths = ["tenants/a", "tenants/b", "tenants/none"]
            let before = try await mirror.treeIDs(at: tip, paths: paths)
            let after = try await mirror.treeIDs(at: merged.commit, paths: paths)
            #expect(before["tenants/a"] != after["tenants/a"])
            #expect(before["tenants/b"] == after["tenants/b"], "a branch behind takes nothing back")
            #expect(before["tenants/none"] == nil && after.count == 2)
        }
    }

    @Test func `a head on the tip is taken as it is`() async throws {
        try await withRequests { source, mirror in
            let tip = try await source.commit(["tenants/a/x.yaml": "1"])
            try await source.git("checkout", "-q", "-b", "feature")
            let head = try await source.commit(["tenants/a/x.yaml": "2"])
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            let merged = try await mirror.merged(head, into: tip)
            #expect(merged.mergeBase == tip && !merged.isBehind)
            #expect(try await mirror.files(at: merged.commit, under: "").map(\.bytes) == [Array("2".utf8)])
        }
    }

    @Test func `a conflict is told with its paths, at most twenty of them`() async throws {
        try await withRequests { source, mirror in
            let names = (10..<40).map { "tenants/a/\($0).yaml" }
            func files(_ text: String) -> [String: String] {
                Dictionary(uniqueKeysWithValues: names.map { ($0, text) })
            }
            try await source.commit(files("1"))
            try await source.git("checkout", "-q", "-b", "feature")
            let head = try await source.commit(files("2"))
            try await source.git("checkout", "-q", "main")
            let tip = try await source.commit(files("3"))
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            let outcome = try await mirror.merge(head, into: tip)
            #expect(outcome == .conflict(paths: Array(names.prefix(20)), count: 30))
        }
    }

    @Test func `a file changed here and deleted there is a conflict`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["a.yaml": "1", "b.yaml": "1"])
            try await source.git("checkout", "-q", "-b", "feature")
            try await source.git("rm", "-q", "a.yaml")
            let head = try await source.commit()
            try await source.git("checkout", "-q", "main")
            let tip = try await source.commit(["a.yaml": "2"])
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            #expect(try await mirror.merge(head, into: tip) == .conflict(paths: ["a.yaml"], count: 1))
        }
    }

    @Test func `a file that was renamed there keeps what was changed here`() async throws {
        try await withRequests { source, mirror in
            let text = (0..<50).map { "line \($0)\n" }.joined()
            try await source.commit(["a.yaml": text])
            try await source.git("checkout", "-q", "-b", "feature")
            try await source.git("mv", "a.yaml", "b.yaml")
            let head = try await source.commit()
            try await source.git("checkout", "-q", "main")
            let tip = try await source.commit(["a.yaml": text + "more\n"])
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            let merged = try await mirror.merged(head, into: tip)
            let files = try await mirror.files(at: merged.commit, under: "")
            #expect(files.map(\.path) == ["b.yaml"])
            #expect(files.first?.bytes == Array((text + "more\n").utf8))
        }
    }

    @Test func `a folder that the request deletes is not in the result`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["tenants/a/x.yaml": "1", "tenants/b/y.yaml": "1"])
            try await source.git("checkout", "-q", "-b", "feature")
            try await source.git("rm", "-q", "-r", "tenants/a")
            let head = try await source.commit()
            try await source.git("checkout", "-q", "main")
            let tip = try await source.commit(["tenants/b/y.yaml": "2"])
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            let merged = try await mirror.merged(head, into: tip)
            let trees = try await mirror.treeIDs(at: merged.commit, paths: ["tenants/a", "tenants/b"])
            #expect(Array(trees.keys) == ["tenants/b"])
        }
    }

    @Test func `histories that have nothing in common are told`() async throws {
        try await withRequests { source, mirror in
            let tip = try await source.commit(["a.yaml": "1"])
            try await source.git("checkout", "-q", "--orphan", "feature")
            let head = try await source.commit(["a.yaml": "2"])
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            #expect(try await mirror.merge(head, into: tip) == .unrelated)
        }
    }

    @Test func `a rebase of the same patch has another head and the same trees`() async throws {
        try await withRequests { source, mirror in
            try await source.commit(["tenants/a/x.yaml": "1", "tenants/b/y.yaml": "1"])
            try await source.git("checkout", "-q", "-b", "feature")
            let first = try await source.commit(["tenants/a/x.yaml": "2"])
            try await source.git("checkout", "-q", "main")
            let tip = try await source.commit(["tenants/b/y.yaml": "2"])
            #expect(try await mirror.fetch(1, from: "refs/heads/feature") == first)
            let before = try await mirror.merged(first, into: tip)

            try await source.git("checkout", "-q", "feature")
            try await source.git("rebase", "-q", "main")
            let second = try #require(try await mirror.fetch(1, from: "refs/heads/feature"))
            #expect(second != first)
            #expect(await mirror.head(of: 1) == second, "a force-push moves the head")
            let after = try await mirror.merged(second, into: tip)
            #expect(!after.isBehind && before.isBehind)
            let path = ["tenants/a", "tenants/b"]
            let trees = try await mirror.treeIDs(at: after.commit, paths: path)
            #expect(try await mirror.treeIDs(at: before.commit, paths: path) == trees)

            // Squashed onto the branch, the head is another commit and makes no difference any more.
            try await source.git("checkout", "-q", "main")
            try await source.git("merge", "-q", "--squash", "feature")
            let squashed = try await source.commit([:], "Squashed")
            let rest = try await mirror.merged(second, into: squashed)
            #expect(try await mirror.treeIDs(at: rest.commit, paths: path) == trees)
        }
    }

    @Test func `a commit that is not here is told as such`() async throws {
        try await withRequests { source, mirror in
            let tip = try await source.commit(["a.yaml": "1"])
            let gone = String(repeating: "a", count: 40)
            await #expect(throws: GitError.noSuchCommit(id: gone)) { try await mirror.merge(gone, into: tip) }
            for name in ["", "main", "abc", "--upload-pack=x"] {
                let error = await #expect(throws: GitError.self) { try await mirror.merge(name, into: tip) }
                #expect(error?.id == "git-no-such-commit")
            }
        }
    }

    @Test(.enabled(if: !FetchChild.isSanitized, "the sanitizer's own memory would count"))
    func `files larger than memory end the merge and nothing else`() async throws {
        try await withRequests { source, mirror in
            let large = URL(filePath: source.path).appending(path: "a.yaml")
            func write(_ line: String) throws {
                let lines = String(repeating: "\(line)\n", count: 4_000_000)
                try Data(("\(line) first\n" + lines + "\(line) last\n").utf8).write(to: large)
            }
            try write("0123456789")
            try await source.commit()
            try await source.git("checkout", "-q", "-b", "feature")
            try write("0123456789 more")
            let head = try await source.commit()
            try await source.git("checkout", "-q", "main")
            try write("0123456789 other")
            let tip = try await source.commit()
            _ = try await mirror.fetch(1, from: "refs/heads/feature")
            let error = await #expect(throws: GitError.self) { try await mirror.merge(head, into: tip) }
            #expect(error?.id == "git-merge", "\(String(describing: error))")
            #expect(await mirror.head(of: 1) == head)
        }
    }
}

extension RequestMirror {
    func fetch(_ number: Int, from reference: String) async throws(GitError) -> String? {
        try await fetch(number, from: reference, by: .test)
    }

    func merge(_ head: String, into tip: String) async throws(GitError) -> MergeOutcome {
        try await merge(head, into: tip, by: .test)
    }

    func merged(_ head: String, into tip: String) async throws -> MergedRequest {
        guard case .merged(let merged) = try await merge(head, into: tip) else {
            throw Spawned.Failure(description: "\(head) was not merged")
        }
        return merged
    }
}

extension GitChild {
    /// With a deadline that no test reaches.
    static var test: GitChild {
        GitChild(executable: FetchChild.executable, arguments: FetchChild.arguments(), deadline: .seconds(120))
    }
}

/// Calls `body` with a repository, and a mirror of its requests that sees its objects.
func withRequests(_ body: (TestRepository, RequestMirror) async throws -> Void) async throws {
    try await withFolder { folder in
        let source = try await TestRepository(at: folder.appending(path: "source").path)
        let mirror = RequestMirror(
            folder: folder.appending(path: "state/requests").path,
            remote: GitRemote(url: source.path, branch: "main"),
            base: source.path
        )
        try await body(source, mirror)
    }
}
