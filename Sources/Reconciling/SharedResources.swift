import Configuration
import Synchronization

/// What outlives a run and serves many: connections with their tokens, files parsed once, partners probed once.
///
/// A command makes one; a controller keeps one for as long as it runs.
package final class SharedResources: Sendable {
    package let files: ParsedFiles
    package let waivers = KnownWaivers()
    package let connections: TenantConnections
    private let gate: Mutex<Gatekeeper>

    package init(_ environment: RunEnvironment) {
        connections = TenantConnections()
        files = ParsedFiles()
        gate = Mutex(Gatekeeper(environment))
    }

    /// Judges partners as the configuration in force says.
    package var gatekeeper: Gatekeeper { gate.withLock { $0 } }

    /// Takes over a configuration for the runs that begin from now on; those under way go on as they began.
    package func adopt(_ environment: RunEnvironment) {
        connections.adopt(environment.configuration)
        gate.withLock { gatekeeper in
            if gatekeeper.settings != environment.configuration.gate { gatekeeper = Gatekeeper(environment) }
        }
    }
}
