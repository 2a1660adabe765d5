import Definitions
import Foundation
import GitRepositories
import Laboratory
import Reconciling
import Testing

@Suite struct ParsedFilesTests {
    @Test func `parsed files are kept within their room, and those used last stay`() async throws {
        let text = Definition.outbound("adatum")
        let files = Dictionary(uniqueKeysWithValues: (1...9).map { ("f\($0).yaml", text) })
        try await Bench.with(files: files) { bench in
            let storage = LocalRepository(path: bench.repository.folder.path(percentEncoded: false))
            let head = try await bench.repository.commit("Nothing new")
            let entries = try await storage.entries(at: head, under: "tenants/contoso")
            let size = text.utf8.count
            let kept = ParsedFiles(maximumBytes: size * 4)
            for entry in entries {
                #expect(try await kept.parse([entry], in: storage).map(\.path) == [entry.path])
                #expect(kept.bytes <= size * 4)
            }
            #expect(kept.bytes >= size * 3, "not all of it is dropped")
            #expect(try await kept.parse(entries, in: storage).map(\.path) == entries.map(\.path))
            #expect(kept.bytes <= size * 4, "a folder beyond the room is read all the same")
        }
    }

    @Test func `a file that was not read for the errors of another is read once those are mended`() async throws {
        // One more than are told.
        let wrong = String(repeating: "kind: Nothing\n---\n", count: 1_001)
        try await Bench.with(files: ["a.yaml": wrong, "b.yaml": Definition.outbound("adatum")]) { bench in
            let storage = LocalRepository(path: bench.repository.folder.path(percentEncoded: false))
            let kept = ParsedFiles()
            let first = try await bench.repository.commit("Nothing new")
            let entries = try await storage.entries(at: first, under: "tenants/contoso")
            #expect(try await kept.parse(entries, in: storage).map(\.isCut) == [true, true])

            try bench.repository.write(Definition.inbound("bellows"), to: "tenants/contoso/a.yaml")
            let second = try await bench.repository.commit("Mended")
            let later = try await storage.entries(at: second, under: "tenants/contoso")
            let mended = try await kept.parse(later, in: storage)
            #expect(mended.map(\.isCut) == [false, false])
            #expect(mended.map(\.documents) == [1, 1])
        }
    }
}
