package import Connectors

/// What the store is to change in a tenant's applied state; doing it twice does no harm.
package enum AppliedUpdate: Hashable, Sendable, Codable {
    /// Insert, or replace what is stored under the same key.
    case remember(AppliedConnector)
    case forget(ConnectorKey)
}
