package import Connectors
package import FoundationEssentials

/// Carries out a journal, or rolls it back: a pure state machine over what is written and what is then read.
///
/// Every write is in the journal, as `sending`, before it is sent; it is confirmed only by reading the tenant until it
/// agrees. When a step fails, what this run wrote is rolled back in reverse order, except for objects that someone else
/// has changed since, and never into weaker security (`Journal.Safeguard`). An object that someone else changed before its
/// step is not the commit's failure: the run ends there as stale, and what was confirmed stands. A journal that a dead process left is started
/// again like a new one: what may have been sent is first looked for.
///
/// The driver does what it is told, one action at a time, and tells what happened:
///
///     var transition = ApplyEngine.start(journal)  // of `journal(run:plan:…)`, of `Rollback`, or one that was left unfinished
///     while true {
///         if isInterrupted { transition = ApplyEngine.interrupt(transition) }
///         try store.saveJournal(transition.journal)  // durable before the action
///         for update in transition.updates { try store.save(update) }
///         let event: EngineEvent
///         switch transition.action {
///         case .send(let write): event = await writer.send(write)  // once; a timeout is `ambiguous`
///         case .read(let delay):
///             try await clock.sleep(for: delay)
///             event = await reader.read()  // all of the tenant again, or `unreadable`
///         case .finish(let result): return result  // for a plan's journal: store `plan.recordUpdates` if it is applied or unchanged
///         case .stop(let why): throw unknown(why)  // exit code 6; `start` resumes the journal later
///         }
///         transition = ApplyEngine.next(transition.journal, event)
///     }
///
/// A second interruption may end the process at once: the journal is resumable at any point.
package enum ApplyEngine {
    /// How long to wait before each of the readings that look for a write, as directories replicate (reference 2.10).
    package static let delays: [Duration] = [.zero, .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30)]

    /// A write whose outcome stays unknown is sent at most so often, and one that rolls back.
    static let maximumSends = 2
    static let maximumUndoSends = 3

    /// A reading of the tenant that is not older begins a run; an older one is made again.
    static let maximumAge: TimeInterval = 30

    /// Begins a new journal, or resumes one that was left unfinished.
    ///
    /// - Parameter plannedFrom: The reading that the run made for its own plan: while it is fresh the tenant is not read
    ///   again before the first write. It must report `journal.ruleNames`.
    package static func start(
        _ journal: Journal,
        plannedFrom observed: ObservedTenant? = nil,
        at instant: Date = .distantFuture
    ) -> Transition {
        var journal = journal
        if let result = journal.result, journal.phase == .finished {
            return Transition(journal: journal, action: .finish(result))
        }
        journal.failedReadings = 0
        for index in journal.steps.indices { journal.steps[index].readings = 0 }
        guard !journal.steps.isEmpty else { return finished(journal, .unchanged) }
        if let observed, journal.phase == .applying, journal.steps.allSatisfy({ $0.state == .planned }),
            (0...maximumAge).contains(instant.timeIntervalSince(observed.readAt))
        {
            return next(journal, .observed(observed))
        }
        return Transition(journal: journal, action: .read(after: .zero))
    }

    /// The answer to what happened when the last action was carried out.
    package static func next(_ journal: Journal, _ event: EngineEvent) -> Transition {
        if let result = journal.result, journal.phase == .finished {
            return Transition(journal: journal, action: .finish(result))
        }
        var journal = journal
        switch event {
        case .unreadable(let why):
            journal.failedReadings += 1
            guard journal.failedReadings < delays.count else {
                return Transition(journal: journal, action: .stop(why))
            }
            return Transition(journal: journal, action: .read(after: delays[journal.failedReadings]))
        case .observed(let tenant):
            journal.failedReadings = 0
            let view = TenantView(tenant)
            return journal.phase == .applying
                ? advance(journal, view, at: tenant.readAt) : rollBack(journal, view, at: tenant.readAt)
        case .postponed(let why): return postponed(journal, why)
        case .accepted, .refused, .ambiguous:
            return journal.phase == .applying ? applied(journal, event) : rolledBack(journal, event)
        }
    }

    /// Turns a transition whose action is not yet carried out into one that stops as soon as it safely can.
    ///
    /// A request that was not sent is not sent; one in flight is first decided by reading. Then the run is rolled back.
    package static func interrupt(_ transition: Transition) -> Transition {
        var journal = transition.journal
        guard journal.phase == .applying, let index = journal.currentIndex else { return transition }
        switch transition.action {
        case .finish, .stop: return transition
        case .send where journal.steps[index].sends == 1:
            journal.steps[index].state = .planned
            journal.steps[index].sends = 0
        case .read where journal.steps[index].state == .planned: break
        case .send, .read:
            journal.isInterrupted = true
            return Transition(journal: journal, updates: transition.updates, action: transition.action)
        }
        var turned = beginRollback(journal, interruption, isInterruption: true)
        turned.updates = transition.updates + turned.updates
        return turned
    }

    static let interruption = "the run was interrupted"

    /// After a request that surely had no effect and may succeed later: neither the commit nor what was confirmed is to
    /// blame, so nothing is rolled back and nothing is quarantined.
    private static func postponed(_ journal: Journal, _ why: Postponement) -> Transition {
        var journal = journal
        switch journal.phase {
        case .finished: break
        case .rollingBack:
            if let index = journal.steps.lastIndex(where: { $0.state == .undoing }) {
                journal.steps[index].sends -= 1
                journal.steps[index].problem = why.reason
            }
        case .applying:
            guard let index = journal.currentIndex, journal.steps[index].state == .sending else { break }
            journal.steps[index].problem = why.reason
            guard journal.steps[index].write.clearedList == nil else {
                journal.steps[index].withdrawClearing()
                break
            }
            // An earlier request for the step may have had an effect: that is still looked for.
            guard journal.steps[index].sends == 1 else {
                journal.steps[index].sends -= 1
                break
            }
            journal.steps[index].state = .planned
            journal.steps[index].sends = 0
            let hasEffect = journal.steps.contains { ![.planned, .failed].contains($0.state) }
            guard hasEffect else {
                journal.reason = "\(journal.steps[index].write.label): \(why.reason)"
                journal.remedy = why.remedy
                journal.cause = why.cause
                journal.until = why.until
                return finished(journal, journal.isInterrupted ? .interrupted : .failed)
            }
        }
        return Transition(journal: journal, action: .stop(why))
    }

    /// Rolls back a run that was applied and then failed a check, as if a step had failed.
    ///
    /// - Parameters:
    ///   - reason: What was found, in a sentence for people.
    ///   - cause: A failed validation, or a change that others undid.
    ///   - mayWeaken: Whether the operator's own file says to roll back even into weaker security.
    package static func rollBack(
        _ journal: Journal,
        because reason: String,
        cause: StopCause,
        mayWeaken: Bool
    ) -> Transition {
        guard journal.result == .applied else { return start(journal) }
        var journal = journal
        journal.phase = .rollingBack
        journal.owed = nil
        journal.reason = reason
        journal.cause = cause
        journal.safeguard = mayWeaken ? nil : .everything
        journal.result = nil
        return start(journal)
    }

    /// Remembers that a check of an applied run was passed, or is asked for no longer.
    package static func settled(_ journal: Journal, _ check: Journal.Check) -> Journal {
        var journal = journal
        let left = journal.owed?.filter { $0 != check } ?? []
        journal.owed = left.isEmpty ? nil : left
        return journal
    }

    static func finished(_ journal: Journal, _ result: RunRecord.Result, updates: [AppliedUpdate] = []) -> Transition {
        var journal = journal
        journal.phase = .finished
        journal.result = result
        if result != .applied { journal.owed = nil }
        return Transition(journal: journal, updates: updates, action: .finish(result))
    }
}

extension Journal {
    /// The place of the first step that is not confirmed.
    var currentIndex: Int? { steps.firstIndex { $0.state != .confirmed } }
}
