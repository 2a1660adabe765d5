import Connectors
package import FoundationEssentials
import Planning
import TLSGate

/// The audit as one HTML page that needs nothing else: no script, no picture, no other file; made to be printed.
package enum AuditPage {
    /// - Parameters:
    ///   - version: The program that made it.
    ///   - instant: When it was made.
    package static func html(_ document: AuditDocument, version: String, at instant: Date) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Changes to mail-flow connectors</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <h1>Changes to mail-flow connectors</h1>
        <p class="about">\(period(document)). Made by \(escaped(version)) at \(Timestamp.text(instant)) from the history of its runs.</p>
        \(summary(document))
        \(table(document))
        \(unreadable(document))
        </body>
        </html>

        """
    }

    private static let style = """
        @page { size: A4 landscape; margin: 12mm; }
        body { font: 13px/1.4 "DejaVu Sans", "Liberation Sans", Arial, sans-serif; color: #1a1a1a; margin: 24px; }
        h1 { font-size: 20px; margin: 0 0 4px; }
        .about { color: #555; margin: 0 0 16px; }
        dl { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0 0 16px; }
        dl div { min-width: 90px; }
        dt { color: #555; font-size: 11px; text-transform: uppercase; letter-spacing: .04em; }
        dd { margin: 0; font-size: 18px; }
        table { border-collapse: collapse; width: 100%; table-layout: fixed; }
        th { text-align: left; background: #eef1f4; border-bottom: 2px solid #8895a3; }
        th, td { padding: 6px 8px; vertical-align: top; overflow-wrap: anywhere; }
        td { border-bottom: 1px solid #d4dae0; }
        .when { width: 13%; } .what { width: 27%; } .why { width: 21%; } .who { width: 17%; } .evidence { width: 22%; }
        code { font: 11px/1.4 "DejaVu Sans Mono", "Liberation Mono", monospace; }
        ul { margin: 4px 0 0; padding-left: 16px; }
        .small { color: #555; font-size: 11px; }
        .high, .bad { color: #a40e26; font-weight: bold; }
        @media print {
          body { margin: 0; font-size: 9.5px; }
          code, .small, dt { font-size: 8px; }
          thead { display: table-header-group; }
          tr { break-inside: avoid; }
          th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        """

    private static func period(_ document: AuditDocument) -> String {
        switch (document.since, document.until) {
        case (let since?, let until?): "From \(Timestamp.text(since)) to \(Timestamp.text(until))"
        case (let since?, nil): "From \(Timestamp.text(since)) on"
        case (nil, let until?): "Until \(Timestamp.text(until))"
        case (nil, nil): "All that the history holds"
        }
    }

    private static func summary(_ document: AuditDocument) -> String {
        let rows = document.rows
        let figures: [(String, Int)] = [
            ("changes", rows.count), ("tenants", Set(rows.map(\.tenant)).count),
            ("runs", Set(rows.map(\.run)).count), ("high risk", rows.count { $0.risk == .high }),
            ("emergencies", Set(rows.filter { $0.command == .breakGlass }.map(\.run)).count),
            ("not written", rows.count { $0.outcome != .written }),
        ]
        let items = figures.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<dl>\(items.joined())</dl>"
    }

    private static func table(_ document: AuditDocument) -> String {
        guard !document.rows.isEmpty else { return "<p>Nothing was changed.</p>" }
        return """
            <table>
            <thead><tr><th class="when">When, where</th><th class="what">What</th><th class="why">Why</th>\
            <th class="who">Who</th><th class="evidence">Evidence</th></tr></thead>
            <tbody>
            \(document.rows.map(row).joined(separator: "\n"))
            </tbody>
            </table>
            """
    }

    private static func row(_ row: AuditRow) -> String {
        "<tr>\(cell(when(row)))\(cell(what(row)))\(cell(why(row)))\(cell(who(row)))\(cell(evidence(row)))</tr>"
    }

    private static func cell(_ lines: [String]) -> String {
        "<td>\(lines.filter { !$0.isEmpty }.joined(separator: "<br>"))</td>"
    }

    private static func when(_ row: AuditRow) -> [String] {
        let isWell = row.outcome == .written
        let outcome = "<span class=\"\(isWell ? "small" : "bad")\">\(row.outcome.rawValue)</span>"
        return [escaped(Timestamp.text(row.at)), "<strong>\(escaped(row.tenant))</strong>", outcome]
    }

    private static func what(_ row: AuditRow) -> [String] {
        let fields = row.fields.map { field in
            "<li><code>\(escaped(field.path))</code>: \(escaped(field.before.shown)) → \(escaped(field.after.shown))</li>"
        }
        return [
            "<strong>\(row.action.rawValue) \(escaped("\(row.kind)/\(row.name)"))</strong>",
            escaped(row.displayName) + (fields.isEmpty ? "" : "<ul>\(fields.joined())</ul>"),
        ]
    }

    private static func why(_ row: AuditRow) -> [String] {
        let emergency = row.command == .breakGlass ? "<span class=\"bad\">emergency (break-glass)</span>" : ""
        let rollback = row.command == .rollback ? "rollback of an earlier run" : ""
        let risks = row.risks.isEmpty ? "" : ": \(row.risks.joined(separator: ", "))"
        let risk =
            "<span class=\"\(row.risk == .high ? "high" : "small")\">\(row.risk.rawValue) risk\(escaped(risks))</span>"
        return [emergency, rollback] + row.reasons.map(escaped) + [risk]
    }

    private static func who(_ row: AuditRow) -> [String] {
        [
            row.author.map { "author: \(escaped($0))" } ?? "",
            row.operatorText.isEmpty ? "" : "run by: \(escaped(row.operatorText))",
            "<span class=\"small\">commit <code>\(escaped(row.revision.shortRevision))</code></span>",
            "<span class=\"small\">run <code>\(escaped(row.run))</code></span>",
        ]
    }

    private static func evidence(_ row: AuditRow) -> [String] {
        let findings = row.evidence.findings.map { "<li>\(escaped($0))</li>" }
        var head = row.evidence
        head.findings = []
        return [
            escaped(head.sentence) + (findings.isEmpty ? "" : "<ul>\(findings.joined())</ul>"),
            "<span class=\"small\">plan <code>\(escaped(row.planDigest))</code></span>",
        ]
    }

    private static func unreadable(_ document: AuditDocument) -> String {
        guard !document.unreadableRuns.isEmpty else { return "" }
        let runs = document.unreadableRuns.map { "<code>\(escaped($0))</code>" }.joined(separator: ", ")
        return
            "<p class=\"bad\">Another version of Mitregate stored the plans of these runs, and what they changed is not "
            + "listed: \(runs)</p>"
    }

    /// A text of anyone's, between tags or in an attribute; nothing of it is markup or turns what stands around it.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.escapingControls.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
