import Connectors
import Planning

/// What holds a commit in one tenant, as the ending of a round tells it.
struct CommitFindings {
    let lane: Lane
    let outcome: RoundOutcome

    var all: [Finding] { [preflight, approval, rollback].compactMap { $0 } + blocks }

    private var preflight: Finding? {
        guard let gate = outcome.gate else { return nil }
        switch gate.verdict {
        case .pass, .warn: return nil
        case .approve, .hold, .block:
            return lane.finding(
                .preflightPassed,
                status: .false,
                gate.reason,
                gate.message.isEmpty ? outcome.message : gate.message,
                // What could not be judged is first tried again.
                isTold: gate.verdict != .hold || lane.memory.waiting != nil
            )
        }
    }

    private static let approvalGuards: Set<String> = [
        Guard.ID.approvalMissing.rawValue, Guard.ID.changesProposed.rawValue, Guard.ID.driftProposed.rawValue,
        Guard.ID.notReviewed.rawValue,
    ]

    private var approval: Finding? {
        let isProposed = outcome.cause == nil && outcome.result == .pending && lane.policy.changes == .propose
        let isGuarded = outcome.guards.contains(where: Self.approvalGuards.contains)
        let isOfGate = outcome.cause == .gateApproval || outcome.cause == .gateUndecided && lane.memory.waiting != nil
        guard isProposed || isGuarded || isOfGate else { return nil }
        // Some guards say so themselves.
        let isSaid = outcome.message.contains("mitregate approve ")
        let digest =
            isSaid
            ? "" : outcome.waiting.map { " To let it through: mitregate approve \($0.changesDigest) --reason …" } ?? ""
        return lane.finding(.approved, status: .false, "ApprovalRequired", "\(outcome.message)\(digest)")
    }

    private var rollback: Finding? {
        switch outcome.result {
        case .rolledBack, .partlyApplied: break
        case .inSync, .applied, .pending, .held, .blocked, .failed, .interrupted: return nil
        }
        let reason =
            switch outcome.cause {
            case .validationFailed, .gateWorse: "HealthCheckFailed"
            case .undoneByOthers: "PostApplyRegression"
            default: outcome.cause.map(Readiness.reason) ?? "Manual"
            }
        return lane.finding(.rolledBack, reason, outcome.message, severity: .high)
    }

    private var blocks: [Finding] {
        var reasons = Set(outcome.guards.compactMap(Self.blockReason))
        if reasons.isEmpty {
            switch outcome.cause {
            case .frozen: reasons = ["FreezeWindow"]
            case .sourceHeld: reasons = ["HistoryRewritten"]
            case .quarantined: reasons = ["Quarantined"]
            default: break
            }
        }
        return reasons.sorted().map {
            lane.finding(.blocked, $0, outcome.message, severity: $0 == "FreezeWindow" ? .info : .warning)
        }
    }

    /// The reason of `Blocked` for a guard; `nil` for those that only ask for an approval.
    private static func blockReason(_ id: String) -> String? {
        switch Guard.ID(rawValue: id) {
        case .freeze: "FreezeWindow"
        case .changeLimit, .deleteLimit, .sourceShrunk, .tenantShrunken: "ThresholdExceeded"
        case .sourceEmpty: "SourceEmpty"
        case .quarantinedRevision: "Quarantined"
        case .adoptionMissing, .recreated, .nameTaken: "ForeignOwner"
        case .approvalMissing, .changesProposed, .driftProposed, .notReviewed: nil
        case .connectorInUse, .ruleTargetUnusable, .ruleHasOtherParts, .exchangeWouldRefuse: "ExchangeWouldRefuse"
        case nil: id.hasPrefix("source-") ? "HistoryRewritten" : "Guarded"
        }
    }
}
