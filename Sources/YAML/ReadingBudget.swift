package import Connectors

/// How much one run reads and tells, over all of its files: what strangers write must not fill memory or a log.
package struct ReadingBudget: Hashable, Sendable {
    /// Errors that are told; reading ends with the first that is not.
    package var errors: Int
    /// Warnings that are told; the others are passed over.
    package var warnings: Int
    /// Diagnostics that show their line.
    package var excerpts: Int
    /// Documents of one folder.
    package var documents: Int

    package static let maximumErrors = 1_000
    package static let maximumDocuments = 50_000

    package init(
        errors: Int = maximumErrors,
        warnings: Int = 1_000,
        excerpts: Int = 64,
        documents: Int = maximumDocuments
    ) {
        self.errors = errors
        self.warnings = warnings
        self.excerpts = excerpts
        self.documents = documents
    }

    /// Whether as many errors were found as are told, so that no file more is read.
    package var isSpent: Bool { errors <= 0 }

    /// Whether there is room for one more diagnostic, which then is taken.
    package mutating func take(_ severity: Violation.Severity) -> Bool {
        switch severity {
        case .error:
            guard errors > 0 else { return false }
            errors -= 1
        case .warning:
            guard warnings > 0 else { return false }
            warnings -= 1
        }
        return true
    }

    package mutating func takeExcerpt() -> Bool {
        guard excerpts > 0 else { return false }
        excerpts -= 1
        return true
    }

    mutating func takeDocument() -> Bool {
        guard documents > 0 else { return false }
        documents -= 1
        return true
    }
}

extension [Diagnostic] {
    /// As many as the budget allows, each once and in order, with one line at the end where there are more.
    ///
    /// - Parameter isCut: Whether reading ended early, so that more may be wrong than was found.
    package func told(within budget: inout ReadingBudget, isCut: Bool) -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        var told: [Diagnostic] = []
        var dropped: Set<Violation.Severity> = isCut ? [.error] : []
        for diagnostic in sorted() {
            if let severity = diagnostic.noticeSeverity {
                dropped.insert(severity)
                continue
            }
            guard seen.insert(diagnostic).inserted else { continue }
            guard budget.take(diagnostic.severity) else {
                dropped.insert(diagnostic.severity)
                continue
            }
            let isShown = diagnostic.excerpt == nil || budget.takeExcerpt()
            told.append(isShown ? diagnostic : diagnostic.withoutExcerpt)
        }
        return told + [.error, .warning].filter(dropped.contains).map { Diagnostic.notice($0) }
    }
}

extension Diagnostic {
    /// The line that stands for everything that is not told.
    static func notice(_ severity: Violation.Severity) -> Diagnostic {
        switch severity {
        case .error:
            Diagnostic(
                rule: "too-many-errors",
                severity: .error,
                position: SourcePosition(file: "."),
                reason: "more may be wrong: reading ended after \(ReadingBudget.maximumErrors) errors",
                remedy: "Correct what is told, and look again."
            )
        case .warning:
            Diagnostic(
                rule: "too-many-warnings",
                severity: .warning,
                position: SourcePosition(file: "."),
                reason: "there are more warnings than are told",
                remedy: "Look into what is told, and look again."
            )
        }
    }

    /// What a notice stands for; `nil` for any other diagnostic.
    var noticeSeverity: Violation.Severity? {
        switch rule {
        case "too-many-errors": .error
        case "too-many-warnings": .warning
        default: nil
        }
    }

    /// Whether it only says that there is more.
    package var isNotice: Bool { noticeSeverity != nil }

    var withoutExcerpt: Diagnostic {
        Diagnostic(
            rule: rule,
            severity: severity,
            position: position,
            reason: reason,
            remedy: remedy,
            related: related
        )
    }
}
