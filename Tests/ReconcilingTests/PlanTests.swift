import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

/// What a plan is made from, and what makes it untrue.
@Suite struct PlanTests {
    private static let files = [
        "fabrikam.yaml": Definition.outbound("fabrikam", "comment: one"),
        "tailspin.yaml": Definition.inbound("tailspin"),
    ]

    @Test func `the same input gives the same bytes`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let first = try await bench.planDocument().json
            let second = try await bench.planDocument().json
            #expect(first == second)
        }
    }

    @Test func `rule 6: planning, drift and status ask the tenant with reading cmdlets only`() async throws {
        try await Bench.with(settings: "drift: correct, prune: delete", files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "by hand"}"#)
            try bench.repository.write(nil, to: "tenants/contoso/tailspin.yaml")
            try await bench.repository.commit("One less")
            let before = try bench.picture()
            bench.forget()
            #expect(try await bench.plan().plan?.changes.count == 2)
            #expect(try await bench.drift().items.count == 1)
            _ = try await bench.status()
            let cmdlets = Set(bench.simulator.requests().compactMap(\.cmdlet))
            #expect(cmdlets.allSatisfy { $0.hasPrefix("Get-") || $0.hasPrefix("Search-") }, "\(cmdlets)")
            #expect(bench.simulator.requests().filter(\.changedTenant).isEmpty)
            #expect(try bench.picture() == before)
            #expect(try await bench.runs().count == 1)
        }
    }

    @Test func `rule 7: what no definition names is reported and not touched`() async throws {
        let seed = #"""
            "inboundConnectors": [{"Name": "From someone", "ConnectorType": "Partner", "SenderDomains": ["smtp:x.example;1"]},
              {"Name": "From tailspin", "ConnectorType": "OnPremises", "ConnectorSource": "HybridWizard",
               "SenderDomains": ["smtp:*;1"], "RequireTls": true, "TlsSenderCertificateName": "mail.contoso.com",
               "CloudServicesMailEnabled": true}],
            "outboundConnectors": [{"Name": "To no one", "RecipientDomains": ["y.example"], "UseMXRecord": true}]
            """#
        try await Bench.with(
            tenant: seed,
            settings: "drift: correct, prune: delete, limits: {deletes: 50}",
            files: ["fabrikam.yaml": Definition.outbound("fabrikam")]
        ) { bench in
            let before = try bench.objects("inboundConnectors").keys.sorted()
            let plan = try #require(try await bench.plan().plan)
            #expect(plan.unmanaged.map(\.displayName).sorted() == ["From someone", "From tailspin", "To no one"])
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.map(\.description) == ["New-OutboundConnector To fabrikam \(Self.created)"])
            #expect(try bench.objects("inboundConnectors").keys.sorted() == before)

            try bench.repository.write(Definition.inbound("tailspin"), to: "tenants/contoso/tailspin.yaml")
            try await bench.repository.commit("Name what the wizard made")
            bench.forget()
            let held = try await bench.apply()
            #expect(held.exitStatus == .held)
            #expect(held.error?.id == "adoption-missing")
            #expect(bench.writes.isEmpty)
        }
    }

    private static let created = ["ConnectorType", "Name", "RecipientDomains", "TlsSettings", "UseMXRecord"]

    @Test func `rule 5: weakening security is held until its document says why`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            let weak = Definition.outbound("fabrikam", "comment: one, enabled: false")
            try bench.repository.write(weak, to: "tenants/contoso/fabrikam.yaml")
            try await bench.repository.commit("Switch it off")
            bench.forget()
            let plan = try #require(try await bench.plan().plan)
            #expect(plan.changes.first?.risk == .high)
            #expect(try await bench.apply(Bench.options { $0.isAttended = true }).error?.id == "approval-missing")
            #expect(bench.writes.isEmpty)
            let approved = Definition.outbound(
                "fabrikam",
                "enabled: false",
                annotations: "mitregate.dev/accept-risk: \"They closed.\""
            )
            try bench.repository.write(approved, to: "tenants/contoso/fabrikam.yaml")
            try await bench.repository.commit("Say why")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Enabled"] as? Bool == false)
        }
    }

    @Test func `rule 8: a tenant that is no longer configured, or no longer defined, keeps all it has`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            let before = try bench.picture()
            try bench.repository.write(nil, to: "tenants/contoso/tailspin.yaml")
            try await bench.repository.commit("Stop managing it")
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.remembered() == ["fabrikam"])
            let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8).replacing("name: contoso,", with: "name: other,")
            try Data(text.replacing("path: tenants/contoso", with: "path: tenants/other").utf8).write(to: file)
            try bench.repository.write(Definition.outbound("fabrikam"), to: "tenants/other/fabrikam.yaml")
            try await bench.repository.commit("Another tenant's folder")
            _ = try await bench.apply()
            #expect(bench.writes.isEmpty)
            #expect(try bench.picture() == before)
        }
    }

    @Test func `what was rolled back is quarantined until a commit changes the definitions`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.refusing("New-OutboundConnector"))
            let failed = try await bench.apply()
            #expect(failed.exitStatus == .rolledBack)
            #expect(try await bench.quarantine()?.revision == failed.revision)
            bench.forget()
            let plan = try await bench.plan()
            #expect(plan.plan?.guards.map(\.id) == ["quarantined-revision"])
            #expect(plan.exitStatus == .held)
            #expect(try await bench.apply().error?.id == "quarantined-revision")
            #expect(bench.writes.isEmpty)
            try bench.repository.write("# Another tenant's", to: "tenants/northwind/README.md")
            try await bench.repository.commit("Another tenant's")
            #expect(try await bench.apply().error?.id == "quarantined-revision")
            #expect(bench.writes.isEmpty)
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.commit("Correct it")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.quarantine() == nil)
        }
    }

    @Test func `rule 1: where git cannot tell what was rolled back, it is not tried again`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.refusing("New-OutboundConnector"))
            let failed = try await bench.apply()
            #expect(failed.exitStatus == .rolledBack)
            try bench.repository.write("# Another tenant's", to: "tenants/northwind/README.md")
            try await bench.repository.commit("Another tenant's")
            let revision = try #require(failed.revision)
            let tree = try await bench.repository.git("rev-parse", "\(revision)^{tree}").prefix { !$0.isNewline }
            let object = ".git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))"
            try bench.repository.write(nil, to: object)
            bench.forget()
            let ended = try await bench.apply()
            #expect(ended.exitStatus != .done && ended.error != nil, "\(ended)")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `rule 2: a saved plan is applied exactly as it was shown`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let saved = try await bench.planDocument()
            let read = try PlanDocument.read([UInt8](saved.json.utf8), file: "plan.json")
            bench.forget()
            let applied = try await bench.apply(Bench.options { $0.isAttended = true }, saved: read)
            #expect(applied.exitStatus == .done)
            let shown = try #require(saved.tenants.first?.plan)
            #expect(bench.writes.map(\.object) == shown.changes.map(\.displayName))
            for (write, change) in zip(bench.writes, shown.changes) {
                let parameters = change.fields.compactMap { change.kind.field($0.path)?.parameter } + ["Name"]
                #expect(write.parameters == parameters.sorted())
            }
        }
    }

    struct Staleness: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var id = "plan-stale"
        let happens: @Sendable (Bench, inout PlanDocument) async throws -> Void
    }

    static let stalenesses = [
        Staleness(testDescription: "the tenant changed") { bench, _ in
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "by hand"}"#)
        },
        Staleness(testDescription: "the tenant's folder moved on, if only by a comment") { bench, _ in
            try bench.repository.write(
                "# Reviewed.\n" + Definition.inbound("tailspin", "comment: two"),
                to: "tenants/contoso/tailspin.yaml"
            )
            try await bench.repository.commit("Something else")
        },
        Staleness(testDescription: "the policy changed") { bench, _ in
            try bench.laboratory.configure(settings: "limits: {changes: 19}")
        },
        Staleness(testDescription: "the saved plan was edited", id: "plan-seal-broken") { _, saved in
            saved.tenants[0].plan?.changes[0].fields.removeLast()
        },
        Staleness(testDescription: "its digest was edited", id: "plan-seal-broken") { _, saved in
            saved.tenants[0].plan?.planDigest = "sha256:" + String(repeating: "0", count: 64)
        },
        Staleness(testDescription: "it holds a reason and no plan") { _, saved in
            saved.tenants[0].plan = nil
        },
    ]

    @Test func `a saved plan stays good when a commit touches only other folders`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let saved = try await bench.planDocument()
            try bench.repository.write("A note.\n", to: "README.md")
            let later = try await bench.repository.commit("Only a note")
            let ended = try await bench.apply(Bench.options { $0.isAttended = true }, saved: saved)
            #expect(ended.exitStatus == .done)
            #expect(ended.revision == later, "the history has the commit that was applied")
        }
    }

    @Test(arguments: stalenesses)
    func `rule 2: a saved plan that is no longer true is refused as stale`(example: Staleness) async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.repository.write(
                Definition.inbound("tailspin", "comment: two"),
                to: "tenants/contoso/tailspin.yaml"
            )
            try await bench.repository.commit("Second")
            var saved = try await bench.planDocument()
            try await example.happens(bench, &saved)
            bench.forget()
            let ended = try await bench.apply(Bench.options { $0.isAttended = true }, saved: saved)
            #expect(ended.exitStatus == .stale)
            #expect(ended.error?.id == example.id)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `rule 2: what changes while a person thinks is seen before it is written`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let shown = await reconciler.plan(tenants, options: Bench.options())
            #expect(shown.map(\.hasWork) == [true])
            try bench.edit(
                "New-OutboundConnector",
                #"{"Name": "Hers", "RecipientDomains": ["z.example"], "UseMXRecord": true}"#
            )
            let expected = Dictionary(uniqueKeysWithValues: shown.map { ($0.tenant, $0.expected) })
            let ended = await reconciler.apply(
                tenants,
                options: Bench.options { $0.isAttended = true },
                expected: expected
            )
            #expect(ended.map(\.outcome.exitStatus) == [.stale])
            #expect(ended.first?.outcome.error?.message.contains("OutboundConnector \"Hers\"") == true)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `changes that are only proposed wait for a person, and go on with one`() async throws {
        try await Bench.with(settings: "changes: propose", files: Self.files) { bench in
            let held = try await bench.apply()
            #expect(held.error?.id == "changes-proposed")
            #expect(bench.writes.isEmpty)
            #expect(try await bench.apply(Bench.options { $0.isAttended = true }).exitStatus == .done)
        }
    }
}
