import Configuration
import FoundationEssentials
import Laboratory
import Logging
import Scheduling
import StateStore
import TestSupport
import Testing

@testable import Controller

/// What is told while the store takes nothing.
struct EventLogTests {
    private struct Bed {
        let store: FlakyStore
        let events: EventLog

        static func with(_ body: (Bed) async throws -> Void) async throws {
            try await withTemporaryFolder { folder in
                let path = folder.appending(path: "mitregate.db").path(percentEncoded: false)
                let store = FlakyStore(try await SQLiteStore(path: path))
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let events = EventLog(store: store, logger: logger, now: { EventLogTests.now })
                let address = NoticeSettings.Address.plain("http://127.0.0.1")
                events.adopt([.init(NoticeSettings(name: "ops", form: .slack, address: address, tenants: ["contoso"]))])
                try await body(Bed(store: store, events: events))
                await store.close()
            }
        }

        /// The objects of what is stored, in the order of the ids.
        func stored() async throws -> [String] { try await store.events(EventQuery(limit: 20_000)).map(\.object) }
    }

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func draft(_ object: String, tenant: String? = "contoso") -> EventDraft {
        EventDraft(
            time: Self.now,
            tenant: tenant,
            object: object,
            condition: .drifted,
            reason: "FieldsChanged",
            severity: .warning,
            message: "One field changed."
        )
    }

    @Test func `what the store did not take is stored before what comes next, and sent`() async throws {
        try await Bed.with { (bed: Bed) async throws in
            bed.store.refuse(true)
            let alive = [Document(.condition, "alive", json: "{}")]
            #expect(await !bed.events.commit([draft("1"), draft("2")], documents: alive))
            #expect(await !bed.events.commit([draft("3", tenant: nil)]))
            #expect(await !bed.events.commit([draft("4")]))
            bed.store.refuse(false)
            #expect(await bed.events.commit([draft("5")]))
            let stored = try await bed.stored()
            #expect(stored == ["1", "2", "3", "4", "5"])
            #expect(
                try await bed.store.deliveries(to: "ops", limit: 10).map(\.event.object) == ["1", "2", "4", "5"]
            )
            #expect(try await bed.store.documents(DocumentQuery(.condition)).isEmpty, "documents are their owner's")
            #expect(await bed.events.commit([draft("6")]))
            #expect(try await bed.stored().count == 6, "and only once")
        }
    }

    @Test func `also a commit of nothing stores it, and who tells anew is not told twice`() async throws {
        try await Bed.with { (bed: Bed) async throws in
            bed.store.refuse(true)
            #expect(await !bed.events.commit([draft("1")], keeps: false))
            #expect(await !bed.events.commit([draft("2")]))
            #expect(await bed.events.commit())
            #expect(try await bed.stored().isEmpty)
            bed.store.refuse(false)
            #expect(await bed.events.commit())
            #expect(try await bed.stored() == ["2"])
        }
    }

    @Test func `rule 13: of what waits for the store the oldest makes room`() async throws {
        try await Bed.with { (bed: Bed) async throws in
            bed.store.refuse(true)
            await bed.events.commit((0..<EventLog.keptLimit).map { draft("\($0)", tenant: nil) })
            await bed.events.commit([draft("last")])
            bed.store.refuse(false)
            await bed.events.commit()
            let stored = try await bed.stored()
            #expect(stored.count == EventLog.keptLimit)
            #expect(stored.first == "1" && stored.last == "last")
        }
    }

    @Test func `an alarm of the controller's own that the store did not take is told later, once`() async throws {
        try await Bed.with { (bed: Bed) async throws in
            let conditions = ObjectConditions(store: bed.store, events: bed.events, now: { Self.now })
            let finding = Finding(
                "Sink/chat",
                .noticesFailing,
                reason: "DeliveryFailed",
                severity: .warning,
                message: "Events do not reach this sink."
            )
            bed.store.refuse(true)
            await conditions.replace([.noticesFailing], of: "Sink/chat", with: [finding])
            await conditions.tell(draft("Sources", tenant: nil))
            bed.store.refuse(false)
            await conditions.remind()
            #expect(try await bed.stored() == ["Sink/chat", "Sources"])
            // The next process knows of it.
            let later = ObjectConditions(store: bed.store, events: bed.events, now: { Self.now })
            await later.replace([.noticesFailing], of: "Sink/chat", with: [finding])
            #expect(try await bed.stored().count == 2)
        }
    }

    @Test func `what is found while the ledger cannot be read is told by what it says, once it can`() async throws {
        try await Bed.with { (bed: Bed) async throws in
            let finding = Finding(
                "Sink/chat",
                .noticesFailing,
                reason: "DeliveryFailed",
                severity: .warning,
                message: "Events do not reach this sink."
            )
            let former = ObjectConditions(store: bed.store, events: bed.events, now: { Self.now })
            await former.replace([.noticesFailing], of: "Sink/chat", with: [finding])
            // The next process finds that it is over, and cannot read that it was so.
            bed.store.fail([.condition])
            let later = ObjectConditions(store: bed.store, events: bed.events, now: { Self.now })
            await later.replace([.noticesFailing], of: "Sink/chat", with: [])
            bed.store.fail([])
            await later.remind()
            let told = try await bed.store.events(EventQuery(limit: 10))
            #expect(told.map(\.transition) == [.raised, .cleared])
        }
    }
}
