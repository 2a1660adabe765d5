package import Connectors
package import FoundationEssentials

/// What was last written and seen confirmed in one tenant.
package struct AppliedTenant: Hashable, Sendable, Codable {
    package var connectors: [AppliedConnector]
    /// The commit whose plan was applied last, 40 hex digits; `nil` before the first.
    package var revision: String?

    package init(connectors: [AppliedConnector] = [], revision: String? = nil) {
        self.connectors = connectors
        self.revision = revision
    }
}

/// What Mitregate last wrote to one connector and then saw confirmed by the tenant.
package struct AppliedConnector: Hashable, Sendable, Codable {
    package var key: ConnectorKey
    /// The tenant's identity for the object, in lower case.
    package var guid: String
    package var displayName: String
    /// The fields that were declared then, with the values that the tenant confirmed.
    package var settings: Settings
    /// Whether the definition then kept the object from being pruned (`mitregate.dev/prune: disabled`).
    package var isKept: Bool
    /// The reason in the definition's `mitregate.dev/accept-risk` then; it also approves that the object is deleted.
    package var acceptedRisk: String?
    package var revision: String
    package var run: String
    package var at: Date

    package init(
        key: ConnectorKey,
        guid: String,
        displayName: String,
        settings: Settings,
        isKept: Bool = false,
        acceptedRisk: String? = nil,
        revision: String,
        run: String,
        at: Date
    ) {
        self.key = key
        self.guid = guid
        self.displayName = displayName
        self.settings = settings
        self.isKept = isKept
        self.acceptedRisk = acceptedRisk
        self.revision = revision
        self.run = run
        self.at = at
    }
}

/// What the store is to change in a tenant's applied state; doing it twice does no harm.
package enum AppliedUpdate: Hashable, Sendable, Codable {
    /// Insert, or replace what is stored under the same key.
    case remember(AppliedConnector)
    case forget(ConnectorKey)
}
