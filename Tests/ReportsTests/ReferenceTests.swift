import Connectors
import Foundation
import Reports
import TLSGate
import Testing

/// docs/reference.md, which is written from the tables that the program works with; UPDATE_GOLDEN=1 writes it again.
@Suite struct ReferenceTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/reference.md").standardizedFileURL

    @Test func `the reference has every check, annotation and exit code`() throws {
        let text = [
            "# Reference",
            "Configuration: `deploy/package/mitregate.yaml` shows each setting with its default and its meaning.",
            Self.exitCodes, Self.annotations, Self.checks,
        ].joined(separator: "\n\n")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try Data((text + "\n").utf8).write(to: Self.file)
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == text + "\n")
        #expect(!text.contains("NOT DESCRIBED"))
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let rule = "|" + String(repeating: "---|", count: head.count)
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        return ([line(head), rule] + rows.map(line)).joined(separator: "\n")
    }

    private static var exitCodes: String {
        let rows = Reports.ExitStatus.allCases.map { [String($0.rawValue), meaning($0)] }
        return "## Exit codes\n\n" + table(["code", "meaning"], rows)
    }

    private static func meaning(_ status: Reports.ExitStatus) -> String {
        switch status {
        case .done: "done, or in sync"
        case .error: "an error; standard error says which"
        case .changes: "changes are present (`--detailed-exitcode`), or a certificate ends (`gate --expires-within`)"
        case .blocked: "the TLS gate blocks the change"
        case .held: "held: a guard, a missing approval, or a verdict that could not be reached"
        case .stale: "the saved plan is stale: the tenant, its folder or its settings changed since"
        case .unknown: "the tenant's state could not be read"
        case .partlyApplied: "partly applied: some could be neither finished nor rolled back"
        case .rolledBack: "a step failed, and the run was rolled back"
        case .usage: "a mistake on the command line"
        case .interrupted: "interrupted"
        }
    }

    private static var annotations: String {
        let meanings = [
            Annotation.acceptRisk: "`\"<reason>\"` accepts a change that weakens security",
            Annotation.prune: "`disabled` keeps the connector in the tenant when its file goes",
            Annotation.adopt: "`enabled` takes over an object of the Hybrid Configuration Wizard, by name",
        ]
        let rows = Annotation.all.map { ["`\($0)`", meanings[$0] ?? "NOT DESCRIBED"] }
        return "## Annotations of a definition\n\n" + table(["annotation", "value and meaning"], rows)
    }

    private static var checks: String {
        let rows = Check.all.map { check in
            ["`\(check.id)`"] + TLSLevel.allCases.map { check.outcome(at: $0)?.rawValue ?? "–" } + [
                check.sources.isEmpty ? "–" : check.sources.joined(separator: "; ")
            ]
        }
        let head = ["check", "not set", "`EncryptionOnly`", "`CertificateValidation`", "`DomainValidation`", "source"]
        return """
            ## Checks of the TLS gate

            What a finding weighs at each `tlsSettings`; a `Waiver` and `gate.severities` name a check by its id.

            \(table(head, rows))
            """
    }
}
