package import Connectors
package import FoundationEssentials

extension ApplyEngine {
    /// The journal of carrying out a plan, with before-images; nothing is sent that the plan does not show.
    ///
    /// - Parameters:
    ///   - observed: The reading of the tenant that the plan was made from, or one that equals it.
    ///   - isAttended: Whether a person has seen the plan and agreed, which lifts the guards that only ask for that.
    ///   - mayWeaken: Whether the operator's own file lets a run that fails be rolled back into weaker security.
    ///   - checks: What the run must pass once everything is written, before it counts as good.
    ///   - includesCommit: Whether the plan is of what git changed, and not only of drift.
    package static func journal(
        run: String,
        plan: Plan,
        observed: ObservedTenant,
        applied: AppliedTenant,
        policy: TenantPolicy,
        isAttended: Bool = false,
        mayWeaken: Bool = false,
        owing checks: [Journal.Check] = [],
        includesCommit: Bool = true,
        at instant: Date
    ) throws(PlanRefusal) -> Journal {
        guard !plan.isOfWorkingTree else { throw .workingTree }
        guard plan.isSealIntact else { throw .brokenSeal }
        let guards = plan.guards.filter { !(isAttended && $0.holdsUnattendedOnly) }
        guard guards.isEmpty else { throw .held(guards) }
        guard !plan.isStale(observed: observed, policy: policy) else { throw .stale }
        let objects = Dictionary(observed.connectors.map { ($0.guid, $0) }) { first, _ in first }
        let memory = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        var steps: [Journal.Step] = []
        for change in plan.changes {
            let before = change.guid.flatMap { objects[$0] }
            guard change.action == .create || before != nil else { throw .stale }
            let former = change.formerName.map { ConnectorKey(kind: change.kind, name: $0) } ?? change.key
            steps += Self.steps(
                writes(of: change, before: before),
                before: before,
                appliedBefore: memory[former],
                appliedAfter: change.action == .delete
                    ? nil : change.remembered(revision: plan.revision, run: run, at: instant)
            )
        }
        var journal = Journal(
            run: run,
            tenant: plan.tenant,
            revision: plan.revision,
            planDigest: plan.planDigest,
            steps: steps
        )
        journal.safeguard = mayWeaken ? nil : .earlierObjects
        journal.owed = checks.isEmpty ? nil : checks
        journal.includesCommit = includesCommit ? nil : false
        return journal
    }

    /// The requests that a change takes, in their order.
    static func writes(of change: Change, before: ObservedConnector?) -> [Write] {
        var settings: Settings = [:]
        for field in change.fields {
            guard let known = change.kind.field(field.path) else { continue }
            settings[field.path] = field.after ?? known.nothing
        }
        switch change.action {
        case .create: return creating(change, settings)
        case .update:
            let sent = settings.merging(change.companions) { own, _ in own }
            let formerName = before?.displayName ?? change.displayName
            return [
                Write(
                    action: .update,
                    kind: change.kind,
                    name: change.name,
                    displayName: formerName,
                    newDisplayName: formerName.isSameName(as: change.displayName) ? nil : change.displayName,
                    guid: change.guid,
                    settings: sent,
                    expected: sent
                )
            ]
        case .delete:
            return [
                Write(
                    action: .delete,
                    kind: change.kind,
                    name: change.name,
                    displayName: change.displayName,
                    guid: change.guid,
                    settings: [:],
                    expected: [:]
                )
            ]
        }
    }

    /// New- does not take every parameter; those that it does not take follow in an update.
    private static func creating(_ change: Change, _ settings: Settings) -> [Write] {
        func isSettable(_ name: String) -> Bool { change.kind.field(name)?.isSettableOnCreate ?? false }
        let create = Write(
            action: .create,
            kind: change.kind,
            name: change.name,
            displayName: change.displayName,
            settings: settings.filter { isSettable($0.key) },
            expected: change.declared.merging(settings) { _, new in new }.filter { isSettable($0.key) }
        )
        let later = settings.filter { !isSettable($0.key) }
        guard !later.isEmpty else { return [create] }
        let update = Write(
            action: .update,
            kind: change.kind,
            name: change.name,
            displayName: change.displayName,
            settings: later,
            expected: later
        )
        return [create, update]
    }

    static func steps(
        _ writes: [Write],
        before: ObservedConnector?,
        appliedBefore: AppliedConnector?,
        appliedAfter: AppliedConnector?
    ) -> [Journal.Step] {
        writes.enumerated().map { number, write in
            var step = Journal.Step(write: write, before: number == 0 ? before : nil, guid: write.guid)
            step.isLastOfConnector = number == writes.count - 1
            step.appliedBefore = appliedBefore
            step.appliedAfter = step.isLastOfConnector ? appliedAfter : nil
            return step
        }
    }
}

extension Change {
    /// What is to be remembered once the change is confirmed; a create's identity is learnt later.
    func remembered(revision: String, run: String, at instant: Date) -> AppliedConnector {
        AppliedConnector(
            key: key,
            guid: guid ?? "",
            displayName: displayName,
            settings: declared,
            isKept: isKept,
            acceptedRisk: acceptedRisk,
            revision: revision,
            run: run,
            at: instant
        )
    }
}

extension Plan {
    /// What is stored when the plan is applied, for connectors to which nothing is written.
    package func recordUpdates(run: String, at instant: Date) -> [AppliedUpdate] {
        records.map { record in
            guard let remembered = record.remembered else { return .forget(record.key) }
            return .remember(
                AppliedConnector(
                    key: record.key,
                    guid: remembered.guid,
                    displayName: remembered.displayName,
                    settings: remembered.settings,
                    isKept: remembered.isKept,
                    acceptedRisk: remembered.acceptedRisk,
                    revision: revision,
                    run: run,
                    at: instant
                )
            )
        }
    }
}
