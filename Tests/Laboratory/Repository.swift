package import Foundation

/// A git repository with a work tree, made by git itself.
package struct Repository: Sendable {
    package let folder: URL

    package init(at folder: URL) async throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await git("init", "-q", "-b", "main")
        try await git("config", "user.name", "Author")
        try await git("config", "user.email", "author@contoso.example")
        try await git("config", "commit.gpgsign", "false")
    }

    /// One that exists.
    package init(opening folder: URL) { self.folder = folder }

    /// Writes a file; `nil` removes it.
    package func write(_ text: String?, to path: String) throws {
        let file = folder.appending(path: path)
        guard let text else { return try FileManager.default.removeItem(at: file) }
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Commits everything and gives the commit's id.
    @discardableResult
    package func commit(_ subject: String = "Change") async throws -> String {
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", subject)
        return try await git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    package func git(_ arguments: String...) async throws -> String {
        let ending = try await Program("/usr/bin/git", in: folder).run(arguments)
        guard ending.code == 0 else { throw LaboratoryError(text: "git \(arguments): \(ending.errors)") }
        return ending.output
    }
}

package struct LaboratoryError: Error {
    package let text: String

    package init(text: String) { self.text = text }
}
