/// How diagnostics are written: for people, for scripts, for code scanning, for a GitHub workflow.
package enum DiagnosticFormat: String, Sendable, CaseIterable {
    case text
    case json
    case sarif
    case github
}
