import GitServers
import Foundation
import TestSupport

/// A repository that a test makes with git itself.
struct TestRepository: Sendable {
    let path: String

    /// Makes a new one on the branch `main`.
    init(at path: String, isBare: Bool = false) async throws {
        self.path = path
        try await run(
            ["git", "init", "-q", "-b", "main"] + (isBare ? ["--bare"] : []) + [path],
            environment: Self.environment
        )
    }

    private static let environment = [
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@contoso.example", "GIT_AUTHOR_DATE": "1790000000 +0200",
        "GIT_COMMITTER_NAME": "Bob", "GIT_COMMITTER_EMAIL": "bob@contoso.example",
        "GIT_COMMITTER_DATE": "1790000060 +0000",
        "HOME": "/nonexistent", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0",
    ]

    /// Runs git in the repository and gives back what it printed, without the last line's end.
    @discardableResult
    func git(_ arguments: String..., input: [UInt8] = []) async throws -> String {
        let text = try await run(["git"] + arguments, environment: Self.environment, folder: path, input: input)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    func write(_ files: [String: String]) throws {
        for (name, content) in files {
            let file = URL(filePath: path).appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(content.utf8).write(to: file)
        }
    }

    /// Writes the files and commits everything; gives back the commit's id.
    @discardableResult
    func commit(_ files: [String: String] = [:], _ subject: String = "Change") async throws -> String {
        try write(files)
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", subject)
        return try await git("rev-parse", "HEAD")
    }

    /// Commits a tree that git itself would not make: names of any bytes, entries of any mode.
    func commit(tree entries: [(mode: String, name: [UInt8], content: Content)]) async throws -> String {
        var tree: [UInt8] = []
        for entry in entries {
            let id =
                switch entry.content {
                case .file(let text): try await git("hash-object", "-w", "--stdin", input: Array(text.utf8))
                case .object(let id): id
                }
            tree += Array("\(entry.mode) ".utf8) + entry.name + [0]
            for start in stride(from: 0, to: 40, by: 2) {
                let digits = Array(id.utf8)[start..<start + 2]
                tree.append(UInt8(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0)
            }
        }
        let id = try await git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", input: tree)
        return try await git("commit-tree", id, "-m", "Odd")
    }

    enum Content: Sendable {
        case file(String)
        case object(String)
    }
}

/// Calls `body` with an empty folder, removed afterwards.
@discardableResult
func withFolder<T>(_ body: (URL) async throws -> T) async throws -> T {
    _ = brokenPipes
    let folder = FileManager.default.temporaryDirectory.appending(path: "mitregate-git-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
