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

/// Taking back an earlier run by its id.
@Suite struct RollbackTests {
    /// A tenant with two connectors, and then a run that creates, changes and renames.
    private static func withRun(
        _ body: @Sendable (Bench, _ before: String, _ run: String) async throws -> Void
    ) async throws {
        let first = ["a.yaml": Definition.outbound("adatum", "comment: one"), "b.yaml": Definition.inbound("bellows")]
        try await Bench.with(settings: "prune: delete", files: first) { bench in
            try #require(try await bench.apply().exitStatus == .done)
            let before = try bench.picture()
            try bench.repository.write(Definition.outbound("adatum", "comment: two"), to: "tenants/contoso/a.yaml")
            try bench.repository.write(Definition.inbound("bellows", name: "Bellows"), to: "tenants/contoso/b.yaml")
            try bench.repository.write(Definition.outbound("consolidated"), to: "tenants/contoso/c.yaml")
            try await bench.repository.commit("Three changes")
            let ended = try await bench.apply()
            try #require(ended.exitStatus == .done, "\(ended.message)")
            bench.forget()
            try await body(bench, before, try #require(ended.run))
        }
    }

    @Test func `a rollback restores what the run touched, last first, and quarantines its commit`() async throws {
        try await Self.withRun { bench, before, run in
            let forward = try #require(try await bench.store.journal(run: run)).steps.map(\.write.name)
            let ended = try await bench.rollback(run)
            #expect(ended.exitStatus == .done)
            #expect(ended.result == .applied)
            #expect(try bench.picture() == before)
            let journal = try #require(try await bench.store.journal(run: ended.run ?? ""))
            #expect(journal.steps.map(\.write.name) == forward.reversed())
            #expect(try await bench.remembered() == ["adatum", "bellows"])
            #expect(try await bench.runs().first?.command == .rollback)
            #expect(try await bench.quarantine()?.run == ended.run)
            bench.forget()
            #expect(try await bench.apply().error?.id == "quarantined-revision")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `rule 11: a rollback into weaker security takes an extra word, and writes nothing without it`()
        async throws
    {
        try await Self.withRun { bench, before, run in
            let stop = await #expect(throws: RunStop.self) { try await bench.rollback(run, acceptsWeaker: false) }
            #expect(stop?.id == "rollback-weakens")
            #expect(stop?.status == .held)
            #expect(stop?.message.contains("OutboundConnector/consolidated") == true, "\(stop?.message ?? "")")
            #expect(stop?.remedy.contains("--accept-weaker") == true)
            #expect(bench.writes.isEmpty)
            let quarantine = try await bench.quarantine()
            #expect(quarantine == nil)
        }
    }

    @Test func `a rollback that weakens nothing takes no extra word`() async throws {
        try await Bench.with(files: ["a.yaml": Definition.outbound("adatum", "comment: one")]) { bench in
            try await bench.apply()
            try bench.repository.write(Definition.outbound("adatum", "comment: two"), to: "tenants/contoso/a.yaml")
            try await bench.repository.commit("A comment")
            let ended = try await bench.apply()
            let restored = try await bench.rollback(try #require(ended.run), acceptsWeaker: false)
            #expect(restored.exitStatus == .done)
            #expect(try bench.outbound("To adatum")["Comment"] as? String == "one")
        }
    }

    @Test func `what an older run did is not done again by a commit that came after it`() async throws {
        try await Bench.with(files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            let first = try await bench.apply()
            try bench.repository.write(Definition.inbound("bellows"), to: "tenants/contoso/b.yaml")
            try await bench.repository.commit("Another partner")
            try #require(try await bench.apply().exitStatus == .done)
            let ended = try await bench.rollback(try #require(first.run))
            #expect(ended.exitStatus == .done, "\(ended.message)")
            #expect(try await bench.remembered() == ["bellows"])
            bench.forget()
            #expect(try await bench.apply().error?.id == "quarantined-revision")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `rule 4: a rollback is refused where someone changed the same objects later, and writes nothing`()
        async throws
    {
        try await Self.withRun { bench, _, run in
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To adatum", "Comment": "hers"}"#)
            let stop = await #expect(throws: RunStop.self) { try await bench.rollback(run) }
            #expect(stop?.status == .held)
            #expect(stop?.id == "changed-since")
            #expect(stop?.message.contains("hers") == true)
            #expect(bench.writes.isEmpty)
            #expect(try await bench.quarantine() == nil)
        }
    }

    @Test func `where it is told to skip what changed since, a rollback restores the rest and says what it left`()
        async throws
    {
        try await Self.withRun { bench, _, run in
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To adatum", "Comment": "hers"}"#)
            let stop = await #expect(throws: RunStop.self) { try await bench.rollback(run) }
            #expect(stop?.id == "changed-since" && stop?.status == .held)
            #expect(bench.writes.isEmpty)
            let ended = try await bench.rollback(run, skipsChanged: true)
            #expect(ended.exitStatus == .partlyApplied, "\(ended.message)")
            #expect(ended.error?.id == "partly-restored")
            #expect(ended.error?.message.contains("adatum") == true, "\(ended.error?.message ?? "")")
            #expect(try bench.outbound("To adatum")["Comment"] as? String == "hers")
            #expect(try bench.objects("outboundConnectors")["To consolidated"] == nil)
            #expect(try await bench.remembered() == ["adatum", "bellows"])
        }
    }

    @Test func `rule 4: a rollback leaves alone what the run did not touch`() async throws {
        try await Self.withRun { bench, _, run in
            try bench.edit(
                "New-OutboundConnector",
                #"{"Name": "Hers", "RecipientDomains": ["z.example"], "UseMXRecord": true}"#
            )
            #expect(try await bench.rollback(run).exitStatus == .done)
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["Hers", "To adatum"])
        }
    }

    @Test func `a rollback that fails in the middle is itself undone`() async throws {
        try await Self.withRun { bench, _, run in
            let before = try bench.picture(withIdentities: false)
            try bench.faults(Fault.refusing("Set-OutboundConnector", times: 9))
            let ended = try await bench.rollback(run)
            #expect(ended.exitStatus == .rolledBack)
            #expect(try bench.picture(withIdentities: false) == before)
            #expect(try await bench.remembered() == ["adatum", "bellows", "consolidated"])
            #expect(try await bench.quarantine() == nil)
        }
    }

    private static let former = Quarantine(
        tenant: Bench.tenant,
        revision: String(repeating: "f", count: 40),
        run: "01",
        reason: "It was refused.",
        since: Date(timeIntervalSince1970: 1_790_000_000)
    )

    @Test(
        arguments: [
            #""throttle": {}, "retryAfter": 400"#, #""status": 503, "body": "html""#, #""drop": "before""#,
        ],
        [nil, former]
    )
    func `rule 12: a rollback that may not begin now leaves the quarantine as it was`(
        effect: String,
        quarantine: Quarantine?
    ) async throws {
        try await Self.withRun { bench, before, run in
            if let quarantine { try await bench.commit(StateChange(quarantine: .set(quarantine))) }
            let faults = ["Set-*", "Remove-*"].map {
                #"{"match": {"cmdlet": "\#($0)"}, "times": "always", "effect": {\#(effect)}}"#
            }
            try bench.faults("[\(faults.joined(separator: ", "))]")
            let ended = try await bench.rollback(run)
            #expect(ended.exitStatus == .error && ended.result == .failed, "\(ended)")
            #expect(ended.error?.remedy.contains("Run rollback again") == true, "\(String(describing: ended.error))")
            #expect(try await bench.quarantine() == quarantine)
            try bench.faults("[]")
            let again = try await bench.rollback(run)
            #expect(again.exitStatus == .done, "\(again)")
            #expect(try bench.picture() == before)
            #expect(try await bench.quarantine()?.run == again.run)
        }
    }

    @Test(arguments: [nil, former])
    func `a rollback that was cut off, and is undone by the next run, leaves the quarantine as it was`(
        quarantine: Quarantine?
    ) async throws {
        try await Bench.with(files: [
            "a.yaml": Definition.outbound("adatum"), "b.yaml": Definition.outbound("bellows"),
            "c.yaml": Definition.outbound("consolidated"),
        ]) { bench in
            let run = try #require(try await bench.apply().run)
            let before = try bench.picture(withIdentities: false)
            if let quarantine { try await bench.commit(StateChange(quarantine: .set(quarantine))) }
            try bench.faults(
                #"[{"match": {"cmdlet": "Remove-*", "nth": 3}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            let cut = try await bench.rollback(run)
            #expect(cut.error?.id == "run-unfinished", "\(cut)")
            #expect(try await bench.quarantine()?.run == cut.run)
            try bench.faults(Fault.refusing("Remove-*", times: 9))
            try await bench.finish()
            #expect(try await bench.runs().first?.result == .rolledBack)
            #expect(try bench.picture(withIdentities: false) == before)
            #expect(try await bench.quarantine() == quarantine)
        }
    }

    @Test func `a rollback that was cut off, and is finished by the next run, keeps its commit quarantined`()
        async throws
    {
        try await Self.withRun { bench, before, run in
            // What is taken back last.
            try bench.faults(Fault.fault("Remove-*", times: #""always""#, #""throttle": {}, "retryAfter": 400"#))
            let cut = try await bench.rollback(run)
            #expect(cut.error?.id == "run-unfinished", "\(cut)")
            try bench.faults("[]")
            try await bench.finish()
            #expect(try bench.picture() == before)
            #expect(try await bench.runs().first?.result == .applied)
            #expect(try await bench.quarantine()?.run == cut.run)
        }
    }

    @Test func `a rollback of which something else would come now than was shown writes nothing`() async throws {
        try await Self.withRun { bench, _, run in
            let rollback = try await RollbackRun.find(
                run,
                bench.environment(),
                consent: RollbackRun.Consent(skipsChanged: true, acceptsWeaker: true)
            )
            let shown = try await rollback.plan()
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To adatum", "Comment": "hers"}"#)
            let ended = try #require(await rollback.perform(expecting: shown).tenants.first)
            #expect(ended.exitStatus == .stale && ended.error?.id == "plan-stale", "\(ended)")
            #expect(bench.writes.isEmpty)
            let quarantine = try await bench.quarantine()
            #expect(quarantine == nil)
        }
    }

    /// The request's memory as the store has it: none, and one that cannot be read.
    @Test(arguments: [nil, "{}"])
    func `where it is not known whether a request was merged, rolling back its run holds the branch, too`(
        memory: String?
    ) async throws {
        try await Self.withRun { bench, _, run in
            var record = try #require(try await bench.runs().first { $0.id == run })
            record.command = .applyAhead
            let ahead = AheadRun(
                tenant: Bench.tenant,
                run: run,
                source: "mail-flow",
                request: 7,
                page: "",
                head: record.revision,
                base: record.revision,
                by: "ada",
                at: record.startedAt
            )
            try await bench.commit(StateChange(run: record, ahead: ahead))
            if let memory {
                let document = Document(.pullRequest, "mail-flow/7", json: memory)
                try await bench.store.commit(ControllerChange(documents: [document]))
            }
            #expect(try await bench.rollback(run).exitStatus == .done)
            let quarantine = try await bench.quarantine()
            #expect(quarantine?.revision == record.revision)
        }
    }

    @Test func `a deleted connector comes back with all it had`() async throws {
        let full = "comment: one, validationRecipients: [tls@adatum.example]"
        let files = [
            "a.yaml": Definition.outbound("adatum", full, annotations: Definition.approval),
            "b.yaml": Definition.inbound("bellows"),
        ]
        try await Bench.with(settings: "prune: delete", files: files) { bench in
            try await bench.apply()
            let before = try bench.picture(withIdentities: false)
            try bench.repository.write(nil, to: "tenants/contoso/a.yaml")
            try await bench.repository.commit("Remove it")
            let run = try #require(try await bench.apply().run)
            #expect(try bench.objects("outboundConnectors").isEmpty)
            #expect(try await bench.rollback(run).exitStatus == .done)
            #expect(try bench.picture(withIdentities: false) == before)
            let identity = try bench.outbound("To adatum")["Guid"] as? String
            #expect(
                try await bench.applied().connectors.first { $0.key.name == "adatum" }?.guid == identity?.lowercased()
            )
        }
    }

    @Test func `a run that wrote nothing cannot be taken back, and an unknown one is not found`() async throws {
        try await Bench.with(files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            try bench.repository.write(Definition.outbound("adatum", "nonsense: 1"), to: "tenants/contoso/a.yaml")
            try await bench.repository.commit("Broken")
            let run = try #require(try await bench.apply().run)
            let stop = await #expect(throws: RunStop.self) { try await bench.rollback(run) }
            #expect(stop?.id == "nothing-to-restore")
            await #expect(throws: StateStoreError.self) { try await bench.rollback("zzzz") }
        }
    }

    // MARK: By commit

    private static func head(_ bench: Bench) async throws -> String {
        String(try await bench.repository.git("rev-parse", "HEAD").prefix(40))
    }

    /// Plans and carries out all rollbacks of a commit, as the command does.
    private static func rollBack(
        _ revision: String,
        _ bench: Bench,
        acceptsWeaker: Bool = true
    ) async throws -> [TenantApply] {
        let environment = try bench.environment()
        var rest = try await RollbackRun.find(
            revision: revision,
            of: environment.configuration.tenants,
            environment,
            consent: RollbackRun.Consent(acceptsWeaker: acceptsWeaker)
        )
        var outcomes: [TenantApply] = []
        while !rest.isEmpty {
            let planned = await RollbackRun.plan(rest.compactMap(\.first))
            outcomes += planned.compactMap(\.refusal)
            outcomes += await RollbackRun.perform(planned)
            rest = rest.map { Array($0.dropFirst()) }.filter { !$0.isEmpty }
        }
        return outcomes
    }

    @Test func `a commit's rollback restores what its run touched, and quarantines it`() async throws {
        try await Self.withRun { bench, before, run in
            let revision = try await Self.head(bench)
            let outcomes = try await Self.rollBack(String(revision.prefix(12)), bench)
            #expect(outcomes.map(\.exitStatus) == [.done])
            #expect(try bench.picture() == before)
            #expect(try await bench.quarantine()?.revision == revision)
            #expect(try await bench.quarantine()?.reason == "Commit \(revision.prefix(12)) was rolled back by hand.")
            bench.forget()
            let again = try await Self.rollBack(revision, bench)
            #expect(again.map(\.exitStatus) == [.done] && again.first?.run == nil, "\(again)")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `rule 11: a commit's rollback into weaker security takes an extra word, too`() async throws {
        try await Self.withRun { bench, _, _ in
            let revision = try await Self.head(bench)
            let outcome = try #require(try await Self.rollBack(revision, bench, acceptsWeaker: false).first)
            #expect(outcome.exitStatus == .held && outcome.error?.id == "rollback-weakens")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `a commit that no run applied is told`() async throws {
        try await Self.withRun { bench, _, _ in
            let stop = await #expect(throws: RunStop.self) { try await Self.rollBack("0123456789ab", bench) }
            #expect(stop?.id == "commit-unknown")
        }
    }
}
