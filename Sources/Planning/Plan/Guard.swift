package import FoundationEssentials

/// A limit that holds a plan back, whatever else is right with it.
package struct Guard: Hashable, Sendable, Codable {
    /// Kebab-case and stable, one of `Guard.ID` or what another room found (a rewritten source).
    package var id: String
    package var message: String
    /// When it holds no longer, where that is known: the end of a freeze.
    package var until: Date?

    package init(id: String, message: String, until: Date? = nil) {
        self.id = id
        self.message = message
        self.until = until
    }

    init(_ id: ID, _ message: String, until: Date? = nil) {
        self.init(id: id.rawValue, message: message, until: until)
    }

    /// The guards that planning itself raises, and the one of the reviews.
    package enum ID: String, Hashable, Sendable, CaseIterable {
        case quarantinedRevision = "quarantined-revision"
        case sourceEmpty = "source-empty"
        case sourceShrunk = "source-shrunk"
        case tenantShrunken = "tenant-shrunken"
        case changeLimit = "change-limit"
        case deleteLimit = "delete-limit"
        case freeze
        case approvalMissing = "approval-missing"
        case changesProposed = "changes-proposed"
        case driftProposed = "drift-proposed"
        case adoptionMissing = "adoption-missing"
        case recreated
        case nameTaken = "name-taken"
        case connectorInUse = "connector-in-use"
        case ruleTargetUnusable = "rule-target-unusable"
        case ruleHasOtherParts = "rule-has-other-parts"
        case exchangeWouldRefuse = "exchange-would-refuse"
        /// What would be applied was not shown to a reviewer as it is.
        case notReviewed = "not-reviewed"
    }

    /// Whether a person who has seen the plan may go on all the same: the tenant's policy only asks that one looks.
    package var holdsUnattendedOnly: Bool {
        [ID.changesProposed, .driftProposed, .tenantShrunken, .notReviewed].contains { $0.rawValue == id }
    }
}
