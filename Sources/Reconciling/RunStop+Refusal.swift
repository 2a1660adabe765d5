import Planning
import Reports

extension RunStop {
    /// A plan that the apply engine does not carry out.
    init(_ refusal: PlanRefusal) {
        switch refusal {
        case .workingTree: self = .workingTree
        case .brokenSeal: self.init(.stale, id: "plan-seal-broken", refusal.description)
        case .stale: self.init(.stale, id: "plan-stale", refusal.description)
        case .held(let guards): self.init(.held, id: guards.first?.id ?? "held", refusal.description)
        }
    }

    /// A plan of files that are in no commit, wherever it turns up.
    static let workingTree = RunStop(
        .held,
        id: "working-tree",
        "A plan of files that are not committed cannot be applied.",
        remedy: "Commit them, and plan again."
    )
}

extension RunStop {
    /// A plan from an export in which the tenant does not occur: what is not known must not be taken for nothing.
    static func notInState(_ tenant: String) -> RunStop {
        RunStop(
            .unknown,
            id: "state-missing",
            "The state file has no entry for \(tenant), so drift and removals could not be seen.",
            remedy: "Export it where the store is: mitregate state export --tenant \(tenant)"
        )
    }
}
