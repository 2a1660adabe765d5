import Connectors
import Foundation
import Planning
import StateStore
import Testing

@Suite struct StateStoreTests {
    @Test func `what was applied comes back as it was, in the order of the keys`() async throws {
        try await withStore { store in
            #expect(try await store.applied(tenant: "contoso") == AppliedTenant())
            try await store.saveApplied(.fixture("fabrikam"), tenant: "contoso")
            try await store.saveApplied(.fixture("adatum"), tenant: "contoso")
            try await store.saveApplied(.fixture("other"), tenant: "northwind")
            try await store.setAppliedRevision(tenant: "contoso", revision: "f00")
            let expected = AppliedTenant(connectors: [.fixture("adatum"), .fixture("fabrikam")], revision: "f00")
            #expect(try await store.applied(tenant: "contoso") == expected)
        }
    }

    @Test func `an applied connector is replaced by its key, and removed by it`() async throws {
        try await withStore { store in
            try await store.saveApplied(.fixture("fabrikam", guid: "1"), tenant: "contoso")
            try await store.saveApplied(.fixture("fabrikam", guid: "2"), tenant: "contoso")
            #expect(try await store.applied(tenant: "contoso").connectors == [.fixture("fabrikam", guid: "2")])
            try await store.removeApplied(AppliedConnector.fixture("fabrikam").key, tenant: "northwind")
            #expect(try await store.applied(tenant: "contoso").connectors.count == 1)
            try await store.removeApplied(AppliedConnector.fixture("fabrikam").key, tenant: "contoso")
            #expect(try await store.applied(tenant: "contoso").connectors.isEmpty)
        }
    }

    @Test func `history is newest first, by tenant if asked, and bounded`() async throws {
        try await withStore { store in
            for (id, tenant) in [("02", "contoso"), ("01", "contoso"), ("03", "northwind"), ("04", "contoso")] {
                try await store.saveRun(.fixture(id, tenant: tenant))
            }
            #expect(try await store.runs(tenant: nil, limit: 10).map(\.id) == ["04", "03", "02", "01"])
            #expect(try await store.runs(tenant: "contoso", limit: 2).map(\.id) == ["04", "02"])
            #expect(try await store.runs(tenant: "contoso", limit: 1) == [.fixture("04")])
            #expect(try await store.runs(tenant: "nobody", limit: 1).isEmpty)
        }
    }

    @Test func `a run that is saved again is one run`() async throws {
        try await withStore { store in
            try await store.saveRun(.fixture("01", result: nil))
            try await store.saveRun(.fixture("01", result: .rolledBack))
            #expect(try await store.runs(tenant: nil, limit: 10) == [.fixture("01", result: .rolledBack)])
        }
    }

    @Test(arguments: [
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("01ARZ3", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("o1arz3", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("01B", "01BRZ3NDEKTSV4RRFFQ69G5FAV"),
        ("0iB", "01BRZ3NDEKTSV4RRFFQ69G5FAV"),
    ])
    func `a run is found by a beginning of its id, as it was typed`(typed: String, id: String) async throws {
        try await withStore { store in
            try await store.saveRun(.fixture("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
            try await store.saveRun(.fixture("01BRZ3NDEKTSV4RRFFQ69G5FAV"))
            #expect(try await store.run(matching: typed).id == id)
        }
    }

    @Test(arguments: [
        ("01", StateStoreError.ambiguousRun("01", candidates: ["01BRZ3", "01ARZ3"])),
        ("02", .noSuchRun("02")),
        ("", .noSuchRun("")),
        ("01%", .noSuchRun("01%")),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV1", .noSuchRun("01ARZ3NDEKTSV4RRFFQ69G5FAV1")),
    ])
    func `a beginning that is not one run's names its candidates`(typed: String, error: StateStoreError) async throws {
        try await withStore { store in
            try await store.saveRun(.fixture("01ARZ3"))
            try await store.saveRun(.fixture("01BRZ3"))
            await #expect(throws: error) { try await store.run(matching: typed) }
        }
    }

    @Test func `a journal comes back until it is finished`() async throws {
        try await withStore { store in
            try await store.saveJournal(.fixture("01"))
            try await store.saveJournal(.fixture("02", tenant: "northwind"))
            #expect(try await store.unfinishedJournal(tenant: "contoso") == .fixture("01"))
            try await store.saveJournal(.fixture("01", phase: .rollingBack))
            #expect(try await store.unfinishedJournal(tenant: "contoso") == .fixture("01", phase: .rollingBack))
            try await store.saveJournal(.fixture("01", phase: .finished))
            #expect(try await store.unfinishedJournal(tenant: "contoso") == nil)
            #expect(try await store.journal(run: "01") == .fixture("01", phase: .finished))
            #expect(try await store.journal(run: "03") == nil)
        }
    }

    @Test func `a journal is saved even when its task was cancelled`() async throws {
        try await withStore { store in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.saveJournal(.fixture("01"))
            }
            try await task.value
            #expect(try await store.journal(run: "01") == .fixture("01"))
        }
    }

    @Test func `a quarantine holds until it is cleared`() async throws {
        try await withStore { store in
            var quarantine = Quarantine(tenant: "contoso", revision: "f00", run: "01", reason: "refused", since: .start)
            try await store.saveQuarantine(quarantine)
            quarantine.revision = "f01"
            try await store.saveQuarantine(quarantine)
            #expect(try await store.quarantine(tenant: "contoso") == quarantine)
            #expect(try await store.quarantine(tenant: "northwind") == nil)
            try await store.clearQuarantine(tenant: "contoso")
            #expect(try await store.quarantine(tenant: "contoso") == nil)
        }
    }

    @Test func `evidence of a run adds up in the order of saving`() async throws {
        try await withStore { store in
            try await store.saveEvidence(run: "01", tenant: "contoso", json: #"{"a": 1}"#, at: .start)
            try await store.saveEvidence(run: "02", tenant: "contoso", json: "{}", at: .start)
            try await store.saveEvidence(run: "01", tenant: "contoso", json: #"{"b": 2}"#, at: .start)
            let found = try await store.evidence(run: "01")
            #expect(found.map(\.json) == [#"{"a": 1}"#, #"{"b": 2}"#])
            #expect(found.first == Evidence(run: "01", tenant: "contoso", json: #"{"a": 1}"#, at: .start))
        }
    }

    @Test func `two open stores see each other's writes and none is lost`() async throws {
        try await withStorePath { path in
            let stores = [try await StateStore(path: path), try await StateStore(path: path)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 10..<60 {
                    group.addTask { try await stores[number % 2].saveRun(.fixture("\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(try await stores[0].runs(tenant: nil, limit: 100).map(\.id) == (10..<60).reversed().map { "\($0)" })
        }
    }

    @Test func `many that make the same store at once all get it`() async throws {
        try await withStorePath { path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 10..<18 {
                    group.addTask { try await StateStore(path: path).saveRun(.fixture("\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(try await StateStore(path: path).runs(tenant: nil, limit: 100).count == 8)
        }
    }
}
