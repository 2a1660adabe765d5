import Connectors
import Planning
import TLSGate

/// The audit as comma-separated values, by RFC 4180.
///
/// A spreadsheet takes a cell that begins with = + - @ for a formula, and what a repository or a tenant chose must not become
/// one: such a cell gets an apostrophe before it. Source: owasp.org/www-community/attacks/CSV_Injection.
package enum AuditTable {
    static let columns = [
        "at", "tenant", "run", "command", "result", "outcome", "action", "kind", "name", "displayName", "fields",
        "cause",
        "risk", "risks", "approval", "reason", "revision", "author", "subject", "startedBy", "startedFrom",
        "planDigest",
        "verdict", "observedAt", "findings",
    ]

    package static func text(_ document: AuditDocument) -> String {
        ([columns] + document.rows.map(cells)).map { line in
            line.map(cell).joined(separator: ",") + "\r\n"
        }.joined()
    }

    private static func cells(_ row: AuditRow) -> [String] {
        let fields = row.fields.map { "\($0.path): \($0.before.shown) -> \($0.after.shown)" }
        return [
            Timestamp.text(row.at), row.tenant, row.run, row.command.rawValue, row.result?.rawValue ?? "",
            row.outcome.rawValue, row.action.rawValue, row.kind.rawValue, row.name, row.displayName,
            fields.joined(separator: "; "), row.cause?.rawValue ?? "", row.risk.rawValue,
            row.risks.joined(separator: "; "),
            row.approval ?? "", row.reason ?? "", row.revision, row.author ?? "", row.subject ?? "",
            row.startedBy ?? "", row.startedFrom ?? "", row.planDigest, row.evidence.verdict?.rawValue ?? "",
            row.evidence.observedAt.map(Timestamp.text) ?? "", row.evidence.findings.joined(separator: "; "),
        ]
    }

    static func cell(_ text: String) -> String {
        let shown = text.escapingControls
        let first = shown.unicodeScalars.first { !$0.properties.isWhitespace }
        let isFormula = first.map { formulaMarks.contains($0) } ?? false
        let safe = isFormula ? "'" + shown : shown
        guard safe.unicodeScalars.contains(where: { "\",'\r\n;".unicodeScalars.contains($0) }) else { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }

    /// With their wide forms, which some spreadsheets take for the same.
    private static let formulaMarks = Set("=+-@|%\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)
}
