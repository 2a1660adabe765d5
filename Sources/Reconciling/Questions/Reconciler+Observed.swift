package import Configuration
package import Connectors
import ExchangeOnline

extension Reconciler {
    /// Everything that a tenant has, read in full.
    package func observed(_ entry: ManagedTenant) async throws(RunStop) -> ObservedTenant {
        environment.tell(entry.tenant.name, "reading the tenant")
        defer { environment.tell(entry.tenant.name, nil) }
        let connection = try shared.connections.connection(to: entry.tenant, environment)
        switch await TenantReader(connection).read(rules: [], deadline: entry.tenant.readTimeout) {
        case .known(let observed): return observed
        case .unknown(let error): throw RunStop(unread: error, at: environment.timing.now())
        }
    }
}
