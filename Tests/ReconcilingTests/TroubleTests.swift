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

/// A service that answers late, wrongly or not at all, in the middle of a run.
@Suite struct TroubleTests {
    /// Three creates, in the order in which they are sent.
    private static let files = [
        "adatum.yaml": Definition.inbound("adatum"), "fabrikam.yaml": Definition.outbound("fabrikam"),
        "litware.yaml": Definition.outbound("litware"),
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let faults: String
        /// How often the request for Fabrikam's connector arrives.
        let sends: Int
        var waits: [Duration] = []
    }

    static let settled = [
        Case(
            testDescription: "the connection ends before the request is looked at",
            faults: Fault.fault("New-OutboundConnector", object: "To fabrikam", #""drop": "before""#),
            sends: 2,
            waits: [.seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30)]
        ),
        Case(
            testDescription: "the connection ends after the write took effect",
            faults: Fault.fault("New-OutboundConnector", object: "To fabrikam", #""drop": "after""#),
            sends: 1
        ),
        Case(
            testDescription: "the connection ends in the middle of the answer",
            faults: Fault.fault("New-OutboundConnector", object: "To fabrikam", #""drop": "body""#),
            sends: 1
        ),
        Case(
            testDescription: "500 after the write took effect",
            faults: Fault.fault("New-OutboundConnector", object: "To fabrikam", #""status": 500, "applied": true"#),
            sends: 1
        ),
        Case(
            testDescription: "429, which surely changed nothing, so that it is sent again",
            faults: Fault.fault("New-OutboundConnector", object: "To fabrikam", #""throttle": {}, "retryAfter": 7"#),
            sends: 2,
            waits: [.milliseconds(7500)]
        ),
        Case(
            testDescription: "replicas that lag behind for a while",
            faults: Fault.fault("New-OutboundConnector", object: "To fabrikam", #""staleReads": 6"#),
            sends: 1,
            waits: [.seconds(2), .seconds(4), .seconds(8)]
        ),
    ]

    @Test(arguments: settled)
    func `rule 3: a write whose fate is unclear is settled by reading, and done once`(example: Case) async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(example.faults)
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .done, "\(ended.message)")
            #expect(bench.writes.count { $0.object == "To fabrikam" } == example.sends)
            #expect(bench.clock.sleeps == example.waits)
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam", "To litware"])
            #expect(try await bench.remembered() == ["adatum", "fabrikam", "litware"])
            #expect(try await bench.plan().plan?.changes.isEmpty == true)
        }
    }

    @Test(arguments: [
        #""throttle": {}, "retryAfter": 400"#, #""status": 503, "body": "html""#, #""forbidden": "empty""#,
    ])
    func `rule 12: a first write that may not pass now blames no commit`(effect: String) async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(#"[{"match": {"cmdlet": "New-*"}, "times": "always", "effect": {\#(effect)}}]"#)
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .error)
            #expect(ended.result == .failed)
            #expect(ended.message.contains("Nothing was written."))
            #expect(try await bench.quarantine() == nil)
            let namesRole = ended.error?.remedy.contains("a directory role (Exchange Administrator to write") == true
            #expect(namesRole == effect.contains("forbidden"), "\(String(describing: ended.error))")
            // What a front end's page of HTML means is not known: the service is down, or it may pass otherwise.
            let causes: Set<StopCause> =
                effect.contains("forbidden")
                ? [.permission] : effect.contains("throttle") ? [.throttled] : [.outage, .passing]
            let cause = try #require(try await bench.runs().first?.cause)
            #expect(causes.contains(cause), "\(cause)")
            let next = try #require(try await bench.runs().first?.nextLook)
            let hasTime = if case .at = next { true } else { false }
            #expect(hasTime == effect.contains("retryAfter"), "the service's own time is kept")
            try bench.faults("[]")
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `rule 12: a later write that is throttled undoes nothing, and the next run goes on with it`()
        async throws
    {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(
                #"[{"match": {"cmdlet": "New-OutboundConnector"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .unknown)
            #expect(ended.error?.id == "run-unfinished")
            #expect(try bench.objects("inboundConnectors").count == 1, "what was confirmed stands")
            #expect(!bench.writes.contains { $0.cmdlet.hasPrefix("Remove-") })
            #expect(try await bench.quarantine() == nil)
            try bench.faults("[]")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try bench.objects("outboundConnectors").count == 2)
        }
    }

    @Test func `a plan of a run that was cut off, which cannot be read any more, is told, and not taken for applied`()
        async throws
    {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(
                #"[{"match": {"cmdlet": "New-OutboundConnector"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            let run = try #require(try await bench.apply().run)
            #expect(try await bench.unfinished() != nil)
            try bench.faults("[]")
            let statement =
                "import sqlite3; c = sqlite3.connect('mitregate.db'); "
                + "c.execute('UPDATE run_plan SET plan = ? WHERE run = ?', ('{}', '\(run)')); c.commit()"
            try await TestSupport.run("/usr/bin/python3", ["-c", statement], in: bench.laboratory.folder)
            // This run finishes that one, and remembers nothing of its own.
            let (reconciler, tenants) = try bench.reconciler()
            let ending = await reconciler.run(
                try #require(tenants.first),
                TenantRun.recovering + TenantRun.planning,
                options: Bench.options()
            )
            let notes = ending.plan.plan?.notes.joined(separator: " ") ?? ""
            #expect(notes.contains("Run \(run), which was cut off, was finished first"), "\(ending)")
            #expect(notes.contains("was not remembered as applied"), "\(ending)")
            #expect(try await bench.applied().revision == nil)
            #expect(try await bench.unfinished() == nil)

            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.applied().revision != nil, "the next apply remembers it")
        }
    }

