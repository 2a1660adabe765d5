import FoundationEssentials
import Planning

/// Why git and tenant do not agree, or what is waited for: the first reason that applies.
struct Readiness {
    private let lane: Lane

    init(_ lane: Lane) { self.lane = lane }

    /// `nil` when the tenant is ready.
    var finding: Finding? {
        let memory = lane.memory
        if let failure { return failure }
        guard let ending = memory.lastEnding else {
            return silent(.unknown, "Progressing", "The first round has not ended yet.")
        }
        let ledger = memory.ledger
        if let condition = ledger.conditions(of: .liveStateUnknown).first {
            return silent(.unknown, condition.reason, condition.message)
        }
        for type in [ConditionType.aheadOfGit, .suspended, .rolledBack, .stalled, .rolloutStopped, .rolloutWaiting] {
            if let condition = ledger.conditions(of: type).first {
                return silent(.false, condition.reason, condition.message)
            }
        }
        if let hold = memory.hold {
            let reason = hold.reason == .gate ? "HeldByGate" : "FreezeWindow"
            return silent(.false, reason, "\(ending.message) The next try is at \(hold.until.ISO8601Format()).")
        }
        for type in [ConditionType.preflightPassed, .approved, .blocked, .drifted, .appliedBeforeMerge] {
            let conditions = ledger.conditions(of: type).filter { $0.reason != UnmanagedText.reason }
            if let condition = conditions.first { return silent(.false, condition.reason, condition.message) }
        }
        // With nothing left to write, no plan is waiting for an approval.
        if let waiting = memory.waiting, waiting.cause != .guarded || ending.result != .inSync {
            return silent(.false, Self.reason(of: waiting.cause), waiting.message)
        }
        if ending.result == .pending { return silent(.false, "Pending", ending.message) }
        return nil
    }

    /// A failure that no other condition tells.
    private var failure: Finding? {
        guard let ending = lane.memory.lastEnding, let cause = ending.cause else { return nil }
        let isWaiting = lane.memory.waiting?.cause == cause
        switch cause {
        case .storeFailed, .sourceUnreadable, .ownFault:
            guard lane.failures > 0 else { return nil }
            return told(Self.reason(of: cause), ending.message, isTold: lane.failures > 1)
        case .definitionsInvalid, .configuration:
            return isWaiting ? told(Self.reason(of: cause), ending.message) : nil
        case .leased, .leaseLost, .interrupted, .stale:
            guard lane.failures > 0 else { return nil }
            return silent(.unknown, "Progressing", ending.message)
        case .passing, .throttled, .outage, .noToken, .permission, .unreadable:
            guard lane.failures > 0, !lane.memory.ledger.has(.liveStateUnknown) else { return nil }
            return told(Self.reason(of: cause), ending.message, isTold: lane.failures > 1)
        default: return nil
        }
    }

    private func silent(_ status: Condition.Status, _ reason: String, _ message: String) -> Finding {
        lane.finding(.ready, status: status, reason, message, severity: .info, isTold: false)
    }

    private func told(_ reason: String, _ message: String, isTold: Bool = true) -> Finding {
        lane.finding(.ready, status: .false, reason, message, isTold: isTold)
    }

    /// The cause in CamelCase: `store-failed` is `StoreFailed`.
    static func reason(of cause: StopCause) -> String {
        cause.rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
