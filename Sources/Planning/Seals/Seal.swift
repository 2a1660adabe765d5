package import Connectors

/// The digests that tie a plan to what it was made from, and to itself.
package enum Seal {
    /// Over the normal forms of every object, with its identity and name; not over times, nor what the service renders.
    package static func digest(of observed: ObservedTenant) -> String { digest(of: observed.connectors.map(Seen.init)) }

    static func digest(of seen: [Seen]) -> String {
        var writer = CanonicalWriter(capacity: 4_096)
        let ordered = seen.sorted { ($0.connector.kind, $0.connector.guid) < ($1.connector.kind, $1.connector.guid) }
        writer.write(ordered) { writer, object in
            writer.write(object.connector.kind.rawValue)
            writer.write(object.connector.guid)
            writer.write(object.connector.displayName)
            writer.write(object.connector.origin.rawValue)
            writer.write(object.connector.isValid)
            writer.write(object.connector.unmanagedParts)
            writer.write(object.normal.values) { $0.write($1) }
        }
        return writer.digest
    }

    package static func digest(of policy: TenantPolicy) -> String {
        var writer = CanonicalWriter()
        writer.write(policy.changes.rawValue)
        writer.write(policy.drift.rawValue)
        writer.write(policy.prune.rawValue)
        writer.write(policy.limits.changes)
        writer.write(policy.limits.deletes)
        writer.write(policy.freezes) { writer, freeze in
            writer.write(freeze.cron)
            writer.write(freeze.durationSeconds)
            writer.write(freeze.timeZone)
        }
        return writer.digest
    }

    package static func digest(of applied: AppliedTenant) -> String {
        var writer = CanonicalWriter(capacity: 4_096)
        writer.write(applied.connectors.sorted { $0.key < $1.key }) { writer, connector in
            writer.write(connector.key)
            writer.write(connector.guid)
            writer.write(connector.displayName)
            writer.write(connector.isKept)
            writer.write(optional: connector.acceptedRisk)
            writer.write(connector.settings, of: connector.key.kind)
        }
        return writer.digest
    }

    /// Over everything in the plan but the digest itself, the commit, the guards and the notes.
    package static func digest(of plan: Plan) -> String {
        var writer = CanonicalWriter(capacity: 4_096)
        writer.write("mitregate plan 2")
        writer.write(plan.tenant)
        writer.write(plan.isOfWorkingTree)
        writer.write(plan.tree)
        writer.write(plan.observedDigest)
        writer.write(plan.policyDigest)
        writer.write(plan.summary)
        writer.write(plan.changes) { $0.write($1) }
        writer.write(plan.drift) { $0.write($1) }
        writer.write(plan.unmanaged) { $0.write($1) }
        writer.write(plan.records) { $0.write($1) }
        return writer.digest
    }

    /// Over what one change does, as a reviewer sees it: object, fields before and after, what is sent along, and risk.
    ///
    /// Neither the commit nor the place of the definition counts, nor what happens to other connectors, nor wording: an
    /// approval of the change stays good until the change itself is another.
    package static func digest(of change: Change) -> String {
        var writer = CanonicalWriter()
        writer.write("mitregate change 1")
        writer.write(change.action.rawValue)
        writer.write(change.key)
        writer.write(change.displayName)
        writer.write(optional: change.guid)
        writer.write(optional: change.formerName)
        writer.write(change.fields) { $0.write($1) }
        writer.write(change.companions)
        writer.write(change.risk.rawValue)
        writer.write(change.risks.map(\.id))
        writer.write(optional: change.acceptedRisk)
        return writer.digest
    }

    /// Over the digests of a tenant's changes, in the order in which they are applied; neither over the commit nor over
    /// the observed state.
    package static func digest(of changes: [Change], in tenant: String) -> String {
        var writer = CanonicalWriter()
        writer.write("mitregate changes 1")
        writer.write(tenant)
        writer.write(changes.map(\.digest))
        return writer.digest
    }

    /// Over a saved document's tenants and the digests of their plans, so that none can be taken out unnoticed.
    package static func digest(ofPlans plans: [(tenant: String, planDigest: String?)]) -> String {
        var writer = CanonicalWriter()
        writer.write("mitregate plans 1")
        writer.write(plans) { writer, plan in
            writer.write(plan.tenant)
            writer.write(optional: plan.planDigest)
        }
        return writer.digest
    }
}

extension Change {
    /// `Seal.digest(of:)` of the change.
    package var digest: String { Seal.digest(of: self) }
}

extension Plan {
    /// What an approval of exactly these changes binds to, whichever commit brings them.
    package var changesDigest: String { Seal.digest(of: changes, in: tenant) }

    /// Whether the plan is as it was sealed; one read from a file may have been edited.
    package var isSealIntact: Bool { planDigest == Seal.digest(of: self) }

    /// Whether the tenant or the policy is no longer what the plan was made from.
    package func isStale(observed: ObservedTenant, policy: TenantPolicy) -> Bool {
        observedDigest != Seal.digest(of: observed) || policyDigest != Seal.digest(of: policy)
    }
}
