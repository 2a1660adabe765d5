import Connectors
import FoundationEssentials

/// The way forward: write, read back, next step.
extension ApplyEngine {
    /// After the answer to a request.
    static func applied(_ journal: Journal, _ event: EngineEvent) -> Transition {
        var journal = journal
        guard let index = journal.currentIndex else { return finished(journal, .applied) }
        var step = journal.steps[index]
        guard step.state == .sending else { return Transition(journal: journal, action: .read(after: .zero)) }
        step.readings = 0
        switch event {
        case .accepted(let guid):
            step.state = .sent
            step.isAcknowledged = true
            step.guid = guid.map { $0.lowercased() } ?? step.guid
            step.problem = nil
        case .refused(let reason):
            step.problem = reason
            step.isRefused = true
            if step.sends == 1 {
                step.state = .failed
                journal.steps[index] = step
                return beginRollback(journal, "\(step.write.label): \(reason)")
            }
        case .ambiguous(let reason):
            step.problem = reason
            step.isRefused = nil
        case .observed, .unreadable, .postponed: break
        }
        journal.steps[index] = step
        return Transition(journal: journal, action: .read(after: .zero))
    }

    /// After a reading: judges the step in flight, and goes on to the next where it agrees.
    static func advance(_ journal: Journal, _ view: TenantView, at instant: Date) -> Transition {
        var journal = journal
        var updates: [AppliedUpdate] = []
        while let index = journal.currentIndex {
            let step = journal.steps[index]
            guard step.state == .sending || step.state == .sent else {
                return launch(journal, index, view, at: instant, updates)
            }
            let object = view.object(of: step)
            if let shortfall = step.write.shortfall(in: object) {
                return wait(journal, index, view, shortfall: shortfall, at: instant, updates)
            }
            updates += confirm(&journal.steps[index], object, at: instant)
        }
        journal.appliedAt = instant
        return finished(journal, .applied, updates: updates)
    }

    private static func confirm(
        _ step: inout Journal.Step,
        _ object: ObservedConnector?,
        at instant: Date
    ) -> [AppliedUpdate] {
        step.state = .confirmed
        step.problem = nil
        step.after = object
        step.guid = object?.guid ?? step.guid
        guard step.isLastOfConnector else { return [] }
        var updates: [AppliedUpdate] = []
        if let former = step.appliedBefore, former.key != step.appliedAfter?.key { updates.append(.forget(former.key)) }
        if let guid = step.guid, step.appliedAfter != nil {
            step.appliedAfter?.guid = guid
            step.appliedAfter?.at = instant
        }
        if let after = step.appliedAfter { updates.append(.remember(after)) }
        return updates
    }

    /// Sends a planned step, if the object is still as it was planned on.
    private static func launch(
        _ journal: Journal,
        _ index: Int,
        _ view: TenantView,
        at instant: Date,
        _ updates: [AppliedUpdate]
    ) -> Transition {
        var journal = journal
        if journal.isInterrupted {
            return beginRollback(journal, interruption, isInterruption: true, view, at: instant, updates)
        }
        var step = journal.steps[index]
        if step.write.action == .update && step.write.guid == nil {
            step.guid = journal.steps[..<index].last { $0.write.key == step.write.key }?.guid
            step.write.guid = step.guid
        }
        if let surprise = surprise(step, view) {
            step.state = .failed
            step.problem = surprise
            journal.steps[index] = step
            return giveWay(journal, index, view, at: instant, updates)
        }
        step.state = .sending
        step.sends = 1
        step.readings = 0
        step.isAcknowledged = false
        journal.steps[index] = step
        return Transition(journal: journal, updates: updates, action: .send(step.write))
    }

    /// Ends a run that met what others did since its plan: the commit is not to blame for that, so it is planned again.
    ///
    /// What was confirmed stands, except for the part of a connector of which not all is written yet: nothing knows that as
    /// ours, so the run is rolled back.
    private static func giveWay(
        _ journal: Journal,
        _ index: Int,
        _ view: TenantView,
        at instant: Date,
        _ updates: [AppliedUpdate]
    ) -> Transition {
        var journal = journal
        let step = journal.steps[index]
        journal.reason = "\(step.write.label): \(step.problem ?? "")"
        journal.cause = .stale
        if journal.steps[..<index].contains(where: { $0.write.key == step.write.key }) {
            return beginRollback(journal, journal.reason ?? "", view, at: instant, updates)
        }
        return finished(journal, index == 0 ? .failed : .partlyApplied, updates: updates)
    }

    /// Why the tenant is no longer what the step was planned on.
    private static func surprise(_ step: Journal.Step, _ view: TenantView) -> String? {
        switch step.write.action {
        case .create:
            guard view.object(step.write.kind, named: step.write.displayName) != nil else { return nil }
            return "someone else has made an object of that name since the plan"
        case .update, .delete:
            let isValidation = !step.write.changesSettings
            guard let object = view.object(guid: step.write.guid) else {
                return "the object was deleted after \(isValidation ? "it was validated" : "the plan was made")"
            }
            guard let before = step.before else { return nil }
            let fields = object.deviations(from: before)
            guard fields.isEmpty else {
                return
                    "someone else has changed \(Phrase.list(fields)) since the \(isValidation ? "validation" : "plan")"
            }
            guard isValidation, object.validated != before.validated else { return nil }
            return "someone else has recorded another validation since"
        }
    }

