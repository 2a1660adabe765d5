import FoundationEssentials
import Planning

/// What the ending of a round means for the next one.
extension Lane {
    mutating func end(_ outcome: RoundOutcome, at now: Date, _ chance: Double) -> [LaneAction] {
        // A round that was given up may still tell; what it did is seen by the next one.
        guard let round = running, round.number == outcome.round else { return [] }
        running = nil
        let wasOverdue = isEnding
        isEnding = false
        let answered = memory.requests.filter { answering.contains($0.id) }.map(\.id)
        memory.requests.removeAll { answering.contains($0.id) }
        answering = []
        tried(round, outcome)
        look(at: outcome, of: round, at: now, chance)
        if round.kind == .full || outcome.cause != nil {
            memory.lastEnding = LastEnding(
                result: outcome.result,
                cause: outcome.cause,
                revision: outcome.revision,
                run: outcome.run,
                message: outcome.message,
                at: now
            )
        }
        schedule(after: outcome, of: round, at: now, chance)
        var drafts = state(wasOverdue: wasOverdue, outcome, at: now)
        drafts += learn(outcome, of: round, at: now)
        drafts += judge(outcome, of: round, at: now)
        drafts += tellAhead(outcome, at: now)
        var actions = answered.map { LaneAction.answer(RequestAnswer(request: $0, outcome)) }
        if !drafts.isEmpty { actions.append(.raise(drafts)) }
        return actions
    }

    /// Decides when to try again what did not come to its end.
    private mutating func look(at outcome: RoundOutcome, of round: Round, at now: Date, _ chance: Double) {
        let hasFailed = [.failed, .interrupted].contains(outcome.result)
        guard let cause = outcome.cause ?? (hasFailed ? .ownFault : nil) else {
            failures = 0
            if round.mayApply && [.inSync, .applied].contains(outcome.result) { settle(round) }
            if isBack(outcome, of: round) {
                memory.waiting = nil
                stir(.commit, at: now)
            }
            return
        }
        let look = outcome.nextLook ?? cause.nextLook()
        switch (cause, look) {
        case (.gateUndecided, _):
            failures = 0
            holdForGate(outcome, at: now)
        case (.frozen, .at(let end)):
            failures = 0
            memory.hold = Hold(reason: .freeze, until: end, tries: 0)
        case (.frozen, _): failures = 0
        case (_, .at(let time)):
            failures += 1
            let until = min(max(time, now), now.addingTimeInterval(Self.longestRetryAfter))
            throttledUntil = until
            tryLater(round, at: until.addingTimeInterval(chance))
        case (_, .afterPerson):
            failures = 0
            wait(for: cause, outcome, at: now)
        case (_, .afterBackoff), (_, .onChange):
            failures += 1
            let longest = min(Self.longestBackOff, pow2(failures - 1))
            tryLater(round, at: now.addingTimeInterval(max(0.05, longest * chance)))
        }
    }

    /// The commit is done with: nothing is waited for, and approvals are used up.
    private mutating func settle(_ round: Round) {
        memory.waiting = nil
        memory.hold = nil
        memory.approvals.removeAll { round.approvals.contains($0) }
    }

    /// Whether a plan that waited for an approval went away and came back, as when a request is applied before its merge and
    /// then taken back.
    ///
    /// Its condition was cleared in between, so the guards have to judge it, and people have to be asked, once more.
    private func isBack(_ outcome: RoundOutcome, of round: Round) -> Bool {
        guard let waiting = memory.waiting, waiting.cause == .guarded, !waiting.guards.isEmpty else { return false }
        return round.kind == .full && outcome.result == .pending && !memory.ledger.has(.approved)
            && !memory.ledger.has(.blocked)
    }

    private mutating func holdForGate(_ outcome: RoundOutcome, at now: Date) {
        let tries = memory.hold?.reason == .gate ? memory.hold?.tries ?? 0 : 0
        guard tries < Self.holdLadder.count else {
            memory.hold = nil
            wait(for: .gateUndecided, outcome, at: now)
            return
        }
        guard memory.waiting == nil, !isOvertaken else { return }
        memory.hold = Hold(reason: .gate, until: now.addingTimeInterval(Self.holdLadder[tries]), tries: tries + 1)
    }

    private mutating func wait(for cause: StopCause, _ outcome: RoundOutcome, at now: Date) {
        memory.hold = nil
        guard !isOvertaken else { return }
        memory.waiting = WaitingForPerson(
            cause: cause,
            message: outcome.message,
            guards: outcome.guards,
            plan: outcome.waiting,
            since: memory.waiting?.cause == cause ? memory.waiting?.since ?? now : now
        )
    }

    private mutating func tryLater(_ round: Round, at time: Date) {
        retryAt = time
        retryKind = round.kind
        if round.kind == .full {
            pending.formUnion(round.causes)
            pendingAt = time
        }
    }

    private func pow2(_ exponent: Int) -> TimeInterval { TimeInterval(1 << min(max(exponent, 0), 20)) }

    /// When the next regular rounds come.
    private mutating func schedule(after outcome: RoundOutcome, of round: Round, at now: Date, _ chance: Double) {
        let share = 1 + Self.leastJitter + (Self.jitter - Self.leastJitter) * chance
        nextCheap = now.addingTimeInterval(policy.interval.seconds * share)
        if round.kind == .full && retryAt == nil {
            nextFull = now.addingTimeInterval(max(policy.fullInterval, policy.interval).seconds * share)
        }
        switch outcome.live {
        case .read, .unmoved:
            unknowns = 0
            memory.lastReadAt = now
        case .moved:
            unknowns = 0
            memory.lastReadAt = now
            guard round.kind == .cheap else { break }
            pending.formUnion(round.causes)
            pendingAt = now
        case .unknown: unknowns += 1
        case .notAsked: break
        }
        if case .read(let view) = outcome.live {
            authorsAt =
                view.drift.contains { $0.author == .notYetKnown && !$0.item.accepted }
                ? now.addingTimeInterval(Self.authorInterval * share) : nil
        }
    }
}
