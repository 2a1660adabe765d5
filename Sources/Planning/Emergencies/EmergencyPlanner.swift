package import Connectors
package import FoundationEssentials

/// Plans what a person does in an emergency: it switches connectors off, or on again, and can do nothing else.
package enum EmergencyPlanner {
    package enum Action: String, Hashable, Sendable, Codable, CaseIterable {
        case disable
        case enable

        var wanted: FieldValue { .boolean(self == .enable) }
    }

    /// The plan; it is empty where the connectors are so already.
    ///
    /// What Exchange would refuse holds it, as does a connector that others lead mail to. Freezes, limits and proposals don't:
    /// they are about changes that can wait.
    ///
    /// - Parameters:
    ///   - connectors: What was written last to each; one that is gone from the tenant is left out.
    ///   - reason: The person's, which approves what weakens security.
    package static func plan(
        _ action: Action,
        of connectors: [AppliedConnector],
        tenant: String,
        revision: String,
        observed: ObservedTenant,
        reason: String,
        policy: TenantPolicy,
        now: Date
    ) -> Plan {
        let objects = Dictionary(observed.connectors.map { ($0.guid, $0) }) { first, _ in first }
        var desired: [DesiredConnector] = []
        var applied: [AppliedConnector] = []
        for connector in connectors {
            guard let object = objects[connector.guid] else { continue }
            var known = connector
            known.displayName = object.displayName
            // Only this field counts as declared, so no other can be changed.
            known.settings = [BreakGlass.field: .boolean(Seen(object).normal.isOn(BreakGlass.field))]
            applied.append(known)
            desired.append(
                DesiredConnector(
                    key: connector.key,
                    displayName: object.displayName,
                    settings: [BreakGlass.field: action.wanted],
                    annotations: [Annotation.acceptRisk: reason],
                    source: SourcePosition(file: "mitregate break-glass")
                )
            )
        }
        var plan = Planner.plan(
            PlanInput(
                tenant: tenant,
                revision: revision,
                desired: DesiredTenant(connectors: desired),
                observed: observed,
                applied: AppliedTenant(connectors: applied, revision: revision),
                policy: self.policy(policy),
                now: now
            )
        )
        for index in plan.changes.indices { plan.changes[index].source = nil }
        // The rest of the tenant is not what this is about.
        plan.unmanaged = []
        plan.summary.unmanaged = 0
        plan.notes = []
        plan.records = []
        plan.planDigest = Seal.digest(of: plan)
        return plan
    }

    /// The tenant's policy without what holds changes that can wait.
    package static func policy(_ policy: TenantPolicy) -> TenantPolicy {
        var policy = policy
        policy.changes = .apply
        policy.drift = .report
        policy.prune = .orphan
        policy.freezes = []
        policy.limits.changes = .max
        return policy
    }

    /// The journal's steps with what was remembered before: git still wants what it wanted, so the connector's being off is a
    /// deviation from that, which the emergency's own record accepts.
    package static func keepingMemory(_ journal: Journal, of connectors: [AppliedConnector]) -> Journal {
        var journal = journal
        let memory = Dictionary(connectors.map { ($0.key, $0) }) { first, _ in first }
        for index in journal.steps.indices where journal.steps[index].appliedAfter != nil {
            let write = journal.steps[index].write
            journal.steps[index].appliedAfter = memory[ConnectorKey(kind: write.kind, name: write.name)]
        }
        return journal
    }
}
