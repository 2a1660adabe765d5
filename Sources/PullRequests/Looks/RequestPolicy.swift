package import FoundationEssentials

/// What the operator decided about requests, and how old what they show may grow.
package struct RequestPolicy: Hashable, Sendable {
    package enum Review: String, Hashable, Sendable, Codable, CaseIterable {
        /// A change that came by a direct push is held too.
        case required
        /// Only a change that came with a request and is not as it was shown is held.
        case optional
    }

    package var review: Review
    /// How many people other than the author and the committers must approve what was shown.
    package var approvals: Int
    /// Whether a person who may write can have changes applied before the merge.
    package var appliesByComment: Bool
    /// How old evidence may be on which mail flows: six hours, as long as a probe of a good server is used again.
    ///
    /// A younger limit would have partners' servers probed all day for a request that waits for a reviewer.
    package var evidenceAge: TimeInterval
    /// How old evidence may be that says that mail does not flow: fifteen minutes, as partners fix their servers while
    /// the request is open.
    package var poorEvidenceAge: TimeInterval
    /// From when on a request that is not touched is looked at again only once a day.
    package var quietAfter: TimeInterval

    /// How many persons must have approved what is applied before the merge.
    package var applyApprovals: Int { max(1, approvals) }

    package static let quietInterval: TimeInterval = 86_400
    /// The waits before our own trouble is tried again; the last one is repeated.
    package static let retries: [TimeInterval] = [60, 300, 900]
    /// Up to so many tenants have statuses of their own.
    package static let tenantStatuses = 20
    /// Up to so many tenants have comments of their own.
    package static let tenantComments = 20

    package init(
        review: Review = .required,
        approvals: Int = 0,
        appliesByComment: Bool = false,
        evidenceAge: TimeInterval = 6 * 3_600,
        poorEvidenceAge: TimeInterval = 900,
        quietAfter: TimeInterval = 7 * 86_400
    ) {
        self.review = review
        self.approvals = approvals
        self.appliesByComment = appliesByComment
        self.evidenceAge = evidenceAge
        self.poorEvidenceAge = poorEvidenceAge
        self.quietAfter = quietAfter
    }
}
