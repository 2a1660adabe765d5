package import Connectors
package import Planning

/// What one transaction stores about one tenant.
///
/// Parts that are `nil` or empty stay as they are.
package struct StateChange: Sendable {
    /// In this order.
    package var applied: [AppliedUpdate]
    /// The commit that is in force from now on.
    package var revision: String?
    package var journal: Journal?
    package var quarantine: QuarantineChange?
    /// Adds a run to the history, or replaces what it says about that run.
    package var run: RunRecord?
    /// The plan of `run`; it is stored once, when the run begins to write.
    package var plan: RunPlan?
    /// Adds to what is known about a run; nothing is replaced.
    package var evidence: [Evidence]
    /// Adds a run ahead of git, or replaces what is kept of it.
    package var ahead: AheadRun?
    /// Runs ahead of git that are over, by their ids.
    package var aheadOver: [String] = []
    /// Words for emergencies that are over.
    package var emergenciesOver: [ConnectorKey] = []
    /// Words for emergencies; each replaces the one for the same connector, also one that is over.
    package var emergencies: [BreakGlass] = []

    package init(
        applied: [AppliedUpdate] = [],
        revision: String? = nil,
        journal: Journal? = nil,
        quarantine: QuarantineChange? = nil,
        run: RunRecord? = nil,
        plan: RunPlan? = nil,
        evidence: [Evidence] = [],
        ahead: AheadRun? = nil
    ) {
        self.applied = applied
        self.revision = revision
        self.journal = journal
        self.quarantine = quarantine
        self.run = run
        self.plan = plan
        self.evidence = evidence
        self.ahead = ahead
    }

    /// The tenants that its parts name; a change is about one tenant, that of its lease.
    var tenants: Set<String> {
        var tenants = Set(evidence.map(\.tenant) + emergencies.map(\.tenant))
        if let journal { tenants.insert(journal.tenant) }
        if let run { tenants.insert(run.tenant) }
        if let ahead { tenants.insert(ahead.tenant) }
        if case .set(let quarantine) = quarantine { tenants.insert(quarantine.tenant) }
        return tenants
    }
}

package enum QuarantineChange: Hashable, Sendable {
    case set(Quarantine)
    case lift
}

/// What a run set out to do.
package struct RunPlan: Hashable, Sendable {
    package var plan: Plan
    /// What the gate said of it, as a JSON document that the store does not read; empty when the gate was not asked.
    package var judgements: String

    package init(plan: Plan, judgements: String = "") {
        self.plan = plan
        self.judgements = judgements
    }
}
