import Connectors
import FoundationEssentials
import Planning

/// What becomes of a watch: a verdict that mail regressed, or its end.
extension WatchRound {
    mutating func regress(_ place: Int, _ pending: OutboundWork.PendingVerdict) {
        let index = works[place].index
        let others = routing.connectors.filter { $0.guid != watches[index].change.connector.guid }.map(\.settings)
        let weakenings = watches[index].change.weakenings(among: others)
        watches[index].verdict = WatchVerdict(
            witness: pending.witness,
            cause: pending.cause.cause,
            code: pending.cause.code,
            host: pending.cause.host,
            sight: works[place].sight,
            before: watches[index].beforeText(pending.cause.cause),
            weakenings: weakenings.map(\.message)
        )
        if let reason = holdReason(index, pending, isWeaker: !weakenings.isEmpty) {
            notices += watches[index].enter(.regressedHeld, reason, at: now)
        } else {
            watches[index].takeBackRun = newRun()
            notices += watches[index].enter(.takingBack, nil, at: now)
            if let takeBack = watches[index].pendingTakeBack { takeBacks.append(takeBack) }
        }
    }

    /// Why a regressed connector is not taken back; `nil` where it is.
    private func holdReason(
        _ index: Int,
        _ pending: OutboundWork.PendingVerdict,
        isWeaker: Bool
    ) -> WatchReason? {
        let policy = watches[index].policy.onRegression
        if pending.witness == .statistic && watches[index].counters.open > 0 { return .beforeOpen }
        if isWeaker && policy != .rollBackEvenIfWeaker { return .wouldWeaken }
        return policy == .hold || isTenantSuspended ? .configured : nil
    }

    mutating func finish() {
        judgeInbound()
        for index in watches.indices where watches[index].state.isReading {
            watches[index].outbound?.prune(constants, at: now)
            if now >= watches[index].end {
                let reason = watches[index].endReason
                notices += watches[index].enter(.notJudged, reason, at: now)
            }
        }
    }
}

extension Watch {
    /// Why nothing was decided by the end.
    fileprivate var endReason: WatchReason {
        if state == .suspended { return .suspended }
        if unreadableRounds > 0 || lastRead == nil { return .traceUnreadable }
        if let inbound { return inbound.isSilent ? .silent : .tooLittleMail }
        if isScopeUntraceable { return .scopeNotTraceable }
        return baseRate?.isTooHigh == true ? .baseRate : .tooLittleMail
    }
}
