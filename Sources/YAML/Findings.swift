package import Connectors

/// Collects what is wrong with one file, while it is read.
package final class Findings {
    package let source: SourceText
    package private(set) var diagnostics: [Diagnostic] = []
    /// How many errors there are, so that a caller can tell whether a step of its own found one.
    package private(set) var errors = 0
    /// What is left of the run's budget.
    package private(set) var budget: ReadingBudget
    /// Whether reading ended early; what else is wrong with the file is not known then.
    package private(set) var isFull = false

    /// Whether reading ended because the folder has too many documents.
    package private(set) var hasTooManyDocuments = false

    package init(_ source: SourceText, within budget: ReadingBudget = ReadingBudget()) {
        self.source = source
        self.budget = budget
    }

    package func add(
        _ rule: String,
        _ severity: Violation.Severity = .error,
        at place: YAMLPlace,
        _ reason: String,
        remedy: String,
        related: SourcePosition? = nil
    ) {
        if severity == .error { errors += 1 }
        guard !isFull else { return }
        guard budget.take(severity) else {
            if severity == .error { isFull = true }
            if !diagnostics.contains(where: { $0.noticeSeverity == severity }) { diagnostics.append(.notice(severity)) }
            return
        }
        diagnostics.append(
            Diagnostic(
                rule: rule,
                severity: severity,
                position: place.position(in: source),
                reason: reason,
                remedy: remedy,
                excerpt: budget.takeExcerpt() ? Excerpt(source, place) : nil,
                related: related
            )
        )
    }

    /// Whether one more document may be read.
    package func takeDocument() -> Bool {
        if budget.takeDocument() { return true }
        hasTooManyDocuments = true
        isFull = true
        return false
    }

    package func add(_ violation: Violation, at place: YAMLPlace, related: SourcePosition? = nil) {
        add(
            violation.rule,
            violation.severity,
            at: place,
            violation.reason,
            remedy: violation.remedy,
            related: related
        )
    }

    package func add(_ problem: TermProblem, at place: YAMLPlace) {
        add(problem.rule, at: place, problem.reason, remedy: problem.remedy)
    }
}
