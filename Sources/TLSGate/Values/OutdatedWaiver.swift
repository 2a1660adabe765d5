package import Connectors

/// A waiver that covers a connector no longer, as the connector has changed in what is judged since it was written.
package struct OutdatedWaiver: Hashable, Sendable {
    package var waiver: Waiver
    package var connector: ConnectorKey
    /// The fields that have changed; at least one.
    package var fields: [String]

    package init(_ waiver: Waiver, connector: ConnectorKey, fields: [String]) {
        self.waiver = waiver
        self.connector = connector
        self.fields = fields
    }
}
