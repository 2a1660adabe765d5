package import Connectors

/// Collects what is wrong with one file, while it is read.
package final class Findings {
    package let source: SourceText
    package private(set) var diagnostics: [Diagnostic] = []
    /// How many errors there are, so that a caller can tell whether a step of its own found one.
    package private(set) var errors = 0

    /// More than this many are of no use to anybody; the file is then read no further than it must.
    package static let maximum = 1_000

    package init(_ source: SourceText) { self.source = source }

    package var isFull: Bool { diagnostics.count >= Self.maximum }

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
        guard diagnostics.count < Self.maximum - 1 else {
            diagnostics.append(
                Diagnostic(
                    rule: "too-many-errors",
                    severity: .error,
                    position: place.position(in: source),
                    reason: "more is wrong with this file than is worth telling",
                    remedy: "Mend what is told, and look again."
                )
            )
            return
        }
        diagnostics.append(
            Diagnostic(
                rule: rule,
                severity: severity,
                position: place.position(in: source),
                reason: reason,
                remedy: remedy,
                excerpt: Excerpt(source, place),
                related: related
            )
        )
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
