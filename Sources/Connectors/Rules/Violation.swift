/// A rule that a connector breaks: which, on what, why it matters, and what to do.
package struct Violation: Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable, Codable {
        case error
        case warning
    }

    /// The rule's id, kebab-case and stable: scripts and pull requests name it.
    package let rule: String
    package let severity: Severity
    /// The field to point at; `nil` points at the document.
    package let field: String?
    package let reason: String
    package let remedy: String

    package init(_ rule: String, severity: Severity = .error, field: String?, _ reason: String, remedy: String) {
        self.rule = rule
        self.severity = severity
        self.field = field
        self.reason = reason
        self.remedy = remedy
    }
}
