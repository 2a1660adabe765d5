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

/// What is sent, in which order, and what is remembered.
@Suite(.timeLimit(.minutes(10))) struct ApplyTests {
    @Test func `connectors come before the rules that lead to them, and leave after them`() async throws {
        let files = [
            "courts.yaml": Definition.scoped("courts"),
            "rule.yaml": Definition.rule("courts", to: "courts", domain: "court.example"),
            "fabrikam.yaml": Definition.inbound("fabrikam"),
        ]
        try await Bench.with(settings: "prune: delete", files: files) { bench in
            let created = try await bench.apply()
            #expect(created.exitStatus == .done)
            #expect(created.result == .applied)
            let cmdlets = bench.writes.map(\.cmdlet)
            #expect(cmdlets.count == 3)
            #expect(cmdlets.last == "New-TransportRule")
            #expect(try await bench.remembered() == ["courts", "courts", "fabrikam"])
        }
    }

    @Test func `a rule and its connector leave together, the rule first`() async throws {
        let files = [
            "courts.yaml": Definition.scoped("courts", annotations: Definition.approval),
            "rule.yaml": Definition.rule(
                "courts",
                to: "courts",
                domain: "court.example",
                annotations: Definition.approval
            ),
            "fabrikam.yaml": Definition.inbound("fabrikam"),
        ]
        try await Bench.with(settings: "prune: delete", files: files) { bench in
            #expect(try await bench.apply().exitStatus == .done)
            try bench.repository.write(nil, to: "tenants/contoso/courts.yaml")
            try bench.repository.write(nil, to: "tenants/contoso/rule.yaml")
            try await bench.repository.commit("Both go")
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.map(\.cmdlet) == ["Remove-TransportRule", "Remove-OutboundConnector"])
        }
    }

    @Test func `rule 10: an update sends the changed parameters and those that Exchange wants with them, no others`()
        async throws
    {
        let full = "comment: one, validationRecipients: [tls@fabrikam.example]"
        let other = "comment: two, validationRecipients: [tls@fabrikam.example]"
        func named(_ name: String) -> String {
            Definition.outbound("fabrikam", "\(other), tlsDomain: \(name)")
                .replacing("tlsSettings: EncryptionOnly", with: "tlsSettings: DomainValidation")
        }
        let texts = [
            Definition.outbound("fabrikam", other), named("mx.fabrikam.example"), named("mail.fabrikam.example"),
        ]
        let changed = [["Comment"], ["TlsDomain", "TlsSettings"], ["TlsDomain"]]
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam", full)]) { bench in
            #expect(try await bench.apply().exitStatus == .done)
            for (text, changed) in zip(texts, changed) {
                try bench.repository.write(text, to: "tenants/contoso/fabrikam.yaml")
                try await bench.repository.commit("Change")
                let change = try #require(try await bench.plan().plan?.changes.first)
                bench.forget()
                #expect(try await bench.apply().exitStatus == .done)
                #expect(change.fields.compactMap { change.kind.field($0.path)?.parameter }.sorted() == changed)
                let mates = change.companions.keys.compactMap { change.kind.field($0)?.parameter }
                #expect(bench.writes.count == 1)
                #expect(bench.writes.first?.parameters == (changed + mates).sorted())
            }
        }
    }

    @Test func `rule 10: a run with nothing to do only reads, and is in the history once`() async throws {
        let seed =
            #""outboundConnectors": [{"Name": "To fabrikam", "ConnectorType": "Partner", "RecipientDomains": ["fabrikam.example"], "UseMXRecord": true, "TlsSettings": "EncryptionOnly"}]"#
        try await Bench.with(tenant: seed, files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            for _ in 0..<3 {
                let ended = try await bench.apply()
                #expect(ended.exitStatus == .done)
                #expect(ended.result == .unchanged)
            }
            #expect(bench.writes.isEmpty)
            #expect(bench.simulator.requests().filter(\.changedTenant).isEmpty)
            #expect(try await bench.runs().map(\.result) == [.unchanged])
            #expect(try await bench.remembered() == ["fabrikam"])
        }
    }

    /// The two lists of outbound connectors, that of the inbound ones, the rules and the accepted domains.
    private static let reading = [
        "Get-AcceptedDomain", "Get-InboundConnector", "Get-OutboundConnector", "Get-OutboundConnector",
        "Get-TransportRule",
    ]

    @Test func `applying one change takes 13 requests: to sign in, to read, to write, to read back`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .done)
            let requests = bench.simulator.requests()
            let cmdlets = requests.compactMap(\.cmdlet)
            #expect(requests.count == 13)
            #expect(cmdlets.prefix(5).sorted() == Self.reading)
            #expect(cmdlets.dropFirst(5).first == "New-OutboundConnector")
            #expect(cmdlets.dropFirst(6).sorted() == Self.reading)
        }
    }

    @Test func `a plan whose reading has become older than 30 seconds is read again before its first write`()
        async throws
    {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let wait: TenantRun.Step = { (_) throws(RunStop) in bench.shift.advance(by: 31) }
            var steps = TenantRun.reconciling
            steps.insert(wait, at: (TenantRun.recovering + TenantRun.planning).count)
            let tenant = try #require(tenants.first)
            let ending = await reconciler.run(tenant, steps, options: Bench.options())
            #expect(ending.outcome.result == .applied)
            #expect(bench.simulator.requests().compactMap(\.cmdlet).count == 16)
        }
    }

    @Test func `reading back has the tenant's own deadline`() async throws {
        let files = ["fabrikam.yaml": Definition.outbound("fabrikam")]
        try await Bench.with(settings: "readTimeout: 5s", files: files) { bench in
            try bench.faults(
                #"[{"match": {"cmdlet": "Get-TransportRule", "nth": 2}, "times": "always", "effect": {"hold": "head"}}]"#
            )
            let ended = try await bench.apply()
            bench.simulator.release()
            #expect(ended.error?.id == "run-unfinished")
            #expect(ended.error?.message.contains("within 5 s") == true, "\(ended.error?.message ?? "")")
        }
    }

    @Test func `a rename is one update of the same object`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await bench.apply()
            let identity = try bench.outbound("To fabrikam")["Guid"] as? String
            try bench.repository.write(
                Definition.outbound("fabrikam", name: "Fabrikam"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.commit("Rename")
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.map(\.description) == [#"Set-OutboundConnector Fabrikam ["Name"]"#])
            #expect(try bench.outbound("Fabrikam")["Guid"] as? String == identity)
            #expect(try await bench.applied().connectors.first?.displayName == "Fabrikam")
            #expect(try await bench.plan().plan?.changes.isEmpty == true)
        }
    }

    @Test func `a field that is declared no longer goes back to Exchange's default`() async throws {
        try await Bench.with(files: [
            "fabrikam.yaml": Definition.outbound(
                "fabrikam",
                "comment: one, validationRecipients: [tls@fabrikam.example]"
            )
        ]
        ) { bench in
            try await bench.apply()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "SmtpDaneMode": "None"}"#)
            try bench.repository.write(Definition.outbound("fabrikam"), to: "tenants/contoso/fabrikam.yaml")
            try await bench.repository.commit("Declare less")
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.first?.parameters == ["Comment", "ValidationRecipients"])
            #expect(try bench.outbound("To fabrikam")["ValidationRecipients"] as? [String] == [])
            #expect(
                try bench.outbound("To fabrikam")["SmtpDaneMode"] as? String == "None",
                "never declared, so never ours"
            )
        }
    }

    @Test func `rule 3: each write stands in the journal with its before-image before it is sent`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam", "comment: one")]) { bench in
            try await bench.apply()
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.commit("Change")
            try bench.faults(Fault.fault("Set-OutboundConnector", #""hold": "head""#))
            async let ended = bench.apply()
            while !bench.simulator.requests().contains(where: { $0.cmdlet == "Set-OutboundConnector" }) {
                await Task.yield()
            }
            let second = try await SQLiteStore(path: bench.laboratory.store)
            let journal = try #require(try await second.state(of: Bench.tenant).unfinished)
            await second.close()
            let step = try #require(journal.steps.first)
            #expect(step.state == .sending)
            #expect(step.before?.settings["comment"] == "one")
            #expect(step.write.settings == ["comment": "two"])
            #expect(try await bench.runs().first?.endedAt == nil)
            bench.simulator.release()
            #expect(try await ended.exitStatus == .done)
            #expect(try await bench.unfinished() == nil)
            #expect(try await bench.runs().first?.result == .applied)
        }
    }

    @Test func `a field that the service silently ignored is a failure, and what was written is taken back`()
        async throws
    {
        let files = ["a.yaml": Definition.inbound("adatum"), "b.yaml": Definition.outbound("fabrikam", "comment: one")]
        try await Bench.with(files: files) { bench in
            try bench.faults(Fault.fault("New-OutboundConnector", #""ignoreParameters": ["Comment"]"#))
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .rolledBack)
            #expect(ended.result == .rolledBack)
            #expect(ended.message.contains("comment"))
            #expect(try bench.objects("inboundConnectors").isEmpty)
            #expect(try bench.objects("outboundConnectors").isEmpty)
            #expect(try await bench.remembered().isEmpty)
            #expect(try await bench.quarantine() != nil)
            #expect(try await bench.unfinished() == nil)
            #expect(
                bench.clock.sleeps.prefix(5) == [.seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30)]
            )
        }
    }

    @Test func `a list that [] does not clear is cleared by the tagged empty table`() async throws {
        let before = Definition.outbound("fabrikam", "validationRecipients: [tls@fabrikam.example]")
        let quirk = #""quirks": {"emptyListsIgnored": true}"#
        try await Bench.with(tenant: quirk, files: ["fabrikam.yaml": before]) { bench in
            #expect(try await bench.apply().exitStatus == .done)
            try bench.repository.write(Definition.outbound("fabrikam"), to: "tenants/contoso/fabrikam.yaml")
            try await bench.repository.commit("No recipients any more")
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(
                bench.writes.map(\.description) == [
                    #"Set-OutboundConnector To fabrikam ["ValidationRecipients"]"#,
                    #"Set-OutboundConnector To fabrikam ["ValidationRecipients"]"#,
                ]
            )
            let last = bench.parameters(of: "Set-OutboundConnector")["ValidationRecipients"] as? [String: String]
            #expect(last == ["@odata.type": "#Exchange.GenericHashTable"])
            #expect(try bench.outbound("To fabrikam")["ValidationRecipients"] as? [String] == [])
            #expect(bench.clock.sleeps == [.seconds(2), .seconds(4)])
        }
    }

    @Test func `a list that [] does not clear is also cleared when a run is taken back`() async throws {
        let quirk = #""quirks": {"emptyListsIgnored": true}"#
        let files = ["a.yaml": Definition.outbound("fabrikam"), "b.yaml": Definition.inbound("tailspin")]
        try await Bench.with(tenant: quirk, files: files) { bench in
            #expect(try await bench.apply().exitStatus == .done)
            let before = try bench.picture()
            let more = Definition.outbound("fabrikam", "validationRecipients: [tls@fabrikam.example]")
            try bench.repository.write(more, to: "tenants/contoso/a.yaml")
            try bench.repository.write(
                Definition.lastRule,
                to: "tenants/contoso/z.yaml"
            )
            try await bench.repository.commit("The rule fails")
            try bench.faults(Fault.refusing("New-TransportRule"))
            #expect(try await bench.apply().exitStatus == .rolledBack)
            #expect(try bench.picture() == before)
        }
    }

    @Test func `a list that stays although both forms were tried is a failure`() async throws {
        let before = Definition.outbound("fabrikam", "validationRecipients: [tls@fabrikam.example]")
        try await Bench.with(files: ["fabrikam.yaml": before]) { bench in
            try await bench.apply()
            try bench.repository.write(Definition.outbound("fabrikam"), to: "tenants/contoso/fabrikam.yaml")
            try await bench.repository.commit("No recipients any more")
            try bench.faults(
                Fault.fault(
                    "Set-OutboundConnector",
                    times: #""always""#,
                    #""ignoreParameters": ["ValidationRecipients"]"#
                )
            )
            bench.forget()
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .rolledBack)
            #expect(bench.writes.count == 3, "the list, the table, and the list as it was")
        }
    }

    @Test func `a field that drifts while its neighbour is corrected in git is left as the policy says`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam", "comment: one")]) { bench in
            try await bench.apply()
            try bench.edit(
                "Set-OutboundConnector",
                #"{"Identity": "To fabrikam", "MtaStsMode": "None", "Comment": "hers"}"#
            )
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.isEmpty, "drift is only reported")
            try bench.laboratory.configure(settings: "drift: correct")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.map(\.description) == [#"Set-OutboundConnector To fabrikam ["Comment"]"#])
        }
    }

    @Test func `the gate has its word in every apply, and its evidence is kept with the run`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.inbound("fabrikam")]) { bench in
            let ended = try await bench.apply(TenantRun.Options())
            #expect(ended.exitStatus == .held, "there is no sample of the partner's certificate")
            #expect(ended.error?.id == "gate-undecided" || ended.error?.id == "gate-approval")
            #expect(bench.writes.isEmpty)
            let open = Definition.document(
                "InboundConnector",
                "fabrikam",
                "name: From fabrikam, senderDomains: [fabrikam.example], requireTls: true, restrictDomainsToIPAddresses: true, "
                    + "senderIPAddresses: [203.0.113.7]"
            )
            try bench.repository.write(open, to: "tenants/contoso/fabrikam.yaml")
            try await bench.repository.commit("By address")
            let applied = try await bench.apply(TenantRun.Options())
            #expect(applied.exitStatus == .done)
            let run = try #require(applied.run)
            #expect(try await bench.store.evidence(run: run).count == 1)
        }
    }
}
