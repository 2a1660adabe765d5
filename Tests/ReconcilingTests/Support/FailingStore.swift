import Foundation
import Planning
import Scheduling
import StateStore

/// A store whose documents can no longer be read once `fails` is set.
struct FailingStore: StateStore {
    let base: any StateStore
    let fails = LockedValue(false)

    var place: String { base.place }

    func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        guard !fails.value else { throw StateStoreError.unreadable(what: "a document", detail: "the disk is gone") }
        return try await base.documents(query)
    }

    func state(of tenant: String) async throws(StateStoreError) -> TenantState { try await base.state(of: tenant) }

    func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding {
        try await base.standing(of: tenant)
    }

    func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord] { try await base.runs(query) }

    func run(matching prefix: String) async throws(StateStoreError) -> StoredRun {
        try await base.run(matching: prefix)
    }

    func journal(run: String) async throws(StateStoreError) -> Journal? { try await base.journal(run: run) }

    func evidence(run: String) async throws(StateStoreError) -> [Evidence] { try await base.evidence(run: run) }

    func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer {
        try await base.acquire(tenant, by: holder, for: duration)
    }

    func renew(_ lease: Lease) async throws(StateStoreError) -> Bool { try await base.renew(lease) }

    func release(_ lease: Lease) async throws(StateStoreError) { try await base.release(lease) }

    func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError) {
        try await base.commit(change, under: lease)
    }

    func commit(_ change: ControllerChange) async throws(StateStoreError) { try await base.commit(change) }

    func events(_ query: EventQuery) async throws(StateStoreError) -> [Event] { try await base.events(query) }

    func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery] {
        try await base.deliveries(to: sink, limit: limit)
    }

    func settle(
        _ events: [String],
        of sink: String,
        _ outcome: DeliveryOutcome
    ) async throws(StateStoreError) {
        try await base.settle(events, of: sink, outcome)
    }

    func prune(before date: Date) async throws(StateStoreError) -> Int { try await base.prune(before: date) }

    func health() async throws(StateStoreError) -> StoreHealth { try await base.health() }

    func close() async { await base.close() }
}
