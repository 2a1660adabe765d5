package import Configuration
import Connectors
package import ExchangeOnline
import Synchronization

/// One connection for each tenant, so that its token is asked for once and its limit of requests is one.
///
/// A tenant that is signed in to in another way from now on, or is somewhere else, gets another connection with its next run.
/// The earlier one lives for as long as a run holds it, and that run goes on with it.
package final class TenantConnections: Sendable {
    /// What a connection is made of: where the tenant is, and how one signs in.
    fileprivate struct Way: Hashable, Sendable {
        var tenantId: String
        var organization: String
        var cloud: Cloud
        var endpoints: TenantEndpoints
        var credentials: CredentialConfiguration

        init(_ tenant: TenantConfiguration) {
            tenantId = tenant.tenantId
            organization = tenant.organization
            cloud = tenant.cloud
            endpoints = tenant.endpoints
            credentials = tenant.credentials
        }
    }

    /// The right to go on with one connection, made when it is first used: whoever has it keeps the connection alive.
    package final class Hold: Sendable {
        fileprivate let way: Way
        private let made = Mutex<TenantConnection?>(nil)

        fileprivate init(_ way: Way) { self.way = way }

        fileprivate func connection(
            to tenant: TenantConfiguration,
            _ environment: RunEnvironment
        ) throws(RunStop) -> TenantConnection {
            try made.withLock { made throws(RunStop) in
                if let made { return made }
                let connection = try environment.connection(to: tenant)
                made = connection
                return connection
            }
        }
    }

    private struct Former: Sendable {
        weak var hold: Hold?
    }

    private struct Holds: Sendable {
        var current: Hold
        /// Those that runs may still go on with.
        var former: [Former] = []
    }

    private let tenants = Mutex<[String: Holds]>([:])

    package init() {}

    /// The connection by which a tenant is reached as this configuration says.
    package func connection(
        to tenant: TenantConfiguration,
        _ environment: RunEnvironment
    ) throws(RunStop) -> TenantConnection {
        try hold(of: tenant).connection(to: tenant, environment)
    }

    /// What a run keeps for as long as it may ask the tenant; nothing is sent or read yet.
    package func hold(of tenant: TenantConfiguration) -> Hold {
        let way = Way(tenant)
        return tenants.withLock { tenants in
            guard var holds = tenants[tenant.name] else {
                let hold = Hold(way)
                tenants[tenant.name] = Holds(current: hold)
                return hold
            }
            if holds.current.way == way { return holds.current }
            if let hold = holds.former.lazy.compactMap({ $0.hold }).first(where: { $0.way == way }) { return hold }
            // Someone who has not heard of the new configuration yet; it must not come back into force by that.
            let hold = Hold(way)
            holds.former = holds.former.filter { $0.hold != nil } + [Former(hold: hold)]
            tenants[tenant.name] = holds
            return hold
        }
    }

    /// Takes over a configuration: runs that begin from now on use it, those under way go on as they began.
    package func adopt(_ configuration: Configuration) {
        let wanted = Dictionary(configuration.tenants.map { ($0.tenant.name, Way($0.tenant)) }) { first, _ in first }
        tenants.withLock { tenants in
            tenants = wanted.reduce(into: [:]) { next, entry in
                let (name, way) = entry
                guard let holds = tenants[name] else { return next[name] = Holds(current: Hold(way)) }
                guard holds.current.way != way else { return next[name] = holds }
                let former = ([Former(hold: holds.current)] + holds.former).filter { $0.hold != nil }
                let known = former.lazy.compactMap { $0.hold }.first { $0.way == way }
                next[name] = Holds(current: known ?? Hold(way), former: former)
            }
        }
    }
}