    /// What to do where the tenant does not yet agree with a write.
    private static func wait(
        _ journal: Journal,
        _ index: Int,
        _ view: TenantView,
        shortfall: String,
        at instant: Date,
        _ updates: [AppliedUpdate]
    ) -> Transition {
        var journal = journal
        var step = journal.steps[index]
        step.readings += 1
        let object = view.object(of: step)
        if step.isSeenButForLists(in: object) && !hasNoEffect(step, view) { step.accept() }
        if !journal.isInterrupted, let clearing = step.clearingLists(shownIn: object) {
            journal.steps[index] = step
            return Transition(journal: journal, updates: updates, action: .send(clearing))
        }
        journal.steps[index] = step
        if step.readings < delays.count {
            return Transition(journal: journal, updates: updates, action: .read(after: delays[step.readings]))
        }
        if step.state == .sending && step.isRefused != true && step.write.clearedList != nil && !journal.isInterrupted {
            // The first form was accepted, and the answer to the other was lost: a later run goes on from there.
            let reason = "\(step.write.label): \(step.problem ?? "the answer was lost"), and \(shortfall)"
            step.withdrawClearing()
            journal.steps[index] = step
            return Transition(journal: journal, updates: updates, action: .stop(Postponement(reason)))
        }
        let isLost = step.state == .sending && hasNoEffect(step, view)
        if isLost && step.sends < maximumSends && !journal.isInterrupted {
            step.sends += 1
            step.readings = 0
            journal.steps[index] = step
            return Transition(journal: journal, updates: updates, action: .send(step.write))
        }
        if isLost && !journal.isInterrupted && step.isRefused != true {
            // Whether it ever arrived is not known, and it has no effect: a later run sends it.
            step.state = .planned
            step.sends = 0
            step.readings = 0
            let reason =
                "\(step.write.label): \(step.problem ?? "the answer was lost"), and nothing of it is to be seen"
            journal.steps[index] = step
            guard journal.steps.contains(where: { ![.planned, .failed].contains($0.state) }) else {
                journal.reason = reason
                journal.cause = .passing
                return finished(journal, .failed, updates: updates)
            }
            return Transition(journal: journal, updates: updates, action: .stop(Postponement(reason)))
        }
        if isLost && journal.isInterrupted && step.isRefused != true {
            return beginRollback(journal, interruption, isInterruption: true, view, at: instant, updates)
        }
        let reason =
            step.isAcknowledged
            ? "Exchange accepted it, but \(shortfall)"
            : "\(shortfall) (\(step.problem ?? "the answer was lost"))"
        step.problem = reason
        journal.steps[index] = step
        journal.cause = step.isAcknowledged ? .didNotStick : journal.cause
        return beginRollback(journal, "\(step.write.label): \(reason)", view, at: instant, updates)
    }

    /// Whether a request whose answer was lost surely did nothing, so that it may be sent again.
    private static func hasNoEffect(_ step: Journal.Step, _ view: TenantView) -> Bool {
        switch step.write.action {
        case .create: view.object(step.write.kind, named: step.write.displayName) == nil
        case .update, .delete:
            view.object(guid: step.write.guid).map { object in
                step.before.map { before in
                    object.deviations(from: before).isEmpty
                        && (step.write.changesSettings || object.validated == before.validated)
                } ?? true
            } ?? false
        }
    }

    /// Leaves the way forward: rolling back begins at once with a reading at hand, and else with a reading.
    static func beginRollback(
        _ journal: Journal,
        _ reason: String,
        isInterruption: Bool = false,
        _ view: TenantView? = nil,
        at instant: Date? = nil,
        _ updates: [AppliedUpdate] = []
    ) -> Transition {
        var journal = journal
        journal.phase = .rollingBack
        journal.reason = reason
        journal.isInterrupted = isInterruption
        journal.cause = isInterruption ? .interrupted : journal.cause ?? .refused
        // A person who interrupts wants it as it was.
        journal.safeguard = isInterruption ? nil : journal.safeguard
        let mayHaveEffect = journal.steps.contains { ![.planned, .failed].contains($0.state) }
        guard mayHaveEffect else {
            return finished(journal, isInterruption ? .interrupted : .rolledBack, updates: updates)
        }
        guard let view, let instant else {
            return Transition(journal: journal, updates: updates, action: .read(after: .zero))
        }
        var transition = rollBack(journal, view, at: instant)
        transition.updates = updates + transition.updates
        return transition
    }
}

extension Write {
    var key: ConnectorKey { ConnectorKey(kind: kind, name: name) }
}
