import Foundation
import Laboratory
import TestSupport
import Testing

/// What a build learns of the commit that it is of; with a real git.
@Suite struct RevisionTests {
    private func written(of project: URL, in folder: URL) async throws -> String {
        let script = ExampleTests.project.appending(path: "deploy/write-revision").path(percentEncoded: false)
        let out = folder.appending(path: "out", directoryHint: .isDirectory)
        let ending = try await Program(script, in: folder).run([
            project.path(percentEncoded: false), out.path(percentEncoded: false),
        ])
        #expect(ending.code == 0 && ending.output.isEmpty && ending.errors.isEmpty, "\(ending)")
        return try String(contentsOf: out.appending(path: "Revision.swift"), encoding: .utf8)
    }

    @Test func `a clone, changed, tagged, and a tarball inside it`() async throws {
        try await withTemporaryFolder { folder in
            let project = folder.appending(path: "project", directoryHint: .isDirectory)
            let inner = project.appending(path: "unpacked", directoryHint: .isDirectory)
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            let git = Program(
                "/usr/bin/git",
                in: project,
                environment: [
                    "GIT_COMMITTER_DATE": "2026-11-29T14:45:01+01:00", "GIT_CONFIG_GLOBAL": "/dev/null",
                    "HOME": folder.path(percentEncoded: false),
                ]
            )
            func run(_ arguments: String...) async throws -> String {
                let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
                let ending = try await git.run(identity + arguments)
                #expect(ending.code == 0, "\(ending)")
                return ending.output.trimmingCharacters(in: .newlines)
            }
            let file = project.appending(path: "file")
            try Data("one".utf8).write(to: file)
            _ = try await run("init", "-q")
            _ = try await run("add", "file")
            _ = try await run("commit", "-q", "-m", "One")
            let hash = try await run("rev-parse", "HEAD")

            var text = try await written(of: project, in: folder)
            #expect(text.contains("commit: String? = \"\(hash)\"\n"))
            #expect(text.contains("date: String? = \"2026-11-29T13:45:01Z\"\n"))
            #expect(text.contains("tag: String? = nil\n") && text.contains("isChanged = false\n"))

            let revision = folder.appending(path: "out/Revision.swift")
            let old = Date(timeIntervalSince1970: 1)
            let path = revision.path(percentEncoded: false)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            #expect(try await written(of: project, in: folder) == text)
            let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            #expect(date == old, "nothing is compiled again for a commit that stayed the same")

            _ = try await run("tag", "v0.2.0")
            try Data("two".utf8).write(to: file)
            text = try await written(of: project, in: folder)
            #expect(text.contains("tag: String? = \"v0.2.0\"\n") && text.contains("isChanged = true\n"))

            text = try await written(of: inner, in: folder)
            #expect(text.contains("commit: String? = nil\n") && text.contains("isChanged = false\n"))
        }
    }
}
