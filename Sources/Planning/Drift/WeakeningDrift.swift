package import Connectors

extension Planner {
    /// Connectors whose drift, put back, would weaken security: the tenant's own value is the safer one.
    ///
    /// Judged by the same rules as any change: high is what weakens (`RiskRules`).
    package static func weakeningDrift(_ input: PlanInput) -> Set<ConnectorKey> {
        var input = input
        input.policy.drift = .correct
        input.scope = PlanScope()
        let changes = plan(input).changes.filter { $0.cause != .git && $0.risk == .high }
        return Set(changes.map(\.key))
    }
}
