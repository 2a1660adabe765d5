import ExchangeSimulator
import Foundation
import Laboratory
import MailWatch
import Scheduling
import StateStore
import Testing

@testable import Controller

/// When watches begin, what they stand for, and what is told of their end.
@Suite(.timeLimit(.minutes(5)))
struct WatchKeeperTests {
    /// What keeps a watch from beginning right after its run.
    enum Mishap: CaseIterable { case tenantUnreadable, watchesUnreadable, nothingStored, killed }

    @Test(arguments: Mishap.allCases)
    func `a run whose watch cannot begin is watched later, and meanwhile counts as watched`(
        _ mishap: Mishap
    ) async throws {
        try await WatchBench.with { bench in
            let report = try await bench.round()
            let keeper = bench.keeper()
            switch mishap {
            case .tenantUnreadable: try bench.answer(false)
            case .watchesUnreadable: bench.store.fail([.watch])
            case .nothingStored: bench.store.refuse(true)
            case .killed: break
            }
            if mishap == .killed {
                // The process that made the run told no one of it; another looks at the tenant.
                let next = try await bench.round()
                #expect(await keeper.ended(next, of: bench.managed))
            } else {
                #expect(await keeper.ended(report, of: bench.managed))
                #expect(await keeper.watches(of: WatchBench.tenant).isEmpty)
                #expect(await keeper.hasWork(WatchBench.tenant))
                try bench.answer(true)
                bench.store.fail([])
                bench.store.refuse(false)
                await keeper.catchUp(bench.managed)
            }
            let watches = await keeper.watches(of: WatchBench.tenant)
            #expect(watches.map(\.run) == [report.outcome.run])
            #expect(watches.map(\.tree) == [report.outcome.tree])
            let again = try await bench.round()
            #expect(await keeper.ended(again, of: bench.managed))
            #expect(await keeper.watches(of: WatchBench.tenant).count == 1, "it begins once")
        }
    }

    @Test func `what a run changed is judged when the last of its watches has ended`() async throws {
        try await WatchBench.with { bench in
            let keeper = bench.keeper()
            let report = try await bench.round(["adatum.yaml": WatchBench.outbound("adatum")])
            #expect(await keeper.ended(report, of: bench.managed))
            let watches = await keeper.watches(of: WatchBench.tenant)
            #expect(watches.count == 2)
            for (number, watch) in watches.enumerated() {
                _ = try await keeper.end(watch.id, reason: "Enough.", by: "ops", in: [WatchBench.tenant])
                let untold = await keeper.untold(WatchBench.tenant)
                #expect(untold.map { $0.watch.id } == [watch.id])
                #expect(untold.map { $0.isLast } == [number == 1])
                await keeper.markTold([watch.id], of: WatchBench.tenant)
            }
            let next = try await bench.round()
            #expect(await keeper.ended(next, of: bench.managed) == false)
        }
    }

    @Test func `a commit that rewrites a connector ends its watch for the old definitions alone`() async throws {
        try await WatchBench.with { bench in
            let keeper = bench.keeper()
            let first = try await bench.round()
            _ = await keeper.ended(first, of: bench.managed)
            let second = try await bench.round(["fabrikam.yaml": WatchBench.outbound("fabrikam", "comment: Second")])
            #expect(await keeper.ended(second, of: bench.managed))
            let untold = await keeper.untold(WatchBench.tenant)
            #expect(untold.map { $0.watch.state } == [.superseded])
            #expect(untold.map { $0.watch.tree } == [first.outcome.tree])
            let open = await keeper.watches(of: WatchBench.tenant).filter { !$0.state.isEnded }
            #expect(open.map(\.tree) == [second.outcome.tree])
            #expect(first.outcome.tree != second.outcome.tree)
        }
    }

