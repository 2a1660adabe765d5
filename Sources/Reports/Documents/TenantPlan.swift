package import Connectors
package import Planning
package import TLSGate

/// One tenant's entry of a plan document: the plan with the gate's findings, or why there is none.
package struct TenantPlan: Hashable, Sendable {
    package var tenant: String
    /// `nil` when none could be made; then `errors` say why.
    package var plan: Plan?
    /// What the gate says of the connectors; `nil` when it was not run.
    package var judgements: [Judgement]?
    /// The plan's drift with its authors; `nil` when the audit log was not asked.
    package var drift: [AttributedDrift]?
    package var errors: [ErrorEntry]
    package var exitStatus: ExitStatus

    package init(
        plan: Plan,
        judgements: [Judgement]?,
        drift: [AttributedDrift]? = nil,
        exitStatus: ExitStatus
    ) {
        tenant = plan.tenant
        self.drift = drift
        self.plan = plan
        self.judgements = judgements
        errors = []
        self.exitStatus = exitStatus
    }

    package init(tenant: String, errors: [ErrorEntry], exitStatus: ExitStatus) {
        self.tenant = tenant
        self.errors = errors
        self.exitStatus = exitStatus
    }

    package init(tenant: String, error: ErrorEntry, exitStatus: ExitStatus) {
        self.init(tenant: tenant, errors: [error], exitStatus: exitStatus)
    }

    /// The gate's verdict on all of it; `nil` when nothing was judged.
    package var verdict: Verdict? {
        guard let judgements, !judgements.isEmpty else { return nil }
        return judgements.map(\.verdict).joined
    }

    /// The plan's drift, with its authors where they are known.
    package var told: [AttributedDrift] { drift ?? (plan?.drift ?? []).map { AttributedDrift(item: $0) } }

    package func judgement(of key: ConnectorKey) -> Judgement? { judgements?.first { $0.connector == key } }
}
