import Foundation
import Planning
import Scheduling
import StateStore
import Synchronization

/// A store of which some readings fail while a test wants that, and next to which something happens once it has stored an offer.
final class FlakyStore: StateStore {
    private let store: any StateStore
    private let failing = Mutex<Set<Document.Kind>>([])

    private let happening = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ store: any StateStore) { self.store = store }

    /// Lets the reading of documents of these kinds fail, and of no others.
    func fail(_ kinds: Set<Document.Kind>) { failing.withLock { $0 = kinds } }

    /// Lets something happen elsewhere once, when an offer was stored.
    func afterOffer(_ happens: @escaping @Sendable () async -> Void) { happening.withLock { $0 = happens } }

    func commit(_ change: ControllerChange) async throws(StateStoreError) {
        try await store.commit(change)
        guard change.documents.contains(where: { $0.kind == .offer }) else { return }
        let happens = happening.withLock { happening in
            defer { happening = nil }
            return happening
        }
        await happens?()
    }

    func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        guard !failing.withLock({ $0.contains(query.kind) }) else { throw .busy(place: place) }
        return try await store.documents(query)
    }

    var place: String { store.place }
    func state(of tenant: String) async throws(StateStoreError) -> TenantState { try await store.state(of: tenant) }
    func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding {
        try await store.standing(of: tenant)
    }
    func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord] { try await store.runs(query) }
    func run(matching prefix: String) async throws(StateStoreError) -> StoredRun {
        try await store.run(matching: prefix)
    }
    func journal(run: String) async throws(StateStoreError) -> Journal? { try await store.journal(run: run) }
    func evidence(run: String) async throws(StateStoreError) -> [Evidence] { try await store.evidence(run: run) }
    func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer { try await store.acquire(tenant, by: holder, for: duration) }
    func renew(_ lease: Lease) async throws(StateStoreError) -> Bool { try await store.renew(lease) }
    func release(_ lease: Lease) async throws(StateStoreError) { try await store.release(lease) }
    func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError) {
        try await store.commit(change, under: lease)
    }
    func events(_ query: EventQuery) async throws(StateStoreError) -> [Event] { try await store.events(query) }
    func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery] {
        try await store.deliveries(to: sink, limit: limit)
    }
    func settle(_ events: [String], of sink: String, _ outcome: DeliveryOutcome) async throws(StateStoreError) {
        try await store.settle(events, of: sink, outcome)
    }
    func prune(before date: Date) async throws(StateStoreError) -> Int { try await store.prune(before: date) }
    func health() async throws(StateStoreError) -> StoreHealth { try await store.health() }
    func close() async { await store.close() }
}