    @Test func `a watch stands for a later commit too that leaves its connector alone`() async throws {
        try await WatchBench.with { bench in
            let keeper = bench.keeper()
            let first = try await bench.round()
            #expect(await keeper.ended(first, of: bench.managed))
            let second = try await bench.round(["adatum.yaml": WatchBench.outbound("adatum")])
            #expect(await keeper.ended(second, of: bench.managed))
            let watches = await keeper.watches(of: WatchBench.tenant)
            #expect(watches.map { !$0.state.isEnded } == [true, true])
            #expect(watches.map(\.tree) == [second.outcome.tree, second.outcome.tree])
        }
    }

    @Test func `an end that no one was told of is told after a restart, and until then counts as watched`()
        async throws
    {
        try await WatchBench.with { bench in
            let report = try await bench.round()
            let keeper = bench.keeper()
            _ = await keeper.ended(report, of: bench.managed)
            let run = try #require(report.outcome.run)
            _ = try await keeper.end(run, reason: "Enough.", by: "ops", in: [WatchBench.tenant])
            let next = try await bench.round()
            let restarted = bench.keeper()
            #expect(await restarted.hasWork(WatchBench.tenant))
            #expect(await restarted.ended(next, of: bench.managed))
            let untold = await restarted.untold(WatchBench.tenant)
            #expect(untold.map { $0.watch.run } == [run])
            await restarted.markTold(Set(untold.map { $0.watch.id }), of: WatchBench.tenant)
            let last = bench.keeper()
            #expect(await last.hasWork(WatchBench.tenant) == false)
            #expect(await last.ended(next, of: bench.managed) == false)
        }
    }

    @Test func `nothing is taken back before it is stored that it will be`() async throws {
        try await WatchBench.with(onRegression: "roll-back-even-if-weaker") { bench in
            let keeper = bench.keeper()
            let first = try await bench.round()
            #expect(await keeper.ended(first, of: bench.managed))
            let text = WatchBench.outbound("fabrikam", "tlsSettings: EncryptionOnly")
            let second = try await bench.round(["fabrikam.yaml": text])
            #expect(await keeper.ended(second, of: bench.managed))
            _ = await keeper.look(at: bench.managed, isSuspended: false)
            try bench.sendMail()
            try bench.laboratory.simulator.moveClock(by: 3_300)
            // The service's time jumped, and is believed when the next look bears it out.
            _ = await keeper.look(at: bench.managed, isSuspended: false)
            bench.store.refuse(true)
            #expect(await keeper.look(at: bench.managed, isSuspended: false).isEmpty)
            bench.store.refuse(false)
            let takeBack = try #require(await keeper.look(at: bench.managed, isSuspended: false).first)
            let documents = try await bench.store.documents(DocumentQuery(.watch, tenant: WatchBench.tenant))
            #expect(documents.contains { $0.key == takeBack.watch && $0.json.contains(takeBack.run) })
        }
    }

    @Test func `the beginning of an id ends a watch only where one run has it`() async throws {
        try await WatchBench.with { bench in
            let keeper = bench.keeper()
            let first = try await bench.round()
            _ = await keeper.ended(first, of: bench.managed)
            let second = try await bench.round(["adatum.yaml": WatchBench.outbound("adatum")])
            _ = await keeper.ended(second, of: bench.managed)
            let older = try #require(first.outcome.run)
            let newer = try #require(second.outcome.run)
            let common = String(zip(older, newer).prefix { $0.0 == $0.1 }.map { $0.0 })
            #expect(!common.isEmpty)
            await #expect(throws: StateStoreError.ambiguousRun(common, candidates: [newer, older])) {
                _ = try await keeper.end(common, reason: "Enough.", by: "ops", in: [WatchBench.tenant])
            }
            #expect(await keeper.watches(of: WatchBench.tenant).allSatisfy { !$0.state.isEnded })
            let beginning = String(newer.dropLast(2)).lowercased()
            let ended = try await keeper.end(beginning, reason: "Enough.", by: "ops", in: [WatchBench.tenant])
            #expect(ended?.run == newer)
            let open = await keeper.watches(of: WatchBench.tenant).filter { !$0.state.isEnded }
            #expect(open.map(\.run) == [older])
        }
    }
}
