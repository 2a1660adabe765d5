package import Planning

/// What the store holds about one tenant, from one moment.
@dynamicMemberLookup
package struct TenantState: Hashable, Sendable {
    /// What was last written to the tenant and seen confirmed; connectors in the order of their keys.
    package var applied = AppliedTenant()
    package var standing = TenantStanding()

    package init() {}

    package subscript<Value>(dynamicMember member: KeyPath<TenantStanding, Value>) -> Value {
        standing[keyPath: member]
    }
}

/// Where a tenant's runs stand: its state without the connectors, which take by far the most to read.
package struct TenantStanding: Hashable, Sendable {
    package var quarantine: Quarantine?
    /// The journal of a run that is under way or was cut off; the oldest, should there be several.
    package var unfinished: Journal?
    /// The last runs, newest first, at most `TenantState.runLimit`.
    package var runs: [RunRecord] = []
    /// Who holds the tenant now; `nil` when a run could take it.
    package var lease: HeldLease?

    package var lastRun: RunRecord? { runs.first }

    package init() {}
}

extension TenantState {
    package static let runLimit = 10
}
