import Connectors
import Foundation
import Planning
import StateStore
import Testing

/// What a shell is offered from a store's file.
@Suite struct StoreSuggestionsTests {
    @Test func `runs are offered newest first, by their beginning, as a person types it`() async throws {
        try await withStorePath { path in
            let store = try await SQLiteStore(path: path)
            for id in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BRZ3NDEKTSV4RRFFQ69G5FAV"] {
                try await store.commit(StateChange(run: .fixture(id)))
            }
            #expect(StoreSuggestions.runs(at: path, beginning: "").map { $0.prefix(3) } == ["01B", "01A"])
            #expect(StoreSuggestions.runs(at: path, beginning: "o1a").count == 1)
            #expect(StoreSuggestions.runs(at: path, beginning: "", limit: 1).count == 1)
            #expect(StoreSuggestions.runs(at: path, beginning: "'%_").isEmpty)
            await store.close()
            #expect(StoreSuggestions.runs(at: path, beginning: "").count == 2, "also when no process has it open")
        }
    }

    @Test func `connectors are offered once, and of the named tenants where some are named`() async throws {
        try await withStore { store in
            try await store.commit(
                StateChange(applied: [.remember(.fixture("fabrikam")), .remember(.fixture("adatum"))])
            )
            try await store.commit(StateChange(applied: [.remember(.fixture("fabrikam"))]), tenant: "northwind")
            let path = store.place
            #expect(StoreSuggestions.connectors(at: path, tenants: []) == ["adatum", "fabrikam"])
            #expect(StoreSuggestions.connectors(at: path, tenants: ["northwind"]) == ["fabrikam"])
            #expect(StoreSuggestions.connectors(at: path, tenants: ["missing"]).isEmpty)
        }
    }

    @Test func `where there is no store none is made, and nothing is said`() async throws {
        try await withStorePath { path in
            #expect(StoreSuggestions.runs(at: path, beginning: "").isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path))
            try Data("not a store".utf8).write(to: URL(filePath: path))
            #expect(StoreSuggestions.connectors(at: path, tenants: []).isEmpty)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("not a store".utf8))
        }
    }
}