    @Test func `a client secret whose variable is not set is named, and nothing is sent`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let other = text.replacing("{file: secret}", with: "{env: MITREGATE_TEST_UNSET}")
            try #require(other != text)
            try Data(other.utf8).write(to: file)
            let plan = try await bench.plan()
            #expect(plan.exitStatus == .error && plan.exitStatus.rawValue == 1)
            let message = plan.errors.first?.message ?? ""
            #expect(message.contains("The client secret cannot be read"), "\(message)")
            #expect(message.contains("MITREGATE_TEST_UNSET"), "\(message)")
            #expect(bench.simulator.requests().isEmpty)
        }
    }

    @Test func `an update whose answer is lost is not sent twice`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.commit("Change")
            bench.forget()
            try bench.faults(Fault.fault("Set-OutboundConnector", #""drop": "after""#))
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.count == 1)
            #expect(bench.clock.sleeps.isEmpty)
        }
    }

    @Test func `a replica that never catches up is waited for 2, 4, 8, 16 and 30 seconds, and then given up`()
        async throws
    {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.faults(Fault.fault("New-OutboundConnector", #""staleReads": "until-released""#))
            #expect(try await bench.apply().exitStatus == .rolledBack)
            bench.simulator.release()
            #expect(try bench.objects("outboundConnectors").isEmpty)
            #expect(bench.clock.sleeps == [.seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30)])
        }
    }

    @Test(arguments: ["adatum", "fabrikam", "litware"])
    func `a failure leaves the tenant as it was before, undone in reverse order`(failing: String) async throws {
        let files = Self.files.merging(["old.yaml": Definition.outbound("old", "comment: one")]) { one, _ in one }
        try await Bench.with(files: ["old.yaml": Definition.outbound("old", "comment: one")]) { bench in
            try await bench.apply()
            let (before, remembered) = (try bench.picture(), try await bench.remembered())
            for (path, text) in files { try bench.repository.write(text, to: "tenants/contoso/\(path)") }
            try bench.repository.write(Definition.outbound("old", "comment: two"), to: "tenants/contoso/old.yaml")
            try await bench.repository.commit("Four changes")
            bench.forget()
            let name = failing == "adatum" ? "From adatum" : "To \(failing)"
            try bench.faults(Fault.refusing("New-*", object: name))
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .rolledBack)
            #expect(ended.message.contains("It can't be done."))
            #expect(try bench.picture() == before)
            #expect(try await bench.remembered() == remembered)
            #expect(try await bench.unfinished() == nil)
            #expect(try await bench.runs().first?.result == .rolledBack)
            #expect(try await bench.quarantine()?.run == ended.run)

            let sent = bench.writes
            let refused = try #require(sent.lastIndex { $0.object == name && $0.cmdlet.hasPrefix("New-") })
            let (done, undone) = (sent[..<refused], sent[(refused + 1)...])
            #expect(undone.count == done.count)
            #expect(undone.allSatisfy { !$0.cmdlet.hasPrefix("New-") })
            let journal = try #require(try await bench.store.journal(run: ended.run ?? ""))
            #expect(journal.steps.filter { $0.state == .undone }.count == done.count)
        }
    }

    @Test func `what a run undoes is undone from the last write to the first`() async throws {
        try await Bench.with(files: [
            "a.yaml": Definition.outbound("adatum", "comment: one"),
            "b.yaml": Definition.outbound("bellows", "comment: one"),
        ]) { bench in
            try await bench.apply()
            for slug in ["adatum", "bellows"] {
                try bench.repository.write(
                    Definition.outbound(slug, "comment: two"),
                    to: "tenants/contoso/\(slug.prefix(1)).yaml"
                )
            }
            try bench.repository.write(
                Definition.lastRule,
                to: "tenants/contoso/z.yaml"
            )
            try await bench.repository.commit("Three changes")
            try bench.faults(Fault.refusing("New-TransportRule"))
            bench.forget()
            #expect(try await bench.apply().exitStatus == .rolledBack)
            let sent = bench.writes.filter { $0.cmdlet.hasPrefix("Set-") }.map(\.object)
            #expect(sent.count == 4)
            #expect(sent.suffix(2) == sent.prefix(2).reversed())
        }
    }

    @Test func `rule 4: someone else's later change is not overwritten: partly applied, and what to do is said`()
        async throws
    {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam", "comment: one")]) { bench in
            try await bench.apply()
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try bench.repository.write(Definition.inbound("adatum"), to: "tenants/contoso/adatum.yaml")
            try bench.repository.write(
                Definition.lastRule,
                to: "tenants/contoso/z.yaml"
            )
            try await bench.repository.commit("Three changes")
            let edit =
                #""editBefore": {"userId": "eve@contoso.com", "cmdlet": "Set-OutboundConnector", "parameters": {"Identity": "To fabrikam", "Comment": "hers"}}"#
            let refusal = #""errorBody": {"type": "X", "text": "It can't be done."}, "#
            try bench.faults(Fault.fault("New-TransportRule", refusal + edit))
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .partlyApplied)
            #expect(ended.result == .partlyApplied)
            #expect(ended.message.contains("hers") && ended.message.contains("set comment to one"))
            #expect(ended.error?.remedy.contains("mitregate show") == true)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "hers")
            #expect(try bench.objects("inboundConnectors").isEmpty, "what was still ours is undone")
            #expect(try await bench.runs().first?.exitCode == 7)
            #expect(try await bench.quarantine() != nil)
        }
    }

    @Test func `rule 12: an edit between plan and write is planned again: the commit is not quarantined`() async throws
    {
        let files = ["fabrikam.yaml": Definition.outbound("fabrikam", "comment: one"), "z.yaml": Definition.lastRule]
        try await Bench.with(files: files) { bench in
            try await bench.apply()
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try bench.repository.write(Definition.inbound("adatum"), to: "tenants/contoso/adatum.yaml")
            try await bench.repository.commit("Two changes")
            // The first write is confirmed by a reading in which another's edit of the next object shows.
            let edit =
                #""editAfter": {"userId": "eve@contoso.com", "cmdlet": "Set-OutboundConnector", "parameters": {"Identity": "To fabrikam", "Comment": "hers"}}"#
            try bench.faults(Fault.fault("New-InboundConnector", edit))
            let ended = try await bench.apply()
            #expect(ended.error?.id == "plan-stale", "\(ended)")
            #expect(ended.error?.message.contains("someone else has changed comment since the plan") == true)
            #expect(try await bench.quarantine() == nil)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "hers")
            #expect(try bench.objects("inboundConnectors").count == 1, "what was confirmed stands")
            #expect(try await bench.runs().first?.cause == .stale)
            #expect(try await bench.unfinished() == nil)
            // The next run plans with what is there now, and says whose hand it meets.
            let next = try await bench.plan()
            #expect(next.plan?.changes.map(\.name) == ["fabrikam"])
            #expect(try await bench.apply().result == .applied)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "two")
        }
    }

    @Test func `a service that goes down in the middle leaves a journal that the next apply finishes`() async throws {
        try await Bench.with(files: Self.files) { bench in
            // Each reading is five requests: before the plan, and after each of two writes.
            try bench.faults(
                #"""
                [{"match": {"cmdlet": "New-OutboundConnector", "object": "To fabrikam"}, "times": 1, "effect": {"drop": "after"}},
                 {"match": {"cmdlet": "Get-*", "nth": 11}, "times": "always", "effect": {"status": 503, "body": "html"}}]
                """#
            )
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .unknown, "\(ended)")
            #expect(ended.error?.id == "run-unfinished")
            #expect(try await bench.unfinished()?.run == ended.run)
            #expect(try await bench.status(observes: false).state == .unfinished)

            try bench.faults("[]")
            let plan = try await bench.plan()
            #expect(plan.plan?.guards.map(\.id) == ["unfinished-run"])
            bench.forget()
            let next = try await bench.apply()
            #expect(next.exitStatus == .done)
            #expect(bench.writes.map(\.object) == ["To litware"], "nothing is doubled")
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam", "To litware"])
            #expect(try await bench.unfinished() == nil)
            #expect(try await bench.remembered() == ["adatum", "fabrikam", "litware"])
            #expect(try await bench.runs().map(\.result) == [.applied])
            #expect(try await bench.applied().revision == next.revision)
        }
    }

    @Test func `a process that died after its last step, before it closed its record, is closed by the next`()
        async throws
    {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.refusing("New-OutboundConnector", object: "To litware"))
            let ended = try await bench.apply()
            #expect(ended.exitStatus == .rolledBack)
            var record = try #require(try await bench.runs().first)
            record.endedAt = nil
            record.result = nil
            try await bench.commit(StateChange(quarantine: .lift, run: record))
            bench.forget()
            let next = try await bench.apply()
            #expect(next.error?.id == "quarantined-revision", "the commit is not tried again")
            #expect(bench.writes.isEmpty)
            #expect(try await bench.runs().last?.result == .rolledBack)
        }
    }

    @Test func `a process that died before its first step leaves a record that the next closes`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let record = RunRecord(
                id: RunID.make(now: Date(timeIntervalSinceNow: -60)),
                tenant: Bench.tenant,
                command: .apply,
                revision: String(repeating: "a", count: 40),
                startedAt: Date(timeIntervalSinceNow: -60)
            )
            try await bench.commit(StateChange(run: record))
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.runs().map(\.result) == [.applied, .failed])
        }
    }
}
