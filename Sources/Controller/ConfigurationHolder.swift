package import Configuration
import Synchronization

/// The configuration in force; replaced as a whole when the file was read again.
package final class ConfigurationHolder: Sendable {
    private let value: Mutex<Configuration>

    package init(_ configuration: Configuration) { value = Mutex(configuration) }

    package var current: Configuration { value.withLock { $0 } }

    func adopt(_ configuration: Configuration) { value.withLock { $0 = configuration } }

    func tenant(_ name: String) -> ManagedTenant? { current.tenants.first { $0.tenant.name == name } }
}
