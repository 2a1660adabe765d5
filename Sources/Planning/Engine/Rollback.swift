package import Connectors
package import FoundationEssentials

/// Rolling back an earlier run: which writes that takes, and where someone else's later change stands in the way.
package struct Rollback: Sendable {
    /// What will be written, with its risks and effects, to be shown before it is done.
    ///
    /// It raises no guards: a person who asks for a rollback by the run's id decides.
    package let plan: Plan
    /// Carries the plan out; unfinished, and empty where there is nothing to do.
    package let journal: Journal
    /// Why objects that the run touched cannot be put back, and what to do.
    ///
    /// If there are any, nothing is to be written.
    package let refusals: [String]

    /// Restores what an earlier run touched, in reverse order, from its before-images.
    ///
    /// An object that is already as it was before that run is left as it is; one that is no longer as that run left it is
    /// refused.
    ///
    /// - Parameters:
    ///   - run: The new run's id.
    ///   - objects: Only these are restored; `nil`: all that the run touched.
    ///   - earlier: The finished journal of the run to roll back.
    package init(
        run: String,
        of earlier: Journal,
        observed: ObservedTenant,
        applied: AppliedTenant,
        policy: TenantPolicy,
        at instant: Date,
        objects: Set<ConnectorKey>? = nil
    ) {
        let view = TenantView(observed)
        let memory = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        var changes: [Change] = []
        var steps: [Journal.Step] = []
        var refusals: [String] = []
        for connector in ConnectorRollback.all(in: earlier).reversed() where objects?.contains(connector.key) ?? true {
            switch connector.decision(in: view) {
            case .nothing: continue
            case .refused(let reason): refusals.append(reason)
            case .change(let change, let writes, let before):
                changes.append(change)
                var former = connector.appliedBefore
                former?.run = run
                former?.at = instant
                steps += ApplyEngine.steps(
                    writes,
                    before: before,
                    appliedBefore: memory[connector.key] ?? connector.formerKey.flatMap { memory[$0] },
                    appliedAfter: former
                )
            }
        }
        var plan = Plan(
            tenant: earlier.tenant,
            revision: earlier.revision,
            observedDigest: Seal.digest(of: observed),
            policyDigest: Seal.digest(of: policy),
            planDigest: "",
            summary: Self.summary(of: changes),
            changes: changes,
            drift: [],
            unmanaged: [],
            guards: [],
            notes: ["The plan restores what run \(earlier.run) changed."]
        )
        plan.planDigest = Seal.digest(of: plan)
        self.plan = plan
        self.refusals = refusals
        var journal = Journal(
            run: run,
            tenant: earlier.tenant,
            revision: earlier.revision,
            planDigest: plan.planDigest,
            steps: steps
        )
        journal.includesCommit = earlier.includesCommit
        self.journal = journal
    }

    private static func summary(of changes: [Change]) -> Plan.Summary {
        Plan.Summary(
            create: changes.filter { $0.action == .create }.count,
            update: changes.filter { $0.action == .update }.count,
            delete: changes.filter { $0.action == .delete }.count
        )
    }
}
