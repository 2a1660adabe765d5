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
    package var errors: [ErrorEntry]
    package var exitStatus: ExitStatus

    package init(plan: Plan, judgements: [Judgement]?, exitStatus: ExitStatus) {
        tenant = plan.tenant
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

    /// The gate's word on all of it; `nil` when it was not run.
    package var verdict: Decision? { judgements.map { $0.map(\.decision).joined } }

    package func judgement(of key: ConnectorKey) -> Judgement? { judgements?.first { $0.connector == key } }
}
