package import FoundationEssentials

/// An operator's dated decision to take one check more, or less, seriously for named connectors.
package struct SeverityOverride: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable, CaseIterable { case warn, fail }

    /// The check's id, such as `cert-expires-soon`.
    package var check: String
    package var outcome: Outcome
    /// Slugs; never empty.
    package var connectors: [String]
    package var reason: String
    package var until: Date

    package init(check: String, outcome: Outcome, connectors: [String], reason: String, until: Date) {
        self.check = check
        self.outcome = outcome
        self.connectors = connectors
        self.reason = reason
        self.until = until
    }
}
