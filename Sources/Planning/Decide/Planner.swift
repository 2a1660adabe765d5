import Connectors
package import FoundationEssentials

/// Decides what to do about a tenant, from desired, observed and applied.
package enum Planner {
    /// The plan for one tenant; identical input gives identical bytes.
    ///
    /// It only decides: nothing is sent, and the plan is carried out by `ApplyEngine`, if no guard holds it.
    package static func plan(_ input: PlanInput) -> Plan { PlanDraft(input).plan() }

    /// The instant from which a plan of the same input may turn out otherwise, because only the time has moved on.
    ///
    /// An accepted drift ends, or a freeze begins or ends; `nil` where nothing depends on the time.
    package static func horizon(of input: PlanInput) -> Date? {
        var instants = input.desired.acceptedDrifts.map(\.until).filter { $0 > input.now }
        for freeze in input.policy.freezes {
            guard let window = try? FreezeWindow(freeze) else { continue }
            if let edge = window.end(ifFrozenAt: input.now) ?? window.begin(after: input.now) { instants.append(edge) }
        }
        return instants.min()
    }
}
