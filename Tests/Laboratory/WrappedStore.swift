package import FoundationEssentials
package import Planning
package import Scheduling
package import StateStore

/// A store that answers as another does, but for what its type says itself.
package protocol WrappedStore: StateStore {
    var base: any StateStore { get }
}

extension WrappedStore {
    package var place: String { base.place }
    package func state(of tenant: String) async throws(StateStoreError) -> TenantState {
        try await base.state(of: tenant)
    }
    package func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding {
        try await base.standing(of: tenant)
    }
    package func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord] { try await base.runs(query) }
    package func run(matching prefix: String) async throws(StateStoreError) -> StoredRun {
        try await base.run(matching: prefix)
    }
    package func journal(run: String) async throws(StateStoreError) -> Journal? { try await base.journal(run: run) }
    package func evidence(run: String) async throws(StateStoreError) -> [Evidence] { try await base.evidence(run: run) }
    package func evidence(_ query: EvidenceQuery) async throws(StateStoreError) -> [Evidence] {
        try await base.evidence(query)
    }
    package func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer { try await base.acquire(tenant, by: holder, for: duration) }
    package func renew(_ lease: Lease) async throws(StateStoreError) -> Bool { try await base.renew(lease) }
    package func release(_ lease: Lease) async throws(StateStoreError) { try await base.release(lease) }
    package func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError) {
        try await base.commit(change, under: lease)
    }
    package func events(_ query: EventQuery) async throws(StateStoreError) -> [Event] { try await base.events(query) }
    package func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery] {
        try await base.deliveries(to: sink, limit: limit)
    }
    package func settle(_ events: [String], of sink: String, _ outcome: DeliveryOutcome) async throws(StateStoreError) {
        try await base.settle(events, of: sink, outcome)
    }
    package func prune(before date: Date) async throws(StateStoreError) -> Int { try await base.prune(before: date) }
    package func health() async throws(StateStoreError) -> StoreHealth { try await base.health() }
    package func close() async { await base.close() }
    package func commit(_ change: ControllerChange) async throws(StateStoreError) { try await base.commit(change) }
    package func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        try await base.documents(query)
    }
}
