package import FoundationEssentials

/// A tenant's queue: one round at a time, and no request lost.
///
/// It decides when the tenant runs, why, and what the run may write; it has no clock, no task and no network. Whoever drives
/// it tells what happened, with the time and a number by chance, and does what it answers, in order:
///
///     for action in lane.handle(.tick, at: now, chance: .random(in: 0..<1)) {
///         switch action {
///         case .begin(let round): …   // then lane.handle(.roundEnded(outcome), …)
///         case .end(let round): …     // cancel it; it still tells its outcome
///         case .answer(let answer): … // wake whoever waits for the request
///         case .raise(let drafts): …  // store and send
///         case .wake(let time): …     // sleep until then, and tell .tick
///         }
///     }
///
/// `memory` is kept in the store, so that a restart or another replica forgets nothing.
package struct Lane: Hashable, Sendable {
    package let tenant: String
    package internal(set) var policy: LanePolicy
    package internal(set) var memory: LaneMemory
    /// The round under way.
    package internal(set) var running: Round?
    /// Why the next full round comes, and when.
    package internal(set) var pending: Set<Cause> = []
    var pendingAt: Date?
    /// The requests that the round under way answers.
    var answering: Set<String> = []
    var isEnding = false
    var rounds = 0
    var nextCheap: Date?
    var nextFull: Date?
    /// How often in a row it failed, when it is tried again, and how.
    var failures = 0
    var retryAt: Date?
    var retryKind = Round.Kind.cheap
    /// Until when the service wants to be left alone; it holds for requests too.
    var throttledUntil: Date?
    /// What the last full round saw; empty before the first.
    var drift: [DriftFinding] = []
    /// When authors that were not known yet are looked for again.
    var authorsAt: Date?
    /// How often in a row the tenant could not be read.
    var unknowns = 0
    /// Whether something came, while a round was under way, that its ending knows nothing of.
    var isOvertaken = false

    /// From so many tenants on, a push is spread over `spread`.
    package static let spreadFrom = 11
    package static let spread: TimeInterval = 60
    /// The shares by which an interval is longer, by chance; never shorter, so that the requests of a day are bounded.
    static let leastJitter = 0.01
    static let jitter = 0.1
    static let longestBackOff: TimeInterval = 300
    /// The longest time that the service's `Retry-After` is obeyed.
    static let longestRetryAfter: TimeInterval = 3_600
    /// After how long a commit that the gate could not judge is tried again; then a person must approve.
    static let holdLadder: [TimeInterval] = [60, 300, 900]
    /// How long a round that was told to end may take to end before it is given up.
    static let endingGrace: TimeInterval = 60
    static let authorInterval: TimeInterval = 900

    package init(tenant: String, policy: LanePolicy, memory: LaneMemory? = nil) {
        self.tenant = tenant
        self.policy = policy
        self.memory = memory ?? LaneMemory(tenant: tenant)
    }

    /// Takes in what happened, and answers with what to do.
    ///
    /// - Parameter chance: A number by chance, at least 0 and below 1.
    package mutating func handle(_ input: LaneInput, at now: Date, chance: Double) -> [LaneAction] {
        let chance = min(max(chance, 0), 0.999_999)
        var actions: [LaneAction] = []
        bound(at: now, chance)
        switch input {
        case .started: start(at: now, chance)
        case .tick: break
        case .asked(let id, let cause): actions += ask(id, cause, at: now)
        case .sourceMoved(let revision, let tree, let isSpread): move(revision, tree, isSpread, at: now, chance)
        case .roundEnded(let outcome): actions += end(outcome, at: now, chance)
        case .policyChanged(let policy): change(policy, at: now, chance)
        case .suspended(let suspension): memory.suspension = suspension
        case .resumed: resume(at: now)
        case .approved(let approval): approve(approval, at: now)
        case .rollout(let permission): permit(permission, at: now)
        case .stirred(let cause): stir(cause, at: now)
        }
        if let suspension = memory.suspension, suspension.until <= now { resume(at: now) }
        actions += endOverdue(at: now, chance)
        let drafts = told(at: now) + memory.ledger.reminders(at: now)
        if !drafts.isEmpty { actions.append(.raise(drafts)) }
        if let round = beginIfDue(at: now) { actions.append(.begin(round)) }
        memory.owed = pending.union(running?.kind == .full ? running?.causes ?? [] : []).sorted()
        memory.isWriting = running?.mayWrite ?? false
        actions.append(.wake(at: nextWake(after: now)))
        return actions
    }

    // MARK: What is told

    private mutating func start(at now: Date, _ chance: Double) {
        let first = now.addingTimeInterval(policy.interval.seconds * chance)
        nextCheap = first
        nextFull = first
        guard !memory.owed.isEmpty else { return }
        pending.formUnion(memory.owed)
        pendingAt = memory.isWriting ? now : min(first, now.addingTimeInterval(Self.spread * chance))
    }

    private mutating func ask(_ id: String, _ cause: Cause, at now: Date) -> [LaneAction] {
        guard !memory.requests.contains(where: { $0.id == id }) else { return [] }
        guard memory.requests.count < LaneMemory.requestLimit else {
            let message = """
                \(LaneMemory.requestLimit) requests for \(tenant) wait for its next round already, so this one was not taken. \
                Wait for the outcome of one of them, and ask less often; `mitregate status` says when the tenant is looked at next.
                """
            return [.answer(RequestAnswer(request: id, refused: message))]
        }
        memory.requests.append(LaneRequest(id: id, cause: cause, at: now))
        tryAgain()
        if cause == .retry {
            for index in memory.traces.indices {
                memory.traces[index].isFight = false
                memory.traces[index].flips = []
            }
        }
        return []
    }

    private mutating func move(_ revision: String, _ tree: String, _ isSpread: Bool, at now: Date, _ chance: Double) {
        let isNew = memory.tree != tree
        memory.revision = revision
        memory.tree = tree
        guard isNew else { return }
        tryAgain()
        // An approval is of the plan that was, and the plan is another.
        memory.approvals = []
        let at = isSpread ? now.addingTimeInterval(Self.spread * chance) : now
        pending.insert(.commit)
        pendingAt = min(pendingAt ?? at, at)
    }

    private mutating func change(_ policy: LanePolicy, at now: Date, _ chance: Double) {
        guard policy != self.policy else { return }
        self.policy = policy
        tryAgain()
        memory.hold = nil
        // The new interval holds at once, and not all at one time.
        let first = now.addingTimeInterval(policy.interval.seconds * chance)
        nextCheap = min(nextCheap ?? first, first)
        pending.insert(.interval)
        pendingAt = min(pendingAt ?? first, first)
    }

    private mutating func resume(at now: Date) {
        guard memory.suspension != nil else { return }
        memory.suspension = nil
        stir(.request, at: now)
    }

    private mutating func approve(_ approval: Approval, at now: Date) {
        memory.approvals.append(approval)
        memory.approvals.removeFirst(max(0, memory.approvals.count - LaneMemory.approvalLimit))
        tryAgain()
        stir(.approval, at: now)
    }

    private mutating func permit(_ permission: RolloutPermission, at now: Date) {
        let wasHeld = memory.rollout != .go
        memory.rollout = permission
        if wasHeld && permission == .go { stir(.commit, at: now) }
    }

    mutating func stir(_ cause: Cause, at now: Date) {
        pending.insert(cause)
        pendingAt = min(pendingAt ?? now, now)
    }

    /// Forgets why the commit was not tried: git, the configuration or a person changed something.
    private mutating func tryAgain() {
        isOvertaken = running != nil
        memory.waiting = nil
        if memory.hold?.reason == .gate { memory.hold = nil }
        if retryAt != nil { retryKind = .full }
        for index in memory.traces.indices { memory.traces[index].isFruitless = nil }
    }

    /// Keeps what was reckoned before the clock was set back from lying far ahead.
    private mutating func bound(at now: Date, _ chance: Double) {
        func bound(_ time: Date?, _ longest: TimeInterval) -> Date? {
            time.map { min($0, now.addingTimeInterval(longest)) }
        }
        nextCheap = bound(nextCheap, policy.interval.seconds * (1 + Self.jitter))
        nextFull = bound(nextFull, max(policy.fullInterval, policy.interval).seconds * (1 + Self.jitter))
        pendingAt = bound(pendingAt, max(Self.spread, policy.interval.seconds))
        retryAt = bound(retryAt, Self.longestRetryAfter + 1)
        throttledUntil = bound(throttledUntil, Self.longestRetryAfter)
        authorsAt = bound(authorsAt, Self.authorInterval * (1 + Self.jitter))
        if let round = running, now < round.beganAt {
            running?.deadline = min(round.deadline, now.addingTimeInterval(policy.deadline.seconds))
        }
        for trace in memory.traces.indices {
            for field in memory.traces[trace].fields.indices where memory.traces[trace].fields[field].since > now {
                memory.traces[trace].fields[field].since = now
            }
        }
    }
}

extension Duration {
    /// As `Date` reckons.
    var seconds: TimeInterval {
        let parts = components
        return TimeInterval(parts.seconds) + TimeInterval(parts.attoseconds) / 1e18
    }
}
