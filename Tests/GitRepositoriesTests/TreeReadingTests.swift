import Foundation
import GitRepositories
import Testing

@Suite struct TreeReadingTests {
    @Test func `only definition files are read, in any letter case, in the order of their paths' bytes`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let commit = try await source.commit([
                "t/b.yaml": "1", "t/a/z.yml": "2", "t/a.yaml": "3", "t/README.md": "4", "t/.yaml": "5",
                "t/.github/workflows/ci.yml": "5", "t/x.YAML": "6", "t/y.Yml": "7", "t/.YML": "8", "t/z.JSON": "9",
                "other/c.yaml": "7",
            ])
            let files = try await LocalRepository(path: source.path).files(at: commit, under: "t")
            #expect(files.map(\.path) == ["a.yaml", "a/z.yml", "b.yaml", "x.YAML", "y.Yml"])
            let entries = try await LocalRepository(path: source.path).entries(at: commit, under: "./t/")
            #expect(entries.map(\.blob) == files.map(\.blob))
            #expect(try await source.git("rev-parse", "\(commit):t/b.yaml") == files[2].blob)
            let some = try await LocalRepository(path: source.path).files([entries[1]])
            #expect(some == [files[1]])
        }
    }

    @Test func `a repository that was removed and made again is read as it is now`() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "source").path
            for content in ["1", "2"] {
                let source = try await TestRepository(at: path)
                let commit = try await source.commit(["t/b.yaml": content])
                let storage = LocalRepository(path: path)
                #expect(try await storage.files(at: commit, under: "t").map(\.bytes) == [Array(content.utf8)])
                #expect(try await storage.resolve("main").id == commit)
                try FileManager.default.removeItem(atPath: path)
                await #expect(throws: GitError.notARepository(path: path)) { try await storage.resolve("main") }
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a folder away"))
    func `a repository that was read and is given to another user is refused`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let commit = try await source.commit(["t/b.yaml": "1"])
            let storage = LocalRepository(path: source.path)
            _ = try await storage.files(at: commit, under: "t")
            try #require(chown(source.path, 4711, 4711) == 0)
            await #expect(throws: GitError.notOwned(path: source.path)) {
                try await storage.files(at: commit, under: "t")
            }
        }
    }

    @Test(arguments: [
        ("nowhere", GitError.missingFolder(path: "nowhere")),
        ("t/a/nowhere", .missingFolder(path: "t/a")),
        ("t/b.yaml", .notAFolder(path: "t/b.yaml")),
        ("../t", .invalidFolder(path: "../t", reason: "\"..\" leads out of the repository")),
        ("/t", .invalidFolder(path: "/t", reason: "it must be relative to the repository")),
        (".git", .invalidFolder(path: ".git", reason: "it is git's own")),
        ("t\u{202E}", .invalidFolder(path: "t\\u{202e}", reason: "it holds control characters")),
    ])
    func `a folder that is none is named`(path: String, error: GitError) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let commit = try await source.commit(["t/b.yaml": "1"])
            let repository = LocalRepository(path: source.path)
            await #expect(throws: error) { try await repository.files(at: commit, under: path) }
            await #expect(throws: error) { try await repository.workingFiles(under: path) }
        }
    }

    @Test func `a folder's id changes with what is in it, and only with that`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let repository = LocalRepository(path: source.path)
            let first = try await source.commit(["t/a.yaml": "1", "u/b.yaml": "1"])
            let second = try await source.commit(["u/b.yaml": "2"])
            #expect(try await repository.treeID(at: first, path: "t") == repository.treeID(at: second, path: "t"))
            #expect(try await repository.treeID(at: first, path: "u") != repository.treeID(at: second, path: "u"))
            #expect(try await repository.treeID(at: first, path: "v") == nil)
            #expect(try await repository.treeID(at: first, path: "t/a.yaml") == nil)
            #expect(try await repository.treeID(at: first, path: "") == source.git("rev-parse", "\(first)^{tree}"))
        }
    }

    @Test func `a folder that cannot be read is not told as one that is absent`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let elsewhere = String(repeating: "1", count: 40)
            let commit = try await source.commit(tree: [
                ("40000", Array("gone".utf8), .object(elsewhere)), ("120000", Array("link".utf8), .file("t")),
                ("160000", Array("module".utf8), .object(elsewhere)),
            ])
            let repository = LocalRepository(path: source.path)
            for (path, id) in [
                ("gone", "git-storage"), ("link", "source-symbolic-link"), ("module", "source-submodule"),
            ] {
                let error = await #expect(throws: GitError.self) {
                    try await repository.treeID(at: commit, path: path)
                }
                #expect(error?.id == id, "\(path): \(String(describing: error))")
                await #expect(throws: GitError.self) { try await repository.treeIDs(at: commit, paths: [path]) }
            }
        }
    }

    struct Odd: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let mode: String
        let name: [UInt8]
        let content: TestRepository.Content
        let error: GitError
    }

    private static let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  // the empty one

    @Test(arguments: [
        Odd(
            testDescription: "a link out of the folder",
            mode: "120000",
            name: Array("a.yaml".utf8),
            content: .file("../../etc/passwd"),
            error: .symbolicLink(path: "a.yaml", target: "../../etc/passwd", leavesFolder: true)
        ),
        Odd(
            testDescription: "a link to a target that is no path",
            mode: "120000",
            name: Array("a.yaml".utf8),
            content: .file(String(repeating: "x", count: 4097)),
            error: .limitPassed(.init(.fileBytes, at: "a.yaml", limit: 4096))
        ),
        Odd(
            testDescription: "a link to an absolute path",
            mode: "120000",
            name: Array("README".utf8),
            content: .file("/etc/\u{1B}[31m"),
            error: .symbolicLink(path: "README", target: "/etc/\\u{1b}[31m", leavesFolder: true)
        ),
        Odd(
            testDescription: "a link that stays inside",
            mode: "120000",
            name: Array("a.yaml".utf8),
            content: .file("x/../b.yaml"),
            error: .symbolicLink(path: "a.yaml", target: "x/../b.yaml", leavesFolder: false)
        ),
        Odd(
            testDescription: "a submodule",
            mode: "160000",
            name: Array("sub".utf8),
            content: .object("1111111111111111111111111111111111111111"),
            error: .submodule(path: "sub")
        ),
        Odd(
            testDescription: "the folder above",
            mode: "40000",
            name: Array("..".utf8),
            content: .object(tree),
            error: .oddName(path: "..", reason: "it would lead to another folder")
        ),
        Odd(
            testDescription: "git's own folder",
            mode: "40000",
            name: Array(".GIT".utf8),
            content: .object(tree),
            error: .oddName(path: ".GIT", reason: "it is git's own")
        ),
        Odd(
            testDescription: "a path as a name",
            mode: "100644",
            name: Array("../x.yaml".utf8),
            content: .file("1"),
            error: .oddName(path: "../x.yaml", reason: "it would lead to another folder")
        ),
        Odd(
            testDescription: "a name that is not UTF-8",
            mode: "100644",
            name: [0xFF] + Array(".yaml".utf8),
            content: .file("1"),
            error: .oddName(path: "\\xff.yaml", reason: "it is not UTF-8")
        ),
        Odd(
            testDescription: "a control character in a name",
            mode: "100755",
            name: Array("a\u{7}.yml".utf8),
            content: .file("1"),
            error: .oddName(path: "a\\u{7}.yml", reason: "it holds control characters, or marks that cannot be seen")
        ),
    ])
    func `what could lead astray is refused by name`(_ odd: Odd) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let commit = try await source.commit(tree: [(odd.mode, odd.name, odd.content)])
            await #expect(throws: odd.error) {
                try await LocalRepository(path: source.path).files(at: commit, under: "")
            }
        }
    }

    @Test func `a file that is no definition may have any name`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let commit = try await source.commit(tree: [("100644", [0xFF, 0x07], .file("1"))])
            #expect(try await LocalRepository(path: source.path).files(at: commit, under: "").isEmpty)
        }
    }

    @Test(arguments: [
        (ReadingLimits(files: 2), GitError.LimitPassed(.files, at: "d/e/c.yaml", limit: 2)),
        (ReadingLimits(entries: 3), GitError.LimitPassed(.entries, at: "d", limit: 3)),
        (ReadingLimits(fileBytes: 9), GitError.LimitPassed(.fileBytes, at: "b.yaml", limit: 9)),
        (ReadingLimits(totalBytes: 12), GitError.LimitPassed(.totalBytes, at: "d/e/c.yaml", limit: 12)),
        (ReadingLimits(depth: 1), GitError.LimitPassed(.depth, at: "d/e", limit: 1)),
    ])
    func `reading stops at its limits`(limits: ReadingLimits, passed: GitError.LimitPassed) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let commit = try await source.commit(["a.yaml": "1", "b.yaml": "0123456789", "d/e/c.yaml": "12"])
            await #expect(throws: GitError.limitPassed(passed)) {
                try await LocalRepository(path: source.path).files(at: commit, under: "", limits: limits)
            }
        }
    }

    @Test(arguments: ["", "main", "0000000000000000000000000000000000000000", "zz"])
    func `a commit is named by all of its id`(id: String) async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            try await source.commit()
            await #expect(throws: GitError.noSuchCommit(id: id)) {
                try await LocalRepository(path: source.path).commit(id)
            }
        }
    }
}
