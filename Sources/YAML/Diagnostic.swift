package import Connectors

/// One thing that is wrong with a file: which rule, where, why it matters, and what to do.
package struct Diagnostic: Hashable, Sendable, Codable {
    /// Kebab-case and stable: scripts name it.
    package let rule: String
    package let severity: Violation.Severity
    package let position: SourcePosition
    package let reason: String
    package let remedy: String
    /// The line, safe to print; `nil` where the file as a whole is meant.
    package let excerpt: Excerpt?
    /// The other place, where two places disagree.
    package let related: SourcePosition?

    package init(
        rule: String,
        severity: Violation.Severity,
        position: SourcePosition,
        reason: String,
        remedy: String,
        excerpt: Excerpt? = nil,
        related: SourcePosition? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.position = position
        self.reason = Self.bounded(reason)
        self.remedy = remedy
        self.excerpt = excerpt
        self.related = related
    }

    /// A reason quotes what is in the file, which may be as long as the file.
    private static func bounded(_ reason: String) -> String {
        guard reason.utf8.count > 1_000 else { return reason }
        return "\(reason.prefix(400))…\(reason.suffix(200))"
    }
}

extension Diagnostic: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.position != rhs.position { return lhs.position < rhs.position }
        return (lhs.rule, lhs.reason) < (rhs.rule, rhs.reason)
    }
}
