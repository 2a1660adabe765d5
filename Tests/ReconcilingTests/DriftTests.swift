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

/// What someone changed by hand, and who it was.
@Suite struct DriftTests {
    private static let files = [
        "fabrikam.yaml": Definition.outbound("fabrikam", "comment: one"),
        "tailspin.yaml": Definition.inbound("tailspin"),
    ]

    @Test func `what was applied and not touched since has not drifted`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            let drift = try await bench.drift()
            #expect(drift.items.isEmpty)
            #expect(drift.exitStatus == .done)
            #expect(try await bench.status().state == .inSync)
        }
    }

    @Test func `drift names the field, both values, and the administrator whom the audit log names last`() async throws
    {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.edit(
                "Set-InboundConnector",
                #"{"Identity": "From tailspin", "Comment": "x"}"#,
                by: "mallory@contoso.com"
            )
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            let item = try #require(try await bench.drift().items.first { $0.item.name == "fabrikam" })
            #expect(item.item.form == .changed)
            #expect(item.item.fields == [DriftItem.Field(path: "comment", applied: "one", observed: "hers")])
            #expect(item.changedBy == "eve@contoso.com")
            #expect(item.changedAt != nil)
            #expect(try await bench.status().state == .drifted)
        }
    }

    @Test func `a tenant to which nothing was ever applied is not known, rather than without drift`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let drift = try await bench.drift()
            #expect(drift.exitStatus == .unknown)
            #expect(drift.error?.id == "never-applied")
            #expect(drift.error?.remedy.contains("mitregate apply --tenant contoso") == true)
            #expect(try await bench.status().state == .neverApplied)
        }
    }

    @Test func `a broken commit does not hide a change by hand`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            try bench.repository.write("kind: Nonsense\n", to: "tenants/contoso/broken.yaml")
            try await bench.repository.commit("Break it")
            let drift = try await bench.drift()
            #expect(drift.items.map(\.item.name) == ["fabrikam"])
            #expect(drift.errors.isEmpty && drift.exitStatus == .done)
            #expect(drift.warnings.first?.file?.hasSuffix("broken.yaml") == true)
            let text = DriftReport.text(DriftDocument(tenants: [drift]))
            #expect(text.contains("not known which of this is accepted"))
        }
    }

    @Test func `weakened TLS is told with its effect and its risk`() async throws {
        let files = [
            "fabrikam.yaml": Definition.outbound("fabrikam").replacing("EncryptionOnly", with: "CertificateValidation")
        ]
        try await Bench.with(files: files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "TlsSettings": "EncryptionOnly"}"#)
            let item = try #require(try await bench.drift().items.first?.item)
            #expect(item.risk == .high, "\(item)")
            #expect(!item.effect.isEmpty && item.effect != ["Nothing changes for mail."])
            let plan = try await bench.plan()
            #expect(plan.told.map(\.changedBy) == ["eve@contoso.com"], "the plan names the author too")
        }
    }

    @Test func `an apply that leaves drift says so, and so does the history`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            let outcome = try await bench.apply()
            #expect(outcome.result == .unchanged && outcome.drifted == 1 && outcome.exitStatus == .done)
            let said = "Nothing to write; 1 connector has drifted."
            let first = try await bench.status(observes: false)
            #expect(first.lastRun?.message == said)
            #expect(StatusReport.text(StatusDocument(tenants: [first])).contains(said))
            try await bench.apply()
            #expect(try await bench.status(observes: false).lastRun?.id == first.lastRun?.id, "it is kept once")
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "one"}"#)
            try await bench.apply()
            #expect(try await bench.status(observes: false).lastRun?.message != said, "and its end is kept too")
        }
    }

    @Test func `an export of the state shows drift and removals as the store does`() async throws {
        try await Bench.with(settings: "prune: delete", files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            try bench.repository.write(nil, to: "tenants/contoso/tailspin.yaml")
            try await bench.repository.commit("Remove tailspin")
            let here = try #require(try await bench.plan().plan)
            #expect(here.drift.count == 1 && here.changes.map(\.action) == [.delete])

            let (reconciler, tenants) = try bench.reconciler()
            let state = try await reconciler.state(of: tenants)
            let text = state.json
            #expect(!text.contains("secret") && !text.contains("BEGIN"))
            let read = try StateDocument.read(Array(text.utf8), file: "state.json")
            let there = try await bench.plan(
                Bench.options { $0.states = Dictionary(uniqueKeysWithValues: read.tenants.map { ($0.tenant, $0) }) }
            )
            #expect(there.plan?.planDigest == here.planDigest)

            let unknown = try await bench.plan(Bench.options { $0.states = [:] })
            #expect(unknown.exitStatus == .unknown && unknown.errors.map(\.id) == ["state-missing"])
        }
    }

    @Test func `what made a plan stale is told with its author`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.commit("Say two")
            let saved = try await bench.planDocument()
            try bench.edit(
                "Set-OutboundConnector",
                #"{"Identity": "To fabrikam", "Comment": "hers"}"#,
                by: "mallory@contoso.com"
            )
            let outcome = try await bench.apply(saved: saved)
            #expect(outcome.exitStatus == .stale)
            #expect(outcome.error?.message.contains("last changed by mallory@contoso.com at ") == true, "\(outcome)")
        }
    }

    @Test func `our own writes and changes before them are not drift`() async throws {
        try await Bench.with(settings: "drift: correct", files: Self.files) { bench in
            try await bench.apply()
            try bench.edit(
                "Set-OutboundConnector",
                #"{"Identity": "To fabrikam", "Comment": "hers"}"#,
                by: "mallory@contoso.com"
            )
            bench.shift.advance(by: 3600)
            try await bench.apply()
            let item = LockedValue<AttributedDrift?>(nil)
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "again"}"#)
            item.set(try await bench.drift().items.first)
            #expect(item.value?.changedBy != "mallory@contoso.com")
        }
    }

    @Test func `an audit log that does not answer takes nothing from the drift`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            try bench.faults(
                Fault.fault("Search-UnifiedAuditLog", times: #""always""#, #""status": 500, "body": "empty""#)
            )
            let drift = try await bench.drift()
            #expect(drift.items.count == 1)
            #expect(drift.items.first?.changedBy == nil)
        }
    }

    @Test func `a deleted and a re-created connector are told apart`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Remove-InboundConnector", #"{"Identity": "From tailspin", "Confirm": false}"#)
            try bench.edit("Remove-OutboundConnector", #"{"Identity": "To fabrikam", "Confirm": false}"#)
            try bench.edit(
                "New-OutboundConnector",
                #"{"Name": "To fabrikam", "RecipientDomains": ["fabrikam.example"], "UseMXRecord": true}"#
            )
            let items = try await bench.drift().items
            #expect(items.map(\.item.form).count == 2)
            #expect(items.first { $0.item.name == "tailspin" }?.item.form == .missing)
            #expect(items.first { $0.item.name == "fabrikam" }?.item.form == .recreated)
            #expect(items.allSatisfy { $0.changedBy == "eve@contoso.com" })
        }
    }

    @Test func `an accepted deviation is told as accepted, and not corrected`() async throws {
        try await Bench.with(settings: "drift: correct", files: Self.files) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            let until = Date().addingTimeInterval(86_400 * 30).ISO8601Format().prefix(10)
            let spec =
                "kind: OutboundConnector, connector: fabrikam, field: comment, value: hers, owner: mail, reason: a test, until: \(until)"
            try bench.repository.write(
                Definition.document("AcceptedDrift", "comment", spec),
                to: "tenants/contoso/accepted.yaml"
            )
            try await bench.repository.commit("Accept it")
            let items = try await bench.drift().items
            #expect(items.map(\.item.accepted) == [true])
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.isEmpty)
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "other"}"#)
            #expect(try await bench.drift().items.map(\.item.accepted) == [false], "it is watched against that value")
        }
    }

    @Test func `status tells what is behind, quarantined, unfinished or never applied`() async throws {
        try await Bench.with(files: Self.files) { bench in
            #expect(try await bench.status().state == .neverApplied)
            try bench.faults(Fault.refusing("New-OutboundConnector"))
            try await bench.apply()
            #expect(try await bench.status().state == .quarantined)
            try await bench.repository.commit("Again")
            #expect(try await bench.status().state == .quarantined, "it says the same of the tenant")
            let (reconciler, tenants) = try bench.reconciler()
            _ = try await reconciler.retry(try #require(tenants.first))
            try await bench.apply()
            #expect(try await bench.status().state == .inSync)
            #expect(try await bench.status(observes: false).state == .applied)
            try await bench.repository.commit("More")
            #expect(try await bench.status(observes: false).state == .behind)
        }
    }
}
