import Connectors
import FoundationEssentials

/// The way back: from the last step to the first, each object compared with what this run made of it before it is touched.
extension ApplyEngine {
    /// After the answer to a request that rolls back.
    static func rolledBack(_ journal: Journal, _ event: EngineEvent) -> Transition {
        var journal = journal
        guard let index = journal.steps.lastIndex(where: { $0.state == .undoing }) else {
            return Transition(journal: journal, action: .read(after: .zero))
        }
        var step = journal.steps[index]
        step.readings = 0
        var delay = Duration.zero
        switch event {
        case .accepted(let guid):
            step.isAcknowledged = true
            step.problem = nil
            if step.undo?.action == .create, let guid { step.guid = guid.lowercased() }
        case .refused(let reason):
            step.problem = reason
            step.readings = delays.count - 1
            delay = delays[min(step.sends, delays.count - 1)]
        case .ambiguous(let reason): step.problem = reason
        case .observed, .unreadable, .postponed: break
        }
        journal.steps[index] = step
        return Transition(journal: journal, action: .read(after: delay))
    }

    /// After a reading: rolls back as far as it can be told from it.
    static func rollBack(_ journal: Journal, _ view: TenantView, at instant: Date) -> Transition {
        var journal = journal
        var updates: [AppliedUpdate] = []
        for index in journal.steps.indices.reversed() {
            let step = journal.steps[index]
            switch step.state {
            case .planned, .failed, .undone, .undoRefused: continue
            case .confirmed: break
            case .sending, .sent:
                // A write that is not to be seen may only not have shown yet.
                guard step.readings < delays.count - 1, StepRollback(step, journal, view).isDone else { break }
                journal.steps[index].readings += 1
                let delay = delays[journal.steps[index].readings]
                return Transition(journal: journal, updates: updates, action: .read(after: delay))
            case .undoing:
                if !StepRollback(step, journal, view).isDone, let action = awaitUndo(&journal.steps[index], view) {
                    return Transition(journal: journal, updates: updates, action: action)
                }
            }
            let undo = StepRollback(journal.steps[index], journal, view)
            let decision =
                undo.isDone && step.state == .undoing
                ? .done
                : step.state == .undoing && step.sends >= maximumUndoSends ? undo.givenUp : undo.decision
            switch decision {
            case .done: updates += settle(&journal.steps[index], undo, at: instant)
            case .leave(let problem):
                journal.steps[index].state = .undoRefused
                journal.steps[index].problem = problem
            case .send(let write) where journal.protects(step, undo.object, against: write):
                journal.steps[index].state = .undoRefused
                // What is left in place is what a later rollback begins from.
                if step.write.action != .delete, step.after == nil { journal.steps[index].after = undo.object }
                journal.steps[index].problem =
                    """
                    \(step.write.label) was left in place: rolling it back would weaken security, which is never done without \
                    the operator's word. To restore what was before: mitregate rollback \(journal.run)
                    """
            case .send(var write):
                write.clearedList = step.undo?.clearedList
                let sends = step.state == .undoing ? step.sends + 1 : 1
                journal.steps[index].state = .undoing
                journal.steps[index].undo = write
                journal.steps[index].sends = sends
                journal.steps[index].readings = 0
                journal.steps[index].isAcknowledged = false
                if step.write.action == .delete, let guid = write.guid { journal.steps[index].guid = guid }
                return Transition(journal: journal, updates: updates, action: .send(write))
            }
        }
        let isPartly = journal.steps.contains { $0.state == .undoRefused }
        let result: RunRecord.Result = isPartly ? .partlyApplied : journal.isInterrupted ? .interrupted : .rolledBack
        return finished(journal, result, updates: updates)
    }

    /// Waits for a request that rolls back to show; `nil` where it has shown, or there is nothing left to wait for.
    private static func awaitUndo(_ step: inout Journal.Step, _ view: TenantView) -> Transition.Action? {
        guard let undo = step.undo else { return nil }
        let object =
            undo.action == .create && step.guid == step.write.guid
            ? view.object(undo.kind, named: undo.displayName) : view.object(of: step)
        if undo.shortfall(in: object) == nil { return nil }
        step.readings += 1
        if let clearing = step.clearingLists(shownIn: object) { return .send(clearing) }
        return step.readings < delays.count ? .read(after: delays[step.readings]) : nil
    }

    private static func settle(_ step: inout Journal.Step, _ undo: StepRollback, at instant: Date) -> [AppliedUpdate] {
        step.state = .undone
        if step.write.action == .delete, let object = undo.object { step.guid = object.guid }
        guard step.appliedBefore != nil || step.appliedAfter != nil || step.write.action == .create else { return [] }
        var updates: [AppliedUpdate] = []
        let key = step.appliedAfter?.key ?? step.write.key
        if key != step.appliedBefore?.key { updates.append(.forget(key)) }
        if var before = step.appliedBefore {
            if step.write.action == .delete, let guid = step.guid { before.guid = guid }
            step.appliedBefore = before
            updates.append(.remember(before))
        }
        return updates
    }
}

extension Journal {
    /// Whether rolling a step back would weaken security, and may not.
    fileprivate func protects(_ step: Step, _ object: ObservedConnector?, against undo: Write) -> Bool {
        guard let safeguard, step.state != .undoing, let object else { return false }
        let isOwn = steps.contains { $0.write.key == step.write.key && $0.write.action == .create }
        if isOwn && safeguard == .earlierObjects { return false }
        let now = NormalSettings(object.kind, object.settings)
        let then = undo.action == .delete ? nil : now.laying(undo.settings)
        return RiskRules(object.kind, before: now, after: then).risks.contains { $0.level == .high }
    }
}
