/// How diagnostics are written: for people, for scripts, for code scanning, for a GitHub workflow.
package enum DiagnosticFormat: String, Sendable, CaseIterable {
    case text
    case json
    case sarif
    case github

    /// - Parameters:
    ///   - prefix: Put before every path, so that it is found from the reader's folder: `tenants/contoso/`.
    ///   - version: Of this program, for SARIF.
    package func render(
        _ diagnostics: [Diagnostic],
        files: Int,
        documents: Int,
        prefix: String = "",
        version: String = "0"
    ) -> String {
        ""
    }
}
