import Connectors
import FoundationEssentials
import Planning

/// The steps of a run, and how each of them ended.
enum JournalReport {
    /// - Parameters:
    ///   - showsBefore: Whether to show what was there before each step.
    ///   - showsReason: Whether to say why the run failed, where nothing else does.
    static func add(_ journal: Journal, showsBefore: Bool, showsReason: Bool = true, to page: inout Page) {
        guard !journal.steps.isEmpty else { return }
        page.add("Steps", ink: .strong)
        for (number, step) in journal.steps.enumerated() {
            add(step, number: number + 1, showsBefore: showsBefore, to: &page)
        }
        if showsReason, let reason = journal.reason {
            page.add(label: "because", reason, indent: 2)
        }
    }

    private static func add(_ step: Journal.Step, number: Int, showsBefore: Bool, to page: inout Page) {
        let write = step.write
        let renamed = write.newDisplayName.map { ", renamed to \"\($0)\"" } ?? ""
        page.add(
            "\(write.kind)/\(write.name): \"\(write.displayName)\"\(renamed)",
            indent: 2,
            mark: "\(number) \(write.action.symbol.text)",
            markInk: write.action.symbol.ink
        )
        page.add(step.state.sentence, indent: 6, ink: step.state.ink)
        if let problem = step.problem { page.add(problem, indent: 6) }
        guard showsBefore else { return }
        if let validatedAt = write.validatedAt { return addValidation(step, validatedAt, to: &page) }
        addBefore(step, to: &page)
    }

    /// What the tenant recorded of validations before, and what it was told.
    private static func addValidation(_ step: Journal.Step, _ validatedAt: Date, to page: inout Page) {
        let before = step.before?.validated
        let (flag, time) = (before.map { FieldValue.boolean($0.isValidated) }, before?.at.map(Timestamp.text))
        PlanReport.add("IsValidated", flag, true, indent: 6, to: &page)
        let after = FieldValue.text(Timestamp.text(validatedAt))
        PlanReport.add("LastValidationTimestamp", time.map(FieldValue.text), after, indent: 6, to: &page)
        if step.before != nil, before == nil { page.add("What it recorded before could not be read.", indent: 6) }
    }

    /// For an update what it changed; for a delete all that was there.
    private static func addBefore(_ step: Journal.Step, to page: inout Page) {
        switch step.write.action {
        case .create: break
        case .update:
            for name in step.write.expected.keys {
                let before = step.before?.settings[name]
                guard before != step.write.expected[name] else { continue }
                PlanReport.add(name, before, step.write.expected[name], indent: 6, to: &page)
            }
        case .delete:
            for name in step.before?.settings.keys ?? [] {
                page.add(
                    "\(name): \((step.before?.settings[name]).shown)",
                    indent: 6,
                    mark: "-",
                    markInk: .removed,
                    hang: 2
                )
            }
        }
    }
}

extension Journal.Step.State {
    var sentence: String {
        switch self {
        case .planned: "not sent"
        case .sending: "sent, outcome not known: the next run finds out by reading"
        case .sent: "accepted, not read back as written"
        case .confirmed: "done, and read back"
        case .failed: "refused, without effect"
        case .undoing: "being rolled back"
        case .undone: "rolled back, and read back"
        case .undoRefused: "not rolled back: it is as it was left"
        }
    }

    var ink: Ink {
        switch self {
        case .planned: .faint
        case .confirmed: .added
        case .sending, .sent, .undoing, .undone: .changed
        case .failed, .undoRefused: .removed
        }
    }
}
