import Foundation
import Planning
import Scheduling
import StateStore
import Synchronization

/// Another store, and how much evidence was read from it.
final class CountingStore: StateStore {
    private let base: any StateStore
    private let count = Mutex(0)

    /// Rows of evidence that were handed out.
    var rowsOfEvidence: Int { count.withLock { $0 } }

    init(_ base: any StateStore) { self.base = base }

    private func counted(_ evidence: [Evidence]) -> [Evidence] {
        count.withLock { $0 += evidence.count }
        return evidence
    }

    func evidence(run: String) async throws(StateStoreError) -> [Evidence] {
        counted(try await base.evidence(run: run))
    }
    func evidence(_ query: EvidenceQuery) async throws(StateStoreError) -> [Evidence] {
        counted(try await base.evidence(query))
    }

    var place: String { base.place }
    func state(of tenant: String) async throws(StateStoreError) -> TenantState { try await base.state(of: tenant) }
    func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding {
        try await base.standing(of: tenant)
    }
    func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord] { try await base.runs(query) }
    func run(matching prefix: String) async throws(StateStoreError) -> StoredRun {
        try await base.run(matching: prefix)
    }
    func journal(run: String) async throws(StateStoreError) -> Journal? { try await base.journal(run: run) }
    func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer { try await base.acquire(tenant, by: holder, for: duration) }
    func renew(_ lease: Lease) async throws(StateStoreError) -> Bool { try await base.renew(lease) }
    func release(_ lease: Lease) async throws(StateStoreError) { try await base.release(lease) }
    func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError) {
        try await base.commit(change, under: lease)
    }
    func commit(_ change: ControllerChange) async throws(StateStoreError) { try await base.commit(change) }
    func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        try await base.documents(query)
    }
    func events(_ query: EventQuery) async throws(StateStoreError) -> [Event] { try await base.events(query) }
    func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery] {
        try await base.deliveries(to: sink, limit: limit)
    }
    func settle(_ events: [String], of sink: String, _ outcome: DeliveryOutcome) async throws(StateStoreError) {
        try await base.settle(events, of: sink, outcome)
    }
    func prune(before date: Date) async throws(StateStoreError) -> Int { try await base.prune(before: date) }
    func health() async throws(StateStoreError) -> StoreHealth { try await base.health() }
    func close() async { await base.close() }
}
