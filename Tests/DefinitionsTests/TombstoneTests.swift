import Connectors
import Definitions
import Foundation
import Testing
import YAML

/// Reading tombstones.
struct TombstoneTests {
    private func read(_ spec: String, more: String = "") -> DefinitionSet {
        let text = """
            apiVersion: mitregate.dev/v1
            kind: Tombstone
            metadata: {name: fabrikam-gone}
            spec: {\(spec)}
            \(more)
            """
        return DefinitionReader.read(
            [DefinitionFile(path: "gone.yaml", bytes: Array(text.utf8))],
            now: Date(timeIntervalSince1970: 1_795_000_000)
        )
    }

    @Test func `a tombstone names a connector, an owner and a reason, and may name a kind`() {
        let set = read("connector: fabrikam, kind: InboundConnector, owner: mail team, reason: Contract ended.")
        #expect(set.diagnostics.isEmpty, "\(set.diagnostics)")
        #expect(set.desired.tombstones.map(\.connector) == ["fabrikam"])
        #expect(set.desired.tombstones.first?.kind == .inboundConnector)
        #expect(set.desired.tombstones.first?.approval == "Contract ended. (mail team)")
    }

    @Test(arguments: [
        ("connector: fabrikam, owner: x", "missing-key"), ("connector: Fabrikam!, owner: x, reason: y", "slug-syntax"),
        ("connector: fabrikam, owner: x, reason: \" \"", "empty-value"),
        ("connector: fabrikam, owner: x, reason: y, until: 2027-01-01", "unknown-key"),
        ("connector: fabrikam, kind: Connector, owner: x, reason: y", "wrong-word"),
    ])
    func `what is missing or wrong is told`(spec: String, rule: String) {
        let set = read(spec)
        #expect(!set.diagnostics.isEmpty && set.hasErrors, "\(rule): \(set.diagnostics.map(\.rule))")
    }

    @Test func `a tombstone for what is still defined is an error`() {
        let living = """
            ---
            apiVersion: mitregate.dev/v1
            kind: ForcedTLSPartner
            metadata: {name: fabrikam}
            spec: {domains: [fabrikam.com], trust: certificate-validation, certificateName: mail.fabrikam.com}
            """
        let set = read("connector: fabrikam, owner: x, reason: y", more: living)
        #expect(set.diagnostics.map(\.rule).contains("tombstone-of-living"), "\(set.diagnostics)")
    }
}
