package import Connectors
package import FoundationEssentials

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
