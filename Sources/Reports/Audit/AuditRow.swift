package import Connectors
package import FoundationEssentials
package import Planning
package import TLSGate

/// One change of one connector, as an auditor asks about it.
package struct AuditRow: Hashable, Sendable, Encodable {
    /// What became of a change.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Written, and read back.
        case written
        case undone
        /// It was planned, and never sent.
        case notSent = "not-sent"
        case refused
        /// Sent, and not known to be as it was written or as it was before.
        case unsettled
    }

    package struct Evidence: Hashable, Sendable, Encodable {
        /// What the gate said of the connector; `nil` where it was not asked, or there was nothing to judge.
        package var verdict: Verdict?
        package var observedAt: Date?
        /// How many checks passed.
        package var passed: Int
        /// The others, as `cert-expires-soon (warn) mx1.fabrikam.com`; a waived one bears its waiver.
        package var findings: [String]
    }

    package var at: Date
    package var tenant: String
    package var run: String
    package var command: RunRecord.Command
    package var result: RunRecord.Result?
    package var outcome: Outcome
    package var action: Change.Action
    package var kind: ConnectorKind
    package var name: String
    package var displayName: String
    package var fields: [FieldChange]
    /// `nil` for an emergency, which neither git nor another hand in the tenant caused.
    package var cause: Change.Cause?
    package var risk: RiskLevel
    /// Ids of what made it risky.
    package var risks: [String]
    /// The reason in the definition or the tombstone that let a high risk pass.
    package var approval: String?
    /// Why a person wanted it, in an emergency or for a rollback.
    package var reason: String?
    package var revision: String
    package var author: String?
    package var subject: String?
    package var startedBy: String?
    package var startedFrom: String?
    package var planDigest: String
    package var evidence: Evidence

    /// The rows of one run; empty where it changed nothing.
    ///
    /// - Parameter judgements: What the run kept of `TenantPlan.judgementsText`.
    package static func rows(of record: RunRecord, _ plan: Plan, judgements: String, _ journal: Journal?) -> [AuditRow]
    {
        let entry = TenantPlan(stored: plan, judgements: judgements)
        return plan.changes.map { change in
            AuditRow(change, record, plan, entry.judgement(of: change.key), journal)
        }
    }

    private init(
        _ change: Change,
        _ record: RunRecord,
        _ plan: Plan,
        _ judgement: Judgement?,
        _ journal: Journal?
    ) {
        at = record.endedAt ?? record.startedAt
        tenant = record.tenant
        run = record.id
        command = record.command
        result = record.result
        outcome = Outcome(change, journal)
        action = change.action
        kind = change.kind
        name = change.name
        displayName = change.displayName
        fields = change.fields
        cause = record.command == .breakGlass ? nil : change.cause
        risk = change.risk
        risks = change.risks.map(\.id)
        approval = change.acceptedRisk
        reason = record.reason
        revision = record.revision
        author = record.author
        subject = record.subject
        startedBy = record.startedBy
        startedFrom = record.startedFrom
        planDigest = plan.planDigest
        evidence = Evidence(judgement)
    }
}

extension AuditRow.Outcome {
    fileprivate init(_ change: Change, _ journal: Journal?) {
        let states = (journal?.steps ?? []).filter { $0.write.kind == change.kind && $0.write.name == change.name }
            .map(\.state)
        if states.isEmpty || states.allSatisfy({ $0 == .planned }) {
            self = .notSent
        } else if states.allSatisfy({ $0 == .confirmed }) {
            self = .written
        } else if states.allSatisfy({ $0 == .undone || $0 == .planned || $0 == .failed }) {
            self = states.contains(.undone) ? .undone : .refused
        } else {
            self = .unsettled
        }
    }
}

extension AuditRow.Evidence {
    fileprivate init(_ judgement: Judgement?) {
        verdict = judgement?.verdict
        observedAt = judgement?.observedAt
        let all = judgement?.findings ?? []
        passed = all.count { $0.outcome == .pass }
        findings = all.filter { $0.outcome != .pass && $0.outcome != .info }.map { finding in
            let waiver = finding.waived ? ", waived: \(finding.waivedBy ?? "")" : ""
            return "\(finding.check) (\(finding.outcome.rawValue)) \(finding.subject)\(waiver)"
        }
    }

    /// The evidence in a sentence.
    var sentence: String {
        guard let verdict else { return "the TLS gate had nothing to judge, or was not asked" }
        var parts = ["TLS gate: \(verdict.rawValue)", passed.counted("check") + " passed"]
        if let observedAt { parts.append("observed \(Timestamp.text(observedAt))") }
        return (parts + findings).joined(separator: "; ")
    }
}

extension AuditRow {
    /// Who wanted it: the operator, and from where.
    var operatorText: String {
        guard let startedBy else { return startedFrom ?? "" }
        return startedFrom.map { "\(startedBy) on \($0)" } ?? startedBy
    }

    /// Why, from all that was said about it.
    var reasons: [String] {
        var reasons: [String] = []
        if let reason { reasons.append(reason) }
        if let subject { reasons.append(subject) }
        if let approval { reasons.append("risk accepted: \(approval)") }
        if let cause, cause != .git { reasons.append("drift was put back") }
        return reasons
    }
}
