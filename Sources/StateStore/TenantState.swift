package import Planning

/// What the store holds about one tenant, from one moment.
package struct TenantState: Hashable, Sendable {
    /// What was last written to the tenant and seen confirmed; connectors in the order of their keys.
    package var applied = AppliedTenant()
    package var quarantine: Quarantine?
    /// The journal of a run that is under way or was cut off; the oldest, should there be several.
    package var unfinished: Journal?
    /// The last runs, newest first, at most `runLimit`.
    package var runs: [RunRecord] = []
    /// Who holds the tenant now; `nil` when a run could take it.
    package var lease: HeldLease?

    package static let runLimit = 10

    package var lastRun: RunRecord? { runs.first }

    package init() {}
}
