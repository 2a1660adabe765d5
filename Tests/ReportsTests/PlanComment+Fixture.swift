import Connectors
import Foundation
import Planning
import Reports
import TLSGate

extension PlanComment {
    static func fixture(
        _ tenants: [Tenant],
        tenant: String? = "contoso",
        behind: Int = 0,
        isDraft: Bool = false,
        visibility: Visibility = .full,
        approvals: Int = 0,
        refusal: String? = nil,
        limit: Int = 65_536
    ) -> PlanComment {
        PlanComment(
            instance: "mitregate",
            request: Request(
                head: "77d0e12b5c6a77d0e12b5c6a77d0e12b5c6a77d0",
                branch: "main",
                base: Plan.commit,
                behind: behind,
                isDraft: isDraft
            ),
            content: .plans(tenants),
            tenant: tenant,
            visibility: visibility,
            approvals: approvals,
            refusal: refusal,
            limit: limit
        )
    }
}

extension PlanComment.Tenant {
    static func fixture(
        _ plan: Plan,
        judgements: [Judgement]?,
        also: [ConnectorKey: [Int]] = [:],
        approvers: [String] = [],
        formerApprovers: [String] = []
    ) -> Self {
        let verdict = (judgements ?? []).map(\.verdict).joined
        let status: ExitStatus =
            verdict == .block ? .blocked : plan.guards.isEmpty && verdict < .approve ? .done : .held
        return Self(
            plan.tenant,
            .planned(TenantPlan(plan: plan, judgements: judgements, exitStatus: status)),
            readAt: .fixture,
            also: also,
            approvers: approvers,
            formerApprovers: formerApprovers
        )
    }
}

extension Change {
    /// A change whose every string tries to be more than text.
    static func hostile(_ text: String) -> Change {
        Change(
            action: .update,
            kind: .inboundConnector,
            name: text,
            displayName: text,
            cause: .both,
            risk: .high,
            risks: [Risk(id: text, level: .high, message: text)],
            effect: [text],
            source: SourcePosition(file: text, line: 3, column: 1),
            fields: [
                FieldChange(path: text, before: .text(text), after: .list([text, text, text])),
                FieldChange(path: text, before: .list([text, "b"]), after: .list([text, "c"])),
            ],
            companions: [text: .text(text)],
            acceptedRisk: text,
            formerName: text
        )
    }
}

extension PlanComment {
    /// A comment in which everything that a repository, a tenant or a mail server chooses is one string.
    static func hostile(_ text: String, visibility: Visibility = .full) -> PlanComment {
        let change = Change.hostile(text)
        let findings = [Outcome.fail, .warn, .info, .unknown, .pass].map { outcome in
            Finding(
                check: outcome.rawValue,
                outcome: outcome,
                subject: text,
                message: text,
                exo: text,
                evidence: ["reply": text],
                remedy: text,
                waivedBy: text
            )
        }
        let plan = Plan.fixture(
            text,
            revision: text,
            changes: [change],
            drift: [
                DriftItem(
                    form: .changed,
                    kind: .outboundConnector,
                    name: text,
                    displayName: text,
                    fields: [.init(path: text, applied: .text(text), observed: .list([text]))],
                    accepted: false
                )
            ],
            unmanaged: [
                UnmanagedConnector(
                    kind: .inboundConnector,
                    displayName: text,
                    origin: .standard,
                    risk: .high,
                    risks: []
                )
            ],
            guards: [Guard(id: text, message: text), Guard(id: "freeze", message: text)],
            notes: [text]
        )
        var tenant = TenantPlan(
            plan: plan,
            judgements: [.fixture(change.key, .block, findings)],
            exitStatus: .blocked
        )
        tenant.drift = plan.drift.map { AttributedDrift(item: $0, changedBy: text, changedAt: .fixture) }
        let error = ErrorEntry(id: text, message: text, remedy: text, file: text, line: 1)
        return PlanComment(
            instance: text,
            request: Request(head: text, branch: text, base: text, isDraft: true),
            content: .plans([
                Tenant(text, .planned(tenant), also: [change.key: [12]], approvers: [text], formerApprovers: [text]),
                Tenant("other", .planned(TenantPlan(tenant: text, error: error, exitStatus: .error))),
                Tenant("fork", .fork),
            ]),
            tenant: nil,
            visibility: visibility,
            approvals: 1,
            refusal: text
        )
    }
}
