import Connectors
import Definitions
import Foundation
import Testing
import YAML

/// Waivers and accepted drifts.
struct ApprovalTests {
    private static let head = "apiVersion: mitregate.dev/v1\nmetadata: {name: x}\n"

    private func waiver(_ until: String) -> String {
        outbound("") + "---\n" + Self.head + """
            kind: Waiver
            spec:
              check: cert-expired
              connector: fabrikam
              owner: mail team
              reason: The partner renews next week.
              until: \(until)

            """
    }

    private func drift(_ lines: String) -> String {
        outbound("") + "---\n" + Self.head + """
            kind: AcceptedDrift
            spec:
              owner: mail team
              reason: Tested by hand.
              until: 2026-12-31
            \(lines)

            """
    }

    @Test(arguments: [
        ("2026-12-31", []),
        ("\"2026-12-31\"", []),
        ("2026-12-31T10:00:00+01:00", []),
        ("2027-11-25", []),
        ("2027-11-27", ["19:10 until-too-far"]),
        ("9999-12-31", ["19:10 until-too-far"]),
        ("2026-11-25", []),
        ("2026-11-24", ["19:10 ~approval-expired"]),
        ("2026-02-30", ["19:10 until-syntax"]),
        ("next year", ["19:10 until-syntax"]),
        ("20261231", ["19:10 wrong-type"]),
        ("null", ["19:10 empty-value"]),
    ])
    func `a waiver ends, within a year`(until: String, found: [String]) {
        #expect(short(read(waiver(until))) == found)
    }

    @Test func `a bare date means its end in UTC`() throws {
        let set = read(waiver("2026-11-25"))
        #expect(try #require(set.desired.waivers.first).until == Timestamp.instant("2026-11-26T00:00:00Z"))
    }

    @Test func `a waiver may be for one subject alone`() {
        let text = waiver("2026-12-31")
        let narrow = text.replacing("connector: fabrikam", with: "connector: fabrikam\n  subject: mx1.fabrikam.example")
        #expect(read(text).desired.waivers.map(\.subject) == [nil])
        #expect(read(narrow).desired.waivers.map(\.subject) == ["mx1.fabrikam.example"])
    }

    @Test func `a waiver says all that it lacks`() {
        let set = read(
            "apiVersion: mitregate.dev/v1\nkind: Waiver\nmetadata: {name: x}\nspec: {owner: \" \", chek: a}\n"
        )
        #expect(
            short(set) == [
                "4:7 missing-key", "4:7 missing-key", "4:7 missing-key", "4:15 empty-value", "4:20 unknown-key",
            ]
        )
    }

    @Test(arguments: [
        ("  kind: OutboundConnector\n  connector: fabrikam\n  field: tlsSettings\n  value: EncryptionOnly", []),
        ("  kind: OutboundConnector\n  connector: fabrikam\n  field: tlsSettings\n  value: null", []),
        ("  kind: OutboundConnector\n  connector: fabrikam\n  field: recipientDomains\n  value: [a.example]", []),
        (
            "  kind: OutboundConnector\n  connector: fabrikam\n  field: tlsSetings\n  value: null",
            ["20:10 unknown-field"]
        ),
        ("  kind: OutboundConnector\n  connector: fabrikam\n  field: null\n  value: true", ["20:10 empty-value"]),
        ("  kind: OutboundConnector\n  connector: fabrikam\n  field: \"\"\n  value: true", ["20:10 empty-value"]),
        (
            "  kind: OutboundConnector\n  connector: fabrikam\n  field: enabled\n  value: \"false\"",
            ["21:10 wrong-type"]
        ),
        ("  kind: OutboundConnector\n  connector: fabrikam\n  field: enabled", ["15:3 missing-key"]),
        ("  kind: Waiver\n  connector: fabrikam\n  field: enabled\n  value: true", ["18:9 unknown-word"]),
        (
            "  kind: InboundConnector\n  connector: fabrikam\n  field: enabled\n  value: true",
            [
                "11:1 ~approval-without-target"
            ]
        ),
        (
            "  kind: OutboundConnector\n  connector: Fabrikam TLS\n  field: enabled\n  value: true",
            [
                "11:1 ~approval-without-target", "19:14 slug-syntax",
            ]
        ),
    ])
    func `an accepted drift is one field's value`(lines: String, found: [String]) {
        #expect(short(read(drift(lines))) == found)
    }

    @Test func `an accepted drift says who accepts it, and why`() {
        let text = drift("  kind: OutboundConnector\n  connector: fabrikam\n  field: enabled\n  value: true")
            .replacing("mail team", with: "\" \"").replacing("Tested by hand.", with: "\" \"")
        #expect(short(read(text)) == ["15:10 empty-value", "16:11 empty-value"])
    }

    @Test func `a waiver for an unknown connector is remarked, with the nearest`() {
        let set = read(waiver("2026-12-31").replacing("connector: fabrikam", with: "connector: fabrikma"))
        #expect(short(set) == ["11:1 ~approval-without-target"])
        #expect(set.diagnostics.first?.remedy == "Did you mean \"fabrikam\"?")
    }

    @Test func `a waiver for a check that the gate does not have is an error, with the nearest`() {
        let file = DefinitionFile(path: "a.yaml", bytes: Array(waiver("2026-12-31").utf8))
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        func found(_ checks: Set<String>?) -> [Diagnostic] {
            DefinitionReader.read([file], now: now, scope: DefinitionScope(checks: checks)).diagnostics.filter {
                $0.rule == "unknown-check"
            }
        }
        #expect(found(nil).isEmpty)
        #expect(found(["cert-expires-soon", "cert-expired"]).isEmpty)
        #expect(found(["cert-expird"]).map(\.remedy) == ["Did you mean \"cert-expird\"?"])
        #expect(found(["dns-failed"]).map(\.severity) == [.error])
    }
}
