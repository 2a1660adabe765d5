package import FoundationEssentials

/// A reviewed, dated acceptance of one field's deviating value in the tenant; another value is drift again.
package struct AcceptedDrift: Hashable, Sendable, Codable {
    package var name: String
    package var connector: ConnectorKey
    package var field: String
    package var value: FieldValue
    package var owner: String
    package var reason: String
    package var until: Date
    package var source: SourcePosition

    package init(
        name: String,
        connector: ConnectorKey,
        field: String,
        value: FieldValue,
        owner: String,
        reason: String,
        until: Date,
        source: SourcePosition
    ) {
        self.name = name
        self.connector = connector
        self.field = field
        self.value = value
        self.owner = owner
        self.reason = reason
        self.until = until
        self.source = source
    }
}
