import Connectors
import FoundationEssentials
import Planning

/// When the next round comes, and what it may do.
extension Lane {
    /// The next round, if one is due and none is under way.
    mutating func beginIfDue(at now: Date) -> Round? {
        guard running == nil, let kind = kindDue(at: now) else { return nil }
        rounds += 1
        var causes = kind == .full ? pending : []
        var corrections: [Round.Correction] = []
        if kind == .full {
            answering = Set(memory.requests.map(\.id))
            causes.formUnion(memory.requests.map(\.cause))
            pending = []
            pendingAt = nil
            corrections = self.corrections(at: now)
            for correction in corrections { trace(correction.connector) { $0.triedAt = now } }
            if let hold = memory.hold, hold.until <= now, hold.reason == .freeze { memory.hold = nil }
        }
        if causes.isEmpty { causes = [.interval] }
        retryAt = nil
        throttledUntil = nil
        authorsAt = kind == .full ? nil : authorsAt
        let round = Round(
            number: rounds,
            kind: kind,
            causes: causes.sorted(),
            mayApply: kind == .full && mayApply(at: now),
            corrections: corrections,
            approvals: kind == .full && memory.suspension == nil ? memory.approvals : [],
            beganAt: now,
            deadline: now.addingTimeInterval(policy.deadline.seconds)
        )
        running = round
        isEnding = false
        isOvertaken = false
        return round
    }

    /// Whether a round that begins now may write the commit's changes.
    func mayApply(at now: Date) -> Bool {
        guard memory.suspension == nil, memory.rollout == .go else { return false }
        guard policy.changes == .apply || !memory.approvals.isEmpty else { return false }
        if let hold = memory.hold, hold.until > now { return false }
        return memory.waiting.map(\.isOfGate) ?? true
    }

    /// The round that is due now, if any.
    private func kindDue(at now: Date) -> Round.Kind? {
        if let throttledUntil, now < throttledUntil { return nil }
        if !memory.requests.isEmpty { return .full }
        if let retryAt { return retryAt <= now ? retryKind : nil }
        if fullTimes(at: now).contains(where: { $0 <= now }) { return .full }
        if let nextCheap, nextCheap <= now { return .cheap }
        return nil
    }

    /// The times at which a full round comes.
    private func fullTimes(at now: Date) -> [Date] {
        let isOpen = memory.suspension == nil && memory.rollout == .go
        return [
            nextFull, pending.isEmpty ? nil : pendingAt, isOpen ? memory.hold?.until : nil, correctionDue(at: now),
            authorsAt,
        ].compactMap { $0 }
    }

    /// When the lane wants to be told the time again; always after `now`.
    func nextWake(after now: Date) -> Date {
        var times: [Date] = [memory.suspension?.until, memory.ledger.nextReminder].compactMap { $0 }
        if let running {
            times.append(isEnding ? running.deadline.addingTimeInterval(Self.endingGrace) : running.deadline)
        } else if let throttledUntil, throttledUntil > now {
            times.append(throttledUntil)
        } else if let retryAt {
            times.append(retryAt)
        } else {
            times += fullTimes(at: now)
            if let nextCheap { times.append(nextCheap) }
        }
        let farthest = now.addingTimeInterval(max(policy.interval.seconds, 1) * 2)
        return max(times.min() ?? farthest, now.addingTimeInterval(0.001))
    }

    /// Ends a round that has passed its deadline, and gives up one that does not end.
    mutating func endOverdue(at now: Date, _ chance: Double) -> [LaneAction] {
        guard let round = running, now >= round.deadline else { return [] }
        guard isEnding else {
            isEnding = true
            return [.end(round: round.number)]
        }
        guard now >= round.deadline.addingTimeInterval(Self.endingGrace) else { return [] }
        let lost = RoundOutcome(
            round: round.number,
            result: .failed,
            live: .notAsked,
            cause: .ownFault,
            message: "The round did not end within its deadline, and not when it was told to.",
            exitCode: 1
        )
        return end(lost, at: now, chance)
    }
}
