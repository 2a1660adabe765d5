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

/// What is looked at once everything is written: Exchange's own validation, and the time of watching.
@Suite struct AfterApplyTests {
    private static let tested = Definition.outbound("fabrikam", "validationRecipients: [tls@fabrikam.example]")
    private static let failing =
        #""validations": {"To fabrikam": [{"TaskName": "Check connectivity", "IsTaskSuccessful": true}, {"TaskName": "Send test email", "IsTaskSuccessful": false}]}"#

    @Test func `Exchange's validation of a changed connector is asked for, and kept as evidence`() async throws {
        let files = [
            "a.yaml": Self.tested, "b.yaml": Definition.outbound("litware"), "c.yaml": Definition.inbound("adatum"),
        ]
        try await Bench.with(settings: "validate: after-apply", files: files) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .done)
            let asked = bench.simulator.requests().filter { $0.cmdlet == "Validate-OutboundConnector" }
            #expect(asked.count == 1, "only one has test recipients")
            #expect(
                bench.parameters(of: "Validate-OutboundConnector")["Recipients"] as? [String] == [
                    "tls@fabrikam.example"
                ]
            )
            let evidence = try await bench.store.evidence(run: ended.run ?? "")
            #expect(evidence.contains { $0.json.contains("Send test email") })
        }
    }

    /// The operator's word, without which nothing is rolled back into weaker security.
    private static let word = "watch: {onRegression: roll-back-even-if-weaker}"

    @Test func `rule 11: forced TLS that fails Exchange's validation stays, unless the operator's file says otherwise`()
        async throws
    {
        let files = ["a.yaml": Self.tested, "c.yaml": Definition.inbound("adatum")]
        try await Bench.with(tenant: Self.failing, settings: "validate: after-apply", files: files) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .partlyApplied)
            #expect(ended.message.contains("would weaken security"))
            #expect(try bench.objects("outboundConnectors").count == 1)
            #expect(try bench.objects("inboundConnectors").count == 1)
            #expect(try await bench.quarantine()?.revision == ended.revision)
        }
    }

    @Test func `a connector that fails Exchange's validation is rolled back with the whole run`() async throws {
        let files = ["a.yaml": Self.tested, "c.yaml": Definition.inbound("adatum")]
        try await Bench.with(
            tenant: Self.failing,
            settings: "validate: after-apply, \(Self.word)",
            files: files
        ) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .rolledBack)
            #expect(ended.result == .rolledBack)
            #expect(ended.message.contains("Send test email"))
            #expect(!ended.message.contains("applied and read back"))
            #expect(try bench.objects("outboundConnectors").isEmpty)
            #expect(try bench.objects("inboundConnectors").isEmpty)
            #expect(try await bench.remembered().isEmpty)
            #expect(try await bench.runs().map(\.result) == [.rolledBack])
            #expect(try await bench.quarantine()?.revision == ended.revision)
            #expect(try await bench.unfinished() == nil)
        }
    }

    @Test func `where the operator's file says hold, what fails Exchange's validation stays`() async throws {
        let settings = "validate: after-apply, watch: {onRegression: hold}"
        try await Bench.with(tenant: Self.failing, settings: settings, files: ["a.yaml": Self.tested]) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .held)
            #expect(ended.error?.id == "regression-held")
            #expect(try await bench.runs().first?.cause == .validationFailed)
            #expect(try await bench.runs().first?.nextLook == .afterPerson)
            #expect(
                try await bench.unfinished() == nil,
                "it has its result, and the operator's file says that it stays"
            )
            #expect(ended.error?.message.contains("Send test email") == true)
            #expect(try bench.objects("outboundConnectors").count == 1)
            #expect(try await bench.quarantine() == nil)
        }
    }

    @Test func `rule 12: a validation without a result undoes nothing, and is no success`() async throws {
        try await Bench.with(settings: "validate: after-apply", files: ["a.yaml": Self.tested]) { bench in
            try bench.faults(Fault.refusing("Validate-OutboundConnector"))
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .unknown)
            #expect(ended.error?.id == "validation-unknown")
            #expect(try bench.objects("outboundConnectors").count == 1)
            #expect(try await bench.quarantine() == nil)
            #expect(try await bench.runs().first?.cause == .passing)
            #expect(try await bench.unfinished()?.owed == [.validation])
            #expect(try await bench.applied().revision == nil, "it does not count as in force before it is validated")

            let next = try await bench.apply()
            #expect(next.exitStatus == .done)
            #expect(bench.simulator.requests().count { $0.cmdlet == "Validate-OutboundConnector" } == 2)
            #expect(try await bench.unfinished() == nil)
            #expect(try await bench.runs().map(\.result) == [.applied])
            #expect(try await bench.runs().first?.cause == nil)
            #expect(try await bench.applied().revision == ended.revision)
        }
    }

    @Test func `a validation that had no result and then fails rolls the earlier run back`() async throws {
        try await Bench.with(
            tenant: Self.failing,
            settings: "validate: after-apply, \(Self.word)",
            files: ["a.yaml": Self.tested]
        ) { bench in
            try bench.faults(Fault.refusing("Validate-OutboundConnector"))
            #expect(try await bench.apply().error?.id == "validation-unknown")
            let next = try await bench.apply()
            #expect(next.exitStatus == .rolledBack)
            #expect(next.message.contains("Send test email"))
            #expect(try bench.objects("outboundConnectors").isEmpty)
            #expect(try await bench.quarantine() != nil)
        }
    }

    @Test
    func `a validation that is owed is given up where the operator no longer asks for it, or a person rolls back`()
        async throws
    {
        let settings = "validate: after-apply"
        for givesUp in [true, false] {
            try await Bench.with(settings: settings, files: ["a.yaml": Self.tested]) { bench in
                try bench.faults(Fault.fault("Validate-*", times: #""always""#, #""forbidden": "empty""#))
                let ended = try await bench.apply()
                #expect(ended.error?.id == "validation-unknown")
                #expect(try await bench.runs().first?.cause == .permission)
                #expect(try await bench.plan().plan?.guards.map(\.id) == ["unfinished-run"])
                #expect(try await bench.apply().error?.id == "validation-unknown", "it is asked for again")
                if givesUp {
                    try bench.laboratory.configure()
                    #expect(try await bench.apply().exitStatus == .done)
                } else {
                    #expect(try await bench.rollback(try #require(ended.run)).exitStatus == .done)
                    #expect(try bench.objects("outboundConnectors").isEmpty)
                }
                #expect(try await bench.unfinished() == nil)
            }
        }
    }

    @Test func `without test recipients, and with validate none, nothing is asked for`() async throws {
        try await Bench.with(tenant: Self.failing, files: ["a.yaml": Self.tested]) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .done)
            #expect(!bench.simulator.requests().contains { $0.cmdlet == "Validate-OutboundConnector" })
        }
    }

    @Test func `what lasts while it is watched counts as good`() async throws {
        try await Bench.with(settings: "bake: 10m", files: ["a.yaml": Self.tested]) { bench in
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .done)
            #expect(bench.clock.sleeps.reduce(.zero, +) == .seconds(600))
            #expect(try await bench.remembered() == ["fabrikam"])
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.clock.sleeps.isEmpty, "nothing was written, so nothing is watched")
        }
    }

    @Test func `a run that waits to see what lasts says so before it and after it`() async throws {
        try await Bench.with(settings: "bake: 10m", files: ["a.yaml": Self.tested]) { bench in
            let told = LockedValue<[Bool]>([])
            let asleep = LockedValue<[[Bool]]>([])
            var environment = try bench.environment()
            environment.onLongWait = { isWaiting in told.set(told.value + [isWaiting]) }
            bench.clock.afterSleep {
                if bench.clock.sleeps.last == .seconds(60) { asleep.set(asleep.value + [told.value]) }
            }
            let endings = await Reconciler(environment).apply(
                environment.configuration.tenants,
                options: Bench.options()
            )
            bench.clock.afterSleep(nil)
            #expect(endings.map(\.outcome.exitStatus) == [.done])
            #expect(asleep.value == Array(repeating: [true], count: 10))
            #expect(told.value == [true, false])
        }
    }

    @Test func `rule 14: a run that watches for longer than a lease lasts keeps the tenant`() async throws {
        try await Bench.with(settings: "bake: 10m", files: ["a.yaml": Self.tested]) { bench in
            let lease = LockedValue<HeldLease?>(nil)
            var environment = try bench.environment()
            environment.onLongWait = { isWaiting in
                if !isWaiting { lease.set((try? await bench.state())?.lease) }
            }
            bench.clock.afterSleep { bench.shift.advance(by: 60) }
            let endings = await Reconciler(environment).apply(
                environment.configuration.tenants,
                options: Bench.options()
            )
            bench.clock.afterSleep(nil)
            #expect(endings.map(\.outcome.exitStatus) == [.done])
            #expect(bench.shift.seconds == 600)
            #expect(try #require(lease.value).holder.run == endings.first?.outcome.run)
        }
    }

    @Test func `rule 4: what someone changes while it is watched is left, and the rest is rolled back`() async throws {
        let files = ["a.yaml": Self.tested, "c.yaml": Definition.inbound("adatum")]
        try await Bench.with(settings: "bake: 10m, \(Self.word)", files: files) { bench in
            let clock = bench.clock
            let isDone = LockedValue(false)
            let ended = try await bench.apply {
                if clock.sleeps.reduce(.zero, +) >= .seconds(60), !isDone.value {
                    isDone.set(true)
                    try? bench.edit(
                        "Set-OutboundConnector",
                        #"{"Identity": "To fabrikam", "TlsSettings": "CertificateValidation"}"#
                    )
                }
                return false
            }
            #expect(isDone.value)
            #expect(ended.exitStatus == .partlyApplied)
            #expect(ended.message.contains("tlsSettings"))
            #expect(try bench.outbound("To fabrikam")["TlsSettings"] as? String == "CertificateValidation")
            #expect(try bench.objects("inboundConnectors").isEmpty)
            #expect(try await bench.quarantine()?.revision == ended.revision)
        }
    }

    @Test func `rule 11: TLS that the run raised stays, although another's change in the bake rolls the run back`()
        async throws
    {
        let files = ["a.yaml": Self.tested, "c.yaml": Definition.inbound("adatum")]
        try await Bench.with(settings: "bake: 10m", files: files) { bench in
            #expect(try await bench.apply().exitStatus == .done)
            let raised = Self.tested.replacing("EncryptionOnly", with: "CertificateValidation")
            try bench.repository.write(raised, to: "tenants/contoso/a.yaml")
            try bench.repository.write(Definition.inbound("adatum", "comment: ours"), to: "tenants/contoso/c.yaml")
            try await bench.repository.commit("Raise TLS")
            bench.forget()
            let isDone = LockedValue(false)
            let ended = try await bench.apply {
                if bench.clock.sleeps.count > 5, !isDone.value {
                    isDone.set(true)
                    try? bench.edit("Set-InboundConnector", #"{"Identity": "From adatum", "Comment": "hers"}"#)
                }
                return false
            }
            #expect(isDone.value)
            #expect(ended.exitStatus == .partlyApplied)
            #expect(ended.message.contains("did not last") && ended.message.contains("would weaken security"))
            #expect(try bench.outbound("To fabrikam")["TlsSettings"] as? String == "CertificateValidation")
            #expect(try bench.objects("inboundConnectors")["From adatum"]?["Comment"] as? String == "hers")
        }
    }

    @Test func `what someone deletes while it is watched rolls the rest of the run back`() async throws {
        let files = ["a.yaml": Self.tested, "c.yaml": Definition.inbound("adatum")]
        try await Bench.with(settings: "bake: 10m, \(Self.word)", files: files) { bench in
            let isDone = LockedValue(false)
            let ended = try await bench.apply {
                if bench.clock.sleeps.count > 5, !isDone.value {
                    isDone.set(true)
                    try? bench.edit("Remove-OutboundConnector", #"{"Identity": "To fabrikam", "Confirm": false}"#)
                }
                return false
            }
            #expect(ended.exitStatus == .rolledBack)
            #expect(try bench.objects("inboundConnectors").isEmpty)
        }
    }

    @Test func `an interruption ends the watch with a look, and what stands is kept`() async throws {
        try await Bench.with(settings: "bake: 10m", files: ["a.yaml": Self.tested]) { bench in
            let ended = try await bench.apply { bench.clock.sleeps.count >= 3 }
            #expect(ended.exitStatus == .done)
            #expect(bench.clock.sleeps.count == 3)
            #expect(try await bench.remembered() == ["fabrikam"])
        }
    }

    @Test func `a tenant that cannot be looked at after it was watched is unknown, and keeps what was written`()
        async throws
    {
        try await Bench.with(settings: "bake: 10m", files: ["a.yaml": Self.tested]) { bench in
            let ended = try await bench.apply {
                if bench.clock.sleeps.count == 5 {
                    try? bench.faults(Fault.fault("Get-*", times: #""always""#, #""status": 500, "body": "empty""#))
                }
                return false
            }
            #expect(ended.exitStatus == .unknown)
            #expect(ended.error?.id == "bake-unknown")
            #expect(try bench.objects("outboundConnectors").count == 1)
            #expect(try await bench.runs().first?.cause == .outage)
            #expect(try await bench.unfinished()?.owed == [.bake])
            try bench.faults("[]")
            bench.shift.advance(by: 480)
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            let waited = bench.clock.sleeps.reduce(.zero, +)
            #expect(waited > .seconds(60) && waited <= .seconds(120), "the rest of ten minutes: \(waited)")
            #expect(try await bench.runs().map(\.result) == [.applied])
        }
    }
}
