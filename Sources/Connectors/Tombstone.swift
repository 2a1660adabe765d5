/// A reviewed word that a connector or rule whose definition is gone is to be deleted from the tenant, and why.
///
/// It stands in the repository in the place of the definition, so that one commit takes a partner away; it approves what the
/// deletion weakens, and deletes also where `prune: orphan` would leave the object.
package struct Tombstone: Hashable, Sendable, Codable {
    package var name: String
    /// The slug of the definition that is gone.
    package var connector: String
    /// Only this kind; `nil`: every kind that had the slug, as both directions of a partner.
    package var kind: ConnectorKind?
    package var owner: String
    package var reason: String
    package var source: SourcePosition

    package init(
        name: String,
        connector: String,
        kind: ConnectorKind? = nil,
        owner: String,
        reason: String,
        source: SourcePosition
    ) {
        self.name = name
        self.connector = connector
        self.kind = kind
        self.owner = owner
        self.reason = reason
        self.source = source
    }

    package func covers(_ key: ConnectorKey) -> Bool { key.name == connector && (kind ?? key.kind) == key.kind }

    /// The reason as it approves a deletion.
    package var approval: String { "\(reason) (\(owner))" }
}
