import GitServers
import Foundation
import GitRepositories
import Testing

/// What else is read of commits than their trees, and what is too large to be read.
@Suite struct HistoryTests {
    @Test func `a branch that is not there is told with those that are`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            try await source.commit(["a.yaml": "1"])
            try await source.git("branch", "release/2026")
            let repository = LocalRepository(path: source.path)
            await #expect(
                throws: GitError.branchNotFound(url: source.path, branch: "trunk", found: ["main", "release/2026"])
            ) { try await repository.tip(of: "trunk") }
        }
    }

    @Test func `a commit is found by a branch, a tag and the beginning of its id`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let first = try await source.commit(["a.yaml": "1"])
            try await source.git("tag", "-a", "v1", "-m", "One")
            let second = try await source.commit(["a.yaml": "2"])
            let repository = LocalRepository(path: source.path)
            #expect(try await repository.resolve("v1").id == first)
            #expect(try await repository.resolve("main").id == second)
            #expect(try await repository.resolve(String(first.prefix(10))).id == first)
            await #expect(
                throws: GitError.referenceNotFound(path: source.path, reference: "nowhere", found: ["main"])
            ) { try await repository.resolve("nowhere") }
        }
    }

    @Test func `the commit that took a folder away is found, with the one before it`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            try await source.commit(["t/a.yaml": "1", "b.yaml": "1"])
            let last = try await source.commit(["b.yaml": "2"])
            try await source.git("rm", "-rq", "t")
            let removal = try await source.commit([:], "oops")
            let tip = try await source.commit(["b.yaml": "3"])
            let repository = LocalRepository(path: source.path)
            let found = try #require(try await repository.removal(of: "t", at: tip))
            #expect(found.removedBy.id == removal)
            #expect(found.removedBy.subject == "oops")
            #expect(found.lastSeenIn == last)
            #expect(try await repository.removal(of: "never", at: tip) == nil)
        }
    }

    @Test func `a shallow clone is named as such, where its history is asked for`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.appending(path: "source").path)
            let first = try await source.commit(["a.yaml": "1"])
            let tip = try await source.commit(["a.yaml": "2"])
            let clone = folder.appending(path: "clone").path
            try await source.git("clone", "-q", "--depth", "1", "file://\(source.path)", clone)
            await #expect(throws: GitError.shallowClone(path: clone)) {
                try await LocalRepository(path: clone).isAncestor(first, of: tip)
            }
            #expect(try await LocalRepository(path: source.path).isAncestor(first, of: tip))
            #expect(try await LocalRepository(path: source.path).isAncestor(tip, of: first) == false)
        }
    }

    @Test func `a repository that keeps its objects by SHA-256 is named as such`() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "new").path
            try await run(["git", "init", "-q", "--object-format=sha256", path])
            let error = await #expect(throws: GitError.self) { try await LocalRepository(path: path).head() }
            #expect(error == .objectFormat(path: path))
        }
    }

    /// A commit whose message makes it a byte larger than is read.
    private static func largeCommit(_ source: TestRepository, parent: String? = nil) async throws -> String {
        let tree = try await source.git("rev-parse", "HEAD^{tree}")
        var text = "tree \(tree)\n"
        if let parent { text += "parent \(parent)\n" }
        text += "author A <a@b> 1790000000 +0000\ncommitter A <a@b> 1790000000 +0000\n\n"
        let bytes = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: (1 << 20) + 1 - text.utf8.count)
        return try await source.git("hash-object", "-t", "commit", "-w", "--stdin", input: bytes)
    }

    @Test func `rule 13: a commit of more than a mebibyte is refused by its header, also as an ancestor`() async throws
    {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let first = try await source.commit(["a.yaml": "1"])
            let large = try await Self.largeCommit(source, parent: first)
            let repository = LocalRepository(path: source.path)
            let error = try #require(await #expect(throws: GitError.self) { try await repository.commit(large) })
            #expect(error.message.contains("commit \(large) is larger than 1048576 bytes"))
            let tip = try await source.git("commit-tree", "\(first)^{tree}", "-p", large, "-m", "On top")
            await #expect(throws: error) { try await repository.isAncestor(first, of: tip) }
        }
    }

    @Test func `a folder of more than 16 MiB is refused by its header, at the top and below`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            try await source.commit(["a.yaml": "1"])
            let blob = try await source.git("rev-parse", "HEAD:a.yaml")
            let id = stride(from: 0, to: 40, by: 2).map { start in
                UInt8(String(decoding: Array(blob.utf8)[start..<start + 2], as: UTF8.self), radix: 16) ?? 0
            }
            var tree: [UInt8] = []
            for number in 0..<((16 << 20) / 40 + 1) {
                tree += Array("100644 \(String(10_000_000 + number)).txt".utf8) + [0] + id
            }
            #expect(tree.count > 16 << 20)
            let large = try await source.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", input: tree)
            let repository = LocalRepository(path: source.path)
            let atTop = try await source.git("commit-tree", large, "-m", "Large")
            let below = try await source.commit(tree: [("40000", Array("t".utf8), .object(large))])
            for (commit, path) in [(atTop, ""), (below, "t"), (below, "")] {
                let error = await #expect(throws: GitError.self) {
                    try await repository.entries(at: commit, under: path)
                }
                #expect(error?.message.contains("\(large) is larger than 16777216 bytes") == true)
            }
            for (commit, path) in [(atTop, ""), (below, "t")] {
                let error = await #expect(throws: GitError.self) {
                    try await repository.treeID(at: commit, path: path)
                }
                #expect(error?.id == "source-limit", "it is not absent: \(String(describing: error))")
            }
        }
    }
}
