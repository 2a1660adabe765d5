package import FoundationEssentials

/// What a forge tells of the terms that it works under; `nil` for what is not known.
package struct ForgeTerms: Hashable, Sendable {
    /// What is left of the limit on our calls.
    package struct Allowance: Hashable, Sendable {
        package var remaining: Int
        package var limit: Int
        /// When it is whole again; `nil` where that is not told.
        package var resetsAt: Date?

        package init(remaining: Int, limit: Int, resetsAt: Date?) {
            self.remaining = remaining
            self.limit = limit
            self.resetsAt = resetsAt
        }
    }

    package var allowance: Allowance?
    /// Whether nothing is merged into the branch while the status fails.
    package var isRequired: Bool?
    /// Whether anyone may read the repository.
    package var isPublic: Bool?

    package init(allowance: Allowance? = nil, isRequired: Bool? = nil, isPublic: Bool? = nil) {
        self.allowance = allowance
        self.isRequired = isRequired
        self.isPublic = isPublic
    }
}
