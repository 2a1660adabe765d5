import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import TestSupport
import Testing

/// Drift that is put back while a commit waits, as a controller has it done.
@Suite struct CorrectionTests {
    private static let files = [
        "fabrikam.yaml": Definition.outbound("fabrikam", "comment: one"),
        "tailspin.yaml": Definition.inbound("tailspin", "comment: one"),
    ]

    /// A tenant in which two comments were changed by hand, and a commit after the one in force.
    private static func with(
        _ body: @Sendable (Bench, _ inForce: String, _ waiting: Quarantine) async throws -> Void
    ) async throws {
        try await Bench.with(settings: "drift: correct", files: files) { bench in
            let inForce = try #require(try await bench.apply().revision)
            try bench.repository.write(Definition.inbound("adatum"), to: "tenants/contoso/adatum.yaml")
            let commit = try await bench.repository.commit("Another partner")
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To fabrikam", "Comment": "hers"}"#)
            try bench.edit("Set-InboundConnector", #"{"Identity": "From tailspin", "Comment": "hers"}"#)
            bench.forget()
            let waiting = Quarantine(
                tenant: Bench.tenant,
                revision: commit,
                run: "01",
                reason: "It was refused.",
                since: Date(timeIntervalSince1970: 1_790_000_000)
            )
            try await body(bench, inForce, waiting)
        }
    }

    @Test func `a commit that waits, quarantined or not, is neither written nor said to be in force`() async throws {
        try await Self.with { bench, inForce, waiting in
            try await bench.commit(StateChange(quarantine: .set(waiting)))
            let ending = try await bench.correct()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(try bench.comments() == ["one", "one"])
            #expect(try bench.objects("inboundConnectors").count == 1)
            #expect(try await bench.applied().revision == inForce)
            #expect(try await bench.quarantine() == waiting)
            let record = try #require(try await bench.runs().first)
            #expect(record.result == .applied && record.revision == inForce)
            #expect(record.author == nil && record.subject == nil, "those of the commit that waits")
            #expect(try await bench.apply().error?.id == "quarantined-revision")
        }
    }

    @Test func `cut off, and finished by another run, it says nothing of the commit either`() async throws {
        try await Self.with { bench, inForce, waiting in
            try bench.faults(
                #"[{"match": {"cmdlet": "Set-*", "nth": 2}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            let ending = try await bench.correct()
            #expect(ending.stop?.id == "run-unfinished", "\(String(describing: ending.stop))")
            #expect(try await bench.unfinished() != nil)
            try await bench.commit(StateChange(quarantine: .set(waiting)))
            try bench.faults("[]")
            try await bench.finish()
            #expect(try bench.comments() == ["one", "one"])
            #expect(try await bench.runs().map(\.result) == [.applied, .applied])
            #expect(try await bench.applied().revision == inForce)
            #expect(try await bench.quarantine() == waiting)
        }
    }

    @Test func `one that Exchange refuses holds the next one, and no commit`() async throws {
        try await Self.with { bench, inForce, _ in
            try bench.faults(Fault.refusing("Set-*", times: 9))
            let ending = try await bench.correct()
            #expect(ending.stop?.status == .rolledBack)
            #expect(ending.stop?.remedy.contains("mitregate retry") == true, "\(String(describing: ending.stop))")
            let quarantine = try #require(try await bench.quarantine())
            #expect(quarantine.revision == inForce && quarantine.holdsCorrections == true)
            try bench.faults("[]")
            bench.forget()
            #expect(try await bench.correct().stop?.id == "quarantined-revision")
            #expect(bench.writes.isEmpty)
            #expect(try await bench.apply().exitStatus == .done, "the commit that waited brings it along")
            #expect(try bench.comments() == ["one", "one"])
            #expect(try await bench.quarantine() == nil)
        }
    }

    @Test func `one that was taken back is held until someone asks for it again`() async throws {
        try await Self.with { bench, inForce, _ in
            let run = try #require(try await bench.correct().outcome.run)
            #expect(try await bench.rollback(run).exitStatus == .done)
            #expect(try bench.comments() == ["hers", "hers"])
            #expect(try await bench.quarantine()?.revision == inForce)
            #expect(try await bench.correct().stop?.id == "quarantined-revision")
            let (reconciler, tenants) = try bench.reconciler()
            _ = try await reconciler.retry(try #require(tenants.first))
            #expect(try await bench.correct().stop == nil)
            #expect(try bench.comments() == ["one", "one"])
        }
    }

    @Test func `an older run that is rolled back quarantines the commit that was tried last, and not the one in force`()
        async throws
    {
        try await Self.with { bench, inForce, waiting in
            let first = try #require(try await bench.runs().first { $0.revision == inForce })
            try bench.faults(Fault.refusing("New-InboundConnector", times: 9))
            #expect(try await bench.apply().exitStatus == .rolledBack)
            try bench.faults("[]")
            #expect(try await bench.correct().stop == nil)
            #expect(try await bench.rollback(first.id).exitStatus == .done)
            #expect(try await bench.quarantine()?.revision == waiting.revision)
            #expect(try await bench.quarantine()?.holdsCorrections == nil)
        }
    }
}

extension Bench {
    /// Puts back both comments, and nothing else.
    fileprivate func correct() async throws -> RunEnding {
        let (reconciler, tenants) = try reconciler()
        let correction = PlanScope.Correction(fields: ["comment"])
        let keys = [
            ConnectorKey(kind: .outboundConnector, name: "fabrikam"),
            ConnectorKey(kind: .inboundConnector, name: "tailspin"),
        ]
        let corrections = Dictionary(uniqueKeysWithValues: keys.map { ($0, correction) })
        return await reconciler.run(
            try #require(tenants.first),
            TenantRun.reconciling,
            options: Self.options { $0.scope = PlanScope(includesCommit: false, corrections: corrections) }
        )
    }

    fileprivate func comments() throws -> [String?] {
        [
            try outbound("To fabrikam")["Comment"] as? String,
            try objects("inboundConnectors")["From tailspin"]?["Comment"] as? String,
        ]
    }
}
