package import Connectors
package import Planning
package import Reports

/// What is known of a run once it has ended.
package struct RunEnding: Sendable {
    package let tenant: String
    /// Why the run ended before its last step; `nil` when it came to its end.
    package let stop: RunStop?
    /// The plan with the gate's findings, or why there is none.
    package let plan: TenantPlan
    /// The plan that was made, also where a guard, the gate or a failed write ended the run; `nil` where it did not come to one.
    package let made: TenantPlan?
    /// What was done.
    package let outcome: TenantApply
    /// Whether neither a guard nor the gate would hold the plan once a person has seen it.
    package let isClear: Bool
    /// The tenant as the run read it first; `nil` where it did not come to that.
    package let observed: ObservedTenant?
    /// What was applied before the run.
    package let applied: AppliedTenant
    /// How the tenant deviated from what was applied, also where git could not be read.
    package let drift: [DriftItem]
    /// Connectors in the tenant that are not ours, also where git could not be read.
    package let unmanaged: [UnmanagedConnector]
    /// Connectors whose drift, put back, would weaken security.
    package let weakeningDrift: Set<ConnectorKey>
    /// Where the tenant runs ahead of git; `nil` where that is not known.
    package let ahead: [AheadStanding]?
    /// What Exchange's own validation of one connector said, where a person asked for it.
    package let validation: ConnectorValidation?

    /// Whether something would be written if a person said yes.
    package var hasWork: Bool { stop == nil && isClear && plan.plan?.changes.isEmpty == false }
}
