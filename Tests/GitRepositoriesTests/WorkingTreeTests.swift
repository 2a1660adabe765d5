import Foundation
import GitRepositories
import Glibc
import Testing

@Suite struct WorkingTreeTests {
    @Test func `HEAD is told, and what differs from it below the folder`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let repository = LocalRepository(path: source.path)
            await #expect(throws: GitError.noCommits(path: source.path)) { try await repository.head() }
            try source.write([".gitignore": "*.tmp\n"])
            let commit = try await source.commit(["t/a.yaml": "1", "t/b.yaml": "1", "t/c.yaml": "1", "u/d.yaml": "1"])
            #expect(try await repository.head().id == commit)
            #expect(try await repository.tip(of: "main").id == commit)
            #expect(try await repository.changes(under: "").isEmpty)
            try source.write(["t/a.yaml": "2", "t/new/e.yaml": "1", "t/x.tmp": "", "u/d.yaml": "2"])
            try await source.git("rm", "-q", "t/b.yaml")
            try FileManager.default.removeItem(atPath: "\(source.path)/t/c.yaml")
            #expect(try await repository.changes(under: "t") == ["t/a.yaml", "t/b.yaml", "t/c.yaml", "t/new/e.yaml"])
            #expect(try await repository.changes(under: "", limit: 2).count == 2)
        }
    }

    @Test func `files are read as they lie there, with the ids that git would give`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            let repository = LocalRepository(path: source.path)
            let commit = try await source.commit([
                "t/a.yaml": "1", "t/d/b.yml": "2", "t/d/c.YAML": "5", "README.md": "3", ".gitlab-ci.yml": "4",
            ])
            #expect(try await repository.workingFiles(under: "t") == repository.files(at: commit, under: "t"))
            #expect(try await repository.workingFiles(under: "") == repository.files(at: commit, under: ""))
            try source.write(["t/a.yaml": "changed", "t/new.yaml": "4"])
            let files = try await repository.workingFiles(under: "t")
            #expect(files.map(\.path) == ["a.yaml", "d/b.yml", "d/c.YAML", "new.yaml"])
            #expect(files[0].bytes == Array("changed".utf8))
            #expect(try await source.git("hash-object", "t/a.yaml") == files[0].blob)
        }
    }

    @Test func `a folder need not lie in a repository`() async throws {
        try await withFolder { folder in
            try Data("1".utf8).write(to: folder.appending(path: "a.yaml"))
            #expect(try await WorkingFolder.files(at: folder.path).map(\.path) == ["a.yaml"])
            await #expect(throws: GitError.missingFolder(path: folder.path + "/x")) {
                try await WorkingFolder.files(at: folder.path + "/x")
            }
        }
    }

    struct Trap: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: GitError
        let lay: @Sendable (String) throws -> Void
    }

    @Test(arguments: [
        Trap(
            testDescription: "a link to a file",
            error: .symbolicLink(path: "t/a.yaml", target: "/etc/hostname", leavesFolder: true)
        ) { symlink("/etc/hostname", "\($0)/t/a.yaml") },
        Trap(
            testDescription: "a link to a folder",
            error: .symbolicLink(path: "t/d", target: "../u", leavesFolder: false)
        ) { symlink("../u", "\($0)/t/d") },
        Trap(testDescription: "another repository", error: .submodule(path: "t/sub")) {
            try FileManager.default.createDirectory(atPath: "\($0)/t/sub/.git", withIntermediateDirectories: true)
        },
        Trap(
            testDescription: "a pipe, which would block the reader",
            error: .oddName(path: "t/p.yaml", reason: "it is a pipe, a socket or a device")
        ) { mkfifo("\($0)/t/p.yaml", 0o600) },
        Trap(
            testDescription: "a name that is not UTF-8",
            error: .oddName(path: "t/\\xff.yaml", reason: "it is not UTF-8")
        ) {
            close(
                open(
                    Array("\($0)/t/".utf8).map { CChar(bitPattern: $0) } + [-1]
                        + ".yaml\0".utf8.map { CChar(bitPattern: $0) },
                    O_CREAT | O_WRONLY,
                    0o600
                )
            )
        },
        Trap(
            testDescription: "a large file",
            error: .limitPassed(.init(.fileBytes, at: "t/big.yaml", limit: 1_000))
        ) { try Data(count: 1_001).write(to: URL(filePath: "\($0)/t/big.yaml")) },
    ])
    func `the rules for a commit hold in a working tree`(_ trap: Trap) async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(at: folder.appending(path: "t"), withIntermediateDirectories: true)
            try trap.lay(folder.path)
            await #expect(throws: trap.error) {
                try await WorkingFolder.files(at: folder.path, limits: ReadingLimits(fileBytes: 1_000))
            }
        }
    }

    @Test func `definitions that would fill memory once they are parsed are refused by their size`() async throws {
        try await withFolder { folder in
            for number in 10..<27 {
                try Data(count: 1 << 20).write(to: folder.appending(path: "\(number).yaml"))
            }
            let error = await #expect(throws: GitError.self) { try await WorkingFolder.files(at: folder.path) }
            #expect(error?.id == "source-limit")
            #expect(error?.message.contains("larger than 16777216 bytes together") == true)
            try FileManager.default.removeItem(at: folder.appending(path: "26.yaml"))
            #expect(try await WorkingFolder.files(at: folder.path).count == 16)
        }
    }

    @Test func `a tenant's folder that is a link is refused, not followed`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            try await source.commit(["t/a.yaml": "1"])
            symlink("/etc", "\(source.path)/link")
            await #expect(throws: GitError.symbolicLink(path: "link", target: "/etc", leavesFolder: true)) {
                try await LocalRepository(path: source.path).workingFiles(under: "link")
            }
        }
    }

    @Test func `a bare repository has no working tree, and nothing in it differs`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path, isBare: true)
            let repository = LocalRepository(path: source.path)
            await #expect(throws: GitError.noWorkTree(path: source.path)) {
                try await repository.workingFiles(under: "")
            }
            #expect(try await repository.changes(under: "").isEmpty)
        }
    }

    @Test func `a folder within a repository is none, and the one above it is not read`() async throws {
        try await withFolder { folder in
            let source = try await TestRepository(at: folder.path)
            try await source.commit(["t/a.yaml": "1"])
            let below = "\(source.path)/t"
            await #expect(throws: GitError.notARepository(path: below)) {
                try await LocalRepository(path: below).head()
            }
        }
    }

    @Test func `a path without a repository is told`() async throws {
        try await withFolder { folder in
            await #expect(throws: GitError.notARepository(path: folder.path)) {
                try await LocalRepository(path: folder.path).head()
            }
        }
    }
}
