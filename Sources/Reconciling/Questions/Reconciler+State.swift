package import Configuration
package import Reports

extension Reconciler {
    /// What a plan needs of the store, so that it can be made where the store is out of reach.
    package func state(of tenants: [ManagedTenant]) async throws(RunStop) -> StateDocument {
        var states: [RememberedTenant] = []
        for tenant in tenants { states.append(try await run(of: tenant).remembered()) }
        return StateDocument(tenants: states)
    }
}
