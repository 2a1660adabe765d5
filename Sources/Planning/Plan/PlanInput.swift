package import Connectors
package import FoundationEssentials

/// All that a plan depends on; two equal inputs give the same bytes.
package struct PlanInput: Sendable {
    package var tenant: String
    /// The commit, or `Plan.workingTree`.
    package var revision: String
    /// The id of the tenant's folder at that commit; empty for a working tree.
    package var tree: String
    package var desired: DesiredTenant
    package var observed: ObservedTenant
    package var applied: AppliedTenant
    package var policy: TenantPolicy
    /// The quarantine of this tenant, whichever commit it is about.
    package var quarantine: Quarantine?
    /// The id of the tenant's folder at the quarantined commit; `nil` where it cannot be told.
    package var quarantinedTree: String?
    package var now: Date
    /// What other rooms found, such as a rewritten source; they come first in the plan.
    package var guards: [Guard]
    package var scope: PlanScope

    package init(
        tenant: String,
        revision: String,
        tree: String = "",
        desired: DesiredTenant,
        observed: ObservedTenant,
        applied: AppliedTenant = AppliedTenant(),
        policy: TenantPolicy = TenantPolicy(),
        quarantine: Quarantine? = nil,
        quarantinedTree: String? = nil,
        now: Date,
        guards: [Guard] = [],
        scope: PlanScope = PlanScope()
    ) {
        self.tenant = tenant
        self.revision = revision
        self.tree = tree
        self.desired = desired
        self.observed = observed
        self.applied = applied
        self.policy = policy
        self.quarantine = quarantine
        self.quarantinedTree = quarantinedTree
        self.now = now
        self.guards = guards
        self.scope = scope
    }
}
