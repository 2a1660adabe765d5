package import FoundationEssentials
package import Planning
package import Scheduling

/// Stands in for a store that could not be opened, so that `doctor` can say so and go on: each call throws the reason.
package struct UnavailableStore: StateStore {
    package let place: String
    private let reason: StateStoreError

    package init(place: String, because reason: StateStoreError) {
        self.place = place
        self.reason = reason
    }

    package func state(of tenant: String) async throws(StateStoreError) -> TenantState { throw reason }
    package func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding { throw reason }
    package func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord] { throw reason }
    package func run(matching prefix: String) async throws(StateStoreError) -> StoredRun { throw reason }
    package func journal(run: String) async throws(StateStoreError) -> Journal? { throw reason }
    package func evidence(run: String) async throws(StateStoreError) -> [Evidence] { throw reason }
    package func evidence(_ query: EvidenceQuery) async throws(StateStoreError) -> [Evidence] { throw reason }
    package func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer { throw reason }
    package func renew(_ lease: Lease) async throws(StateStoreError) -> Bool { throw reason }
    package func release(_ lease: Lease) async throws(StateStoreError) { throw reason }
    package func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError) { throw reason }
    package func commit(_ change: ControllerChange) async throws(StateStoreError) { throw reason }
    package func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] { throw reason }
    package func events(_ query: EventQuery) async throws(StateStoreError) -> [Event] { throw reason }
    package func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery] { throw reason }
    package func settle(
        _ events: [String],
        of sink: String,
        _ outcome: DeliveryOutcome
    ) async throws(StateStoreError) { throw reason }
    package func prune(before date: Date) async throws(StateStoreError) -> Int { throw reason }
    package func health() async throws(StateStoreError) -> StoreHealth { throw reason }
    package func close() async {}
}
