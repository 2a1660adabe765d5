import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import Testing

/// docs/reference.md, which is written from the tables that the program works with; UPDATE_GOLDEN=1 writes it again.
@Suite struct ReferenceTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/reference.md").standardizedFileURL

    @Test func `the reference has every check, risk, guard, annotation and exit code`() throws {
        let text = [
            "# Reference", Self.others, Self.exitCodes, Self.definitions, Self.annotations, Self.approvals, Self.guards,
            Self.risks, Self.checks,
        ].joined(separator: "\n\n")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try Data((text + "\n").utf8).write(to: Self.file)
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == text + "\n")
        #expect(!text.contains("NOT DESCRIBED"))
    }

    private static let others = """
        Written from what the program works with. The [configuration](configuration.md) and the [commands](commands.md) have pages of
        their own; so have the [alerts](runbook.md) and the [gate](gate.md) as a whole.
        """

    @Test func `every risk that planning knows is described, and no other`() throws {
        let folder = Self.file.deletingLastPathComponent().appending(path: "../Sources/Planning/Risks")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var ids: Set<String> = []
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            ids.formUnion(text.matches(of: /"([a-z]+(?:-[a-z]+)+)"/).map { String($0.1) })
        }
        #expect(ids.count > 40)
        #expect(ids.symmetricDifference(ReferenceRisk.all.map(\.id)).sorted() == [])
    }

    private static var risks: String {
        let rows = ReferenceRisk.all.map { ["`\($0.id)`", $0.level, $0.meaning] }
        return """
            ## Risks

            What a change, or an unmanaged object, does to security. A `high` one holds the plan until the document carries
            `mitregate.dev/accept-risk`.

            \(table(["risk", "level", "meaning"], rows))
            """
    }

    private static var guards: String {
        let rows = Guard.ID.allCases.map { id in
            [
                "`\(id.rawValue)`", id.meaning,
                Guard(id: id.rawValue, message: "").holdsUnattendedOnly ? "a person" : "a change",
            ]
        }
        return """
            ## Guards

            A guard holds a plan (exit code 4), whatever the gate says. Some only ask that a person looks: `mitregate approve`, or an
            apply at a terminal, lets those through. [Runbook](runbook.md#guards) says what to type.

            \(table(["guard", "holds", "released by"], rows))
            """
    }

    private static let definitions = """
        ## Definitions

        One or more YAML documents a file, in any layout below the tenant's folder. Only declared fields are managed; a field that
        was declared and is gone is reset to Exchange's default; `null` clears. `mitregate schema --out schemas` writes the JSON
        Schemas with every field, its type and its meaning; [examples](../examples/README.md) has whole repositories.

        | kind | stands for |
        |---|---|
        | `OutboundConnector`, `InboundConnector` | a connector, with Microsoft's parameter names in lowerCamelCase |
        | `TransportRule` | a rule that leads mail to a connector, or demands TLS |
        | `ForcedTLSPartner` | both connectors of one partner |
        | `Waiver` | a reviewed, dated exception to one check for one connector |
        | `AcceptedDrift` | a reviewed, dated deviation of one field, watched against that value |
        """

    private static let approvals = """
        ## Waiver and AcceptedDrift

        `until` is a date, which means its end in UTC, or an instant; at most a year ahead. A waiver counts for the connector as it was
        when it was written: when a field that is judged changes later, it ends, and says so. `subject` narrows it to a host, an
        address, or a certificate (`sha256:…`).

        ```yaml
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata:
          name: fabrikam
        spec:
          connectorType: Partner
          recipientDomains: [fabrikam.com]
          tlsSettings: CertificateValidation
        ---
        apiVersion: mitregate.dev/v1
        kind: Waiver
        metadata:
          name: fabrikam-expiry
        spec:
          check: cert-expires-soon
          connector: fabrikam
          subject: mx2.fabrikam.com
          owner: dana@contoso.com
          reason: "mx2 is switched off on 15 January (their ticket 4711)"
          until: 2027-01-31
        ---
        apiVersion: mitregate.dev/v1
        kind: AcceptedDrift
        metadata:
          name: fabrikam-incident
        spec:
          kind: OutboundConnector
          connector: fabrikam
          field: tlsSettings
          value: EncryptionOnly
          owner: dana@contoso.com
          reason: "INC-7731: their certificate ended on a Sunday"
          until: 2026-12-15
        ```
        """

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
