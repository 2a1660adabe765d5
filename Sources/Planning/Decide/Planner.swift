import Connectors

/// Decides what to do about a tenant, from desired, observed and applied.
package enum Planner {
    /// The plan for one tenant; identical input gives identical bytes.
    ///
    /// It only decides: nothing is sent, and the plan is carried out by `ApplyEngine`, if no guard holds it.
    package static func plan(_ input: PlanInput) -> Plan { PlanDraft(input).plan() }
}
