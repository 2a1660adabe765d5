import Connectors
import Definitions
import TestSupport
import Testing

/// What people and machines read, compared to files.
struct ReportTests {
    private static let files = [
        "contoso/a b.yaml": partner(
            "  certifcateName: mail.fabrikam.example\n  senderIPAddresses: [10.0.0.1, \"\\e[31m\"]"
        ),
        "contoso/b.yaml": outbound("  tlsSettings: DomainValidaton\n  useMXRecord: yes"),
        "contoso/c.yaml": outbound("  comment: \"50% of: a, b\"\n  bogus%0A::error::x: 1", name: "fabrikam")
            + "---\na: [\n",
        "contoso/d.yaml": "a: \u{7}\n",
    ]

    @Test(arguments: [
        (DiagnosticFormat.text, "report.txt"), (.json, "report.json"), (.sarif, "report.sarif"),
        (.github, "report.github"),
    ])
    func `a report is the same in every format`(format: DiagnosticFormat, name: String) throws {
        let report = DiagnosticReport(read(Self.files), prefix: "tenants/", version: "1.2.3")
        try expectGolden(report.render(format), name)
    }

    @Test func `colours are for terminals, and mean nothing by themselves`() throws {
        let plain = DiagnosticReport(read(Self.files))
        var colored = plain
        colored.usesColor = true
        let text = colored.render(.text)
        #expect(text.contains("\u{1B}[1;31merror\u{1B}[0m"))
        #expect(text.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain.render(.text))
    }

    @Test(arguments: [
        (outbound(""), "No errors in 1 document in 1 file.\n"),
        (partner("  direction: both"), "No errors, 1 warning in 1 document in 1 file.\n"),
        (outbound("  a: 1"), "1 error in 1 document in 1 file.\n"),
    ])
    func `the last line is the sum`(text: String, sum: String) {
        #expect(DiagnosticReport(read(text)).render(.text).hasSuffix(sum))
    }

    @Test func `a folder in order is an empty list for machines`() {
        let report = DiagnosticReport(read(outbound("")))
        #expect(report.render(.github) == "")
        #expect(report.render(.json).contains("\"valid\": true"))
        #expect(report.render(.json).contains("\"diagnostics\": []"))
    }
}
