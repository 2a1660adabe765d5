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
