import Connectors
import Definitions
import Testing
import YAML

/// What only all files together show.
struct AssemblyTests {
    @Test func `an identity that is defined twice is told at the second place, and the first is named`() throws {
        let set = read([
            "a.yaml": outbound("  name: One"),
            "b.yaml": outbound("  name: Two").replacing("fabrikam.example", with: "other.example"),
        ])
        let diagnostic = try #require(set.diagnostics.first)
        #expect(set.diagnostics.count == 1)
        #expect(diagnostic.rule == "duplicate-identity")
        #expect(diagnostic.position == SourcePosition(file: "b.yaml", line: 1, column: 1))
        #expect(diagnostic.related == SourcePosition(file: "a.yaml", line: 1, column: 1))
        #expect(diagnostic.reason.contains("a.yaml:1:1"))
        #expect(set.desired.connectors.map(\.displayName) == ["One"])
    }

    @Test func `a partner that is defined twice is one complaint`() {
        let text = partner("  certificateName: a.example")
        let found = read(["a.yaml": text, "b.yaml": text]).diagnostics
        #expect(found.map(\.rule).filter { $0 == "duplicate-identity" }.count == 1)
    }

    @Test func `waivers are identities too`() {
        let text = """
            apiVersion: mitregate.dev/v1
            kind: Waiver
            metadata: {name: x}
            spec: {check: a, connector: fabrikam, owner: o, reason: r, until: 2026-12-31}
            """
        let set = read(["a.yaml": outbound(""), "b.yaml": text, "c.yaml": text])
        #expect(set.diagnostics.map(\.rule) == ["duplicate-identity"])
        #expect(set.diagnostics.first?.related?.file == "b.yaml")
    }

    @Test func `connectors that compete for a domain are told at the field`() {
        let set = read([
            "a.yaml": outbound(""), "b.yaml": outbound("", name: "b").replacing("b.example", with: "FABRIKAM.example"),
        ])
        #expect(set.diagnostics.map { "\($0.position) \($0.rule)" } == ["b.yaml:7:3 competing-connectors"])
    }

    @Test func `a rule that points at no connector is told at the field`() {
        let rule = """
            apiVersion: mitregate.dev/v1
            kind: TransportRule
            metadata: {name: rule}
            spec:
              routeMessageOutboundConnector: fabrikma
              sentToScope: NotInOrganization
            """
        let set = read(["a.yaml": outbound(""), "b.yaml": rule])
        #expect(set.diagnostics.map { "\($0.position) \($0.rule)" } == ["b.yaml:5:3 rule-target-missing"])
    }

    @Test func `a document with an error still counts as there`() {
        let set = read([
            "a.yaml": outbound("  a: 1").replacing(
                "  recipientDomains: [fabrikam.example]\n",
                with: "  isTransportRuleScoped: true\n"
            ),
            "b.yaml": """
            apiVersion: mitregate.dev/v1
            kind: TransportRule
            metadata: {name: rule}
            spec: {routeMessageOutboundConnector: fabrikam, sentToScope: NotInOrganization}
            """,
        ])
        #expect(set.diagnostics.map(\.rule) == ["unknown-key"])
    }

    @Test func `the order of the files changes nothing`() {
        let files = (0..<20).map {
            DefinitionFile(path: "f\($0).yaml", bytes: Array(outbound("  a: 1", name: "same").utf8))
        }
        let one = DefinitionReader.read(files, now: now)
        let other = DefinitionReader.read(files.reversed(), now: now)
        #expect(one.diagnostics == other.diagnostics)
        #expect(one.desired == other.desired)
    }
}
