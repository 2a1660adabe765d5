import Foundation
import Scheduling
import StateStore
import Testing

/// What every store keeps for the controller.
@Suite struct ControllerTests {
    @Test(arguments: StoreKind.all)
    func `a document is replaced by its key, found by tenant, and forgotten`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let lane = Document(.lane, "contoso", tenant: "contoso", json: #"{"round":1}"#)
            let later = Document(.lane, "contoso", tenant: "contoso", json: #"{"round":2}"#)
            let other = Document(.lane, "fabrikam", tenant: "fabrikam", json: "{}")
            try await store.commit(
                ControllerChange(documents: [lane, other, Document(.rollout, "contoso", json: "[]")])
            )
            try await store.commit(ControllerChange(documents: [later]))
            #expect(try await store.documents(DocumentQuery(.lane)) == [later, other])
            #expect(try await store.documents(DocumentQuery(.lane, tenant: "fabrikam")) == [other])
            #expect(try await store.documents(DocumentQuery(.lane, key: "contoso")) == [later])
            var change = ControllerChange()
            change.forgotten = [(.lane, "contoso")]
            try await store.commit(change)
            #expect(try await store.documents(DocumentQuery(.lane)) == [other])
            #expect(try await store.documents(DocumentQuery(.rollout)).count == 1)

            let requests = ["a/1", "a/12", "a-b/3", "a0/4"].map { Document(.pullRequest, $0, json: "{}") }
            try await store.commit(ControllerChange(documents: requests))
            let keys = try await store.documents(DocumentQuery(.pullRequest, prefix: "a/")).map(\.key)
            #expect(keys == ["a/1", "a/12"])
        }
    }

    @Test(arguments: StoreKind.all)
    func `of two changes that rest on the same document only one is stored, and the loser stores nothing`(
        kind: StoreKind
    ) async throws {
        try await kind.withEmptyStore { bed in
            let (one, other) = (try await bed.open(), try await bed.open())
            func change(_ json: String?, over former: String?) -> ControllerChange {
                var change = ControllerChange(documents: [Document(.lane, "next", json: "{}")])
                change.expected = [ControllerChange.Expectation(.offer, "a/b/drift", json: former)]
                if let json {
                    change.documents.append(Document(.offer, "a/b/drift", json: json))
                } else {
                    change.forgotten = [(.offer, "a/b/drift")]
                }
                return change
            }
            let moved = StateStoreError.documentMoved(what: "the offer a/b/drift")
            try await one.commit(change("1", over: nil))
            await #expect(throws: moved) { try await other.commit(change("2", over: nil)) }
            try await other.commit(change("2", over: "1"))
            try await one.commit(change(nil, over: "2"))
            try await one.commit(ControllerChange(documents: [Document(.offer, "a/b/drift", json: "3")]))
            var forgetting = ControllerChange()
            forgetting.forgotten = [(.lane, "next")]
            try await one.commit(forgetting)
            await #expect(throws: moved) { try await other.commit(change(nil, over: nil)) }
            await #expect(throws: moved) { try await other.commit(change(nil, over: "2")) }
            #expect(try await one.documents(DocumentQuery(.offer)).map(\.json) == ["3"])
            #expect(try await one.documents(DocumentQuery(.lane)).isEmpty)
            await one.close()
            await other.close()
        }
    }

    @Test(arguments: StoreKind.all)
    func `while many write over what they read, each write is over the one before`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let query = DocumentQuery(.offer, key: "a/b/drift")
            try await store.commit(ControllerChange(documents: [Document(.offer, "a/b/drift", json: "0")]))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        while true {
                            let former = try await store.documents(query).first?.json ?? ""
                            let next = "\((Int(former) ?? 0) + 1)"
                            var change = ControllerChange(documents: [Document(.offer, "a/b/drift", json: next)])
                            change.expected = [ControllerChange.Expectation(.offer, "a/b/drift", json: former)]
                            do throws(StateStoreError) {
                                return try await store.commit(change)
                            } catch {
                                guard case .documentMoved = error else { throw error }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.documents(query).map(\.json) == ["8"])
        }
    }

    @Test(arguments: StoreKind.all)
    func `events come newest last, by tenant and after one that was seen`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            var change = ControllerChange()
            change.events = [.fixture("03", tenant: "fabrikam"), .fixture("01"), .fixture("02")]
            try await store.commit(change)
            func ids(_ query: EventQuery) async throws -> [String] { try await store.events(query).map(\.id) }
            #expect(try await ids(EventQuery(limit: 2)) == ["02", "03"])
            #expect(try await ids(EventQuery(tenant: "contoso", limit: 9)) == ["01", "02"])
            #expect(try await ids(EventQuery(after: "01", limit: 1)) == ["02"])
            #expect(try await ids(EventQuery(since: .start + 1, limit: 9)).isEmpty)
            #expect(try await store.events(EventQuery(limit: 1)) == [.fixture("03", tenant: "fabrikam")])
        }
    }

    @Test(arguments: StoreKind.all)
    func `a delivery stays until it is done, and counts its tries`(kind: StoreKind) async throws {
        try await kind.withEmptyStore { bed in
            let store = try await bed.open()
            var change = ControllerChange()
            change.events = [.fixture("01"), .fixture("02")]
            change.sinks = ["01": ["siem", "chat"], "02": ["siem"]]
            try await store.commit(change)
            try await store.commit(change)
            try await store.settle(["01"], of: "siem", .tryAgain(at: .start + 10))
            await store.close()
            let reopened = try await bed.open()
            let pending = try await reopened.deliveries(to: "siem", limit: 9)
            #expect(pending.map(\.event.id) == ["01", "02"])
            #expect(pending.map(\.tries) == [1, 0])
            #expect(pending.map(\.due) == [.start + 10, .start])
            try await reopened.settle(["01", "02"], of: "siem", .done)
            #expect(try await reopened.deliveries(to: "siem", limit: 9).isEmpty)
            #expect(try await reopened.deliveries(to: "chat", limit: 9).map(\.event.id) == ["01"])
            await reopened.close()
        }
    }

    @Test(arguments: StoreKind.all)
    func `old events are forgotten with what is still to be sent of them`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            var change = ControllerChange()
            change.events = [.fixture("01"), .fixture("02", time: .start + 100)]
            change.sinks = ["01": ["siem"], "02": ["siem"]]
            try await store.commit(change)
            try await store.prune(before: .start + 50)
            #expect(try await store.events(EventQuery(limit: 9)).map(\.id) == ["02"])
            #expect(try await store.deliveries(to: "siem", limit: 9).map(\.event.id) == ["02"])
        }
    }

    @Test(arguments: StoreKind.all)
    func `a change with a document beyond its limit stores nothing`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            var change = ControllerChange(documents: [Document(.lane, "contoso", json: "{}")])
            change.documents.append(
                Document(.lane, "fabrikam", json: String(repeating: "x", count: StateStoreLimits.record + 1))
            )
            let tooLarge = change
            await #expect(throws: StateStoreError.self) { try await store.commit(tooLarge) }
            let documents = try await store.documents(DocumentQuery(.lane))
            #expect(documents.isEmpty)
        }
    }
}

extension Event {
    fileprivate static func fixture(_ id: String, tenant: String = "contoso", time: Date = .start) -> Event {
        Event(
            id: id,
            time: time,
            tenant: tenant,
            object: "Tenant/\(tenant)",
            condition: .drifted,
            reason: "FieldsChanged",
            severity: .warning,
            message: "One field changed."
        )
    }
}
