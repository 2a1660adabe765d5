import Planning
import Reports

extension RunStop {
    /// A plan that the apply engine does not carry out.
    init(_ refusal: PlanRefusal) {
        let id =
            switch refusal {
            case .workingTree: "working-tree"
            case .brokenSeal: "plan-seal-broken"
            case .stale: "plan-stale"
            case .held(let guards): guards.first?.id ?? "held"
            }
        self.init(ExitStatus(rawValue: refusal.exitCode) ?? .error, id: id, refusal.description)
    }
}
