import Configuration
package import Connectors
import ExchangeOnline

extension Reconciler {
    /// Everything that a tenant has, read in full.
    package func observed(_ entry: Tenant) async throws(RunStop) -> ObservedTenant {
        surroundings.tell(entry.tenant.name, "reading the tenant")
        defer { surroundings.tell(entry.tenant.name, nil) }
        let connection = try workshop.connections.connection(to: entry.tenant, surroundings)
        switch await TenantReader(connection).read(rules: []) {
        case .known(let observed): return observed
        case .unknown(let error): throw RunStop(unread: error)
        }
    }
}
