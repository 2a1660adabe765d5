package import FoundationEssentials

/// What the gate saw before a run was let through, as JSON: it can be judged again later.
package struct Evidence: Hashable, Sendable {
    package var run: String
    package var tenant: String
    /// At most `StateStoreLimits.evidence` bytes of UTF-8; a run may have many.
    package var json: String
    package var at: Date

    package init(run: String, tenant: String, json: String, at: Date) {
        self.run = run
        self.tenant = tenant
        self.json = json
        self.at = at
    }
}
