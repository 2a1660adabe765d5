import Controller
import ExchangeSimulator
import Forges
import Foundation
import Laboratory
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore
import Synchronization
import Testing

/// What was applied before its merge and is rolled back later: neither the branch nor the next comment brings it again.
@Suite struct AppliedAndTakenBackTests {
    private func withApplied(_ body: @Sendable (DeskBench, _ run: String) async throws -> Void) async throws {
        try await DeskBench.with(forge: DeskBench.appliesByComment) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            await bench.comment()
            #expect(bench.writes == ["Set-InboundConnector"])
            let asked = try #require(try await bench.stored(7).applying?.tenants["contoso"])
            try await body(bench, asked.run)
        }
    }

    @Test func `rolled back after its merge, the branch does not bring it again`() async throws {
        try await withApplied { bench, run in
            let tip = try await bench.merge(7)
            #expect(try await bench.apply().stop == nil)
            try await bench.rollBack(run)
            #expect(try await bench.store.standing(of: "contoso").quarantine?.revision == tip)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop?.id == "quarantined-revision", "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `rolled back between its merge and the branch's next round, the branch does not bring it again`()
        async throws
    {
        try await withApplied { bench, run in
            let tip = try await bench.merge(7)
            await bench.desk.look()
            try await bench.rollBack(run)
            #expect(try await bench.store.standing(of: "contoso").quarantine?.revision == tip)
            bench.laboratory.simulator.clearRequests()
            _ = try await bench.apply()
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `merged as a commit that the branch then loses, it is an alarm once the merge should have come`()
        async throws
    {
        try await withApplied { bench, run in
            let before = try await bench.tip()
            let merge = try await bench.merge(7)
            await bench.desk.look()
            try await bench.laboratory.repository.git("reset", "-q", "--hard", before)
            // The commit may be still on its way.
            #expect(try await bench.apply().ahead?.map(\.request) == [.open])
            bench.shift.advance(901)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            let standing = try #require(ending.ahead?.first)
            #expect(standing.request == .mergeLost && standing.isStranded && bench.writes.isEmpty)

            // Git may still come to say it.
            try await bench.laboratory.repository.git("reset", "-q", "--hard", merge)
            let after = try await bench.apply()
            #expect(after.stop == nil && after.ahead == [] && bench.writes.isEmpty, "\(String(describing: after.stop))")
        }
    }

    @Test func `rolled back while the request is open, it is told there, and the same is not applied again`()
        async throws
    {
        try await withApplied { bench, run in
            try await bench.rollBack(run)
            #expect(try await bench.store.standing(of: "contoso").quarantine == nil, "no commit of the branch says it")
            bench.shift.advance(60)
            await bench.desk.look()
            #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .rolledBack)
            let text = try #require(bench.forge.texts(on: 7).first { $0.contains("before the merge: ") })
            #expect(text.contains("rolled back"), "\(text)")
            bench.laboratory.simulator.clearRequests()
            await bench.comment()
            #expect(bench.writes.isEmpty)
            #expect(bench.forge.texts(on: 7).contains { $0.contains("were already applied") })
        }
    }

    @Test func `that git comes to say the same by another commit is no rollback`() async throws {
        try await withApplied { bench, _ in
            let said = try await bench.laboratory.repository.git("show", "request-7:\(DeskBench.path)")
            // In other words, so that the commit is not taken for the merge.
            try bench.laboratory.repository.write("# Agreed by phone.\n\(said)", to: DeskBench.path)
            try await bench.laboratory.repository.commit("The same, by another way")
            let ending = try await bench.apply()
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty, "\(String(describing: ending.stop))")
            bench.shift.advance(60)
            await bench.desk.look()
            #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .applied)
            #expect(!bench.forge.texts(on: 7).contains { $0.contains("rolled back") })

            // Nor is a rollback of something else one of it.
            for note in ["new", "changed"] {
                let text = DeskBench.inbound(note, slug: "litware")
                try bench.laboratory.repository.write(text, to: "tenants/contoso/litware.yaml")
                try await bench.laboratory.repository.commit("Straight to main")
                let held = try await bench.apply()
                let released = try await bench.apply(approving: try #require(held.made?.plan?.changesDigest))
                #expect(released.stop == nil, "\(String(describing: released.stop))")
            }
            var query = RunQuery(tenant: "contoso", limit: 1)
            query.results = [.applied]
            try await bench.rollBack(try #require(try await bench.store.runs(query).first).id)
            await bench.desk.look()
            #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .applied)
        }
    }

    @Test func `that it was rolled back is told though the run is no longer kept as ahead of git`() async throws {
        try await withApplied { bench, run in
            try await bench.rollBack(run)
            _ = try await bench.apply()
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty)
            await bench.desk.look()
            #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .rolledBack)
        }
    }
}

/// What may change between a comment and the first write.
@Suite struct AskedOnceMoreTests {
    @Test func `what comes up while the tenant is read and judged is heard before the first write`() async throws {
        try await DeskBench.with(forge: DeskBench.appliesByComment) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            bench.lanes.state.withLock { $0.mode = .busy }
            await bench.comment()
            let asked = Atomic(0)
            bench.lanes.state.withLock { state in
                state.mode = .working
                state.waiting = state.waiting.map { order in
                    var order = order
                    let hindrance = order.hindrance
                    order.hindrance = {
                        if asked.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { return "It was closed meanwhile." }
                        return await hindrance()
                    }
                    return order
                }
            }
            await bench.takeTurns()
            #expect(asked.load(ordering: .relaxed) == 2)
            #expect(bench.writes.isEmpty)
            let outcome = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.outcome)
            #expect(outcome.state == .held && outcome.text.contains("It was closed meanwhile."), "\(outcome)")
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty)
        }
    }

    @Test func `a process that no longer leads does not begin what another told as never begun`() async throws {
        try await DeskBench.with(forge: DeskBench.appliesByComment) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            bench.lanes.state.withLock { $0.mode = .busy }
            await bench.comment()
            let next = bench.restarted()
            await next.desk.look()
            #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .failed)
            await bench.takeTurns()
            #expect(bench.writes.isEmpty)
        }
    }
}
