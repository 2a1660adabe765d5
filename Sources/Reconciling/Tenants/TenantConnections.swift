package import Configuration
package import ExchangeOnline
import Synchronization

/// One connection for each tenant, so that its token is asked for once and its limit of requests is one.
package final class TenantConnections: Sendable {
    private let connections = Mutex<[String: TenantConnection]>([:])

    package init() {}

    package func connection(
        to tenant: TenantConfiguration,
        _ environment: RunEnvironment
    ) throws(RunStop) -> TenantConnection {
        try connections.withLock { connections throws(RunStop) in
            if let connection = connections[tenant.name] { return connection }
            let connection = try environment.connection(to: tenant)
            connections[tenant.name] = connection
            return connection
        }
    }
}
