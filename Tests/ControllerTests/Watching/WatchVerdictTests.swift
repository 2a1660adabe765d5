import ExchangeSimulator
import Foundation
import Laboratory
import MailWatch
import Reconciling
import Scheduling
import StateStore
import TestSupport
import Testing

@testable import Controller

/// What ends a watch, or keeps a change from being taken back, by looks at a simulated tenant.
@Suite(.timeLimit(.minutes(5)))
struct WatchVerdictTests {
    @Test func `a connector that someone else changes is watched no more`() async throws {
        try await WatchBench.with { bench in
            let keeper = bench.keeper()
            let report = try await bench.round()
            #expect(await keeper.ended(report, of: bench.managed))
            _ = await keeper.look(at: bench.managed, isSuspended: false)
            #expect(await keeper.watches(of: WatchBench.tenant).map(\.state.isEnded) == [false])
            try bench.tamper(#""SmartHosts": ["127.0.0.2"]"#)
            _ = await keeper.look(at: bench.managed, isSuspended: false)
            let watch = try #require(await keeper.watches(of: WatchBench.tenant).first)
            #expect((watch.state, watch.reason) == (.superseded, .changedByOthers))
        }
    }

    @Test func `where the gate knows nothing of the server before, what fails is held for a person`() async throws {
        try await WatchBench.with(onRegression: "roll-back-even-if-weaker") { bench in
            let keeper = bench.keeper()
            // Nothing listens there, so whether it would have taken mail is not known.
            let former = WatchBench.outbound().replacing("127.0.0.1", with: "127.0.0.2")
            let first = try await bench.round(["fabrikam.yaml": former])
            #expect(await keeper.ended(first, of: bench.managed))
            let text = WatchBench.outbound("fabrikam", "tlsSettings: EncryptionOnly")
            let second = try await bench.round(["fabrikam.yaml": text])
            #expect(await keeper.ended(second, of: bench.managed))
            _ = await keeper.look(at: bench.managed, isSuspended: false)
            try bench.sendMail()
            try await bench.pass(7, of: 500, keeper)
            let watch = try #require(await keeper.watches(of: WatchBench.tenant).last)
            #expect(watch.run == second.outcome.run)
            #expect((watch.state, watch.reason) == (.regressedHeld, .beforeOpen), "\(watch.account)")
        }
    }

    @Test func `in a suspended tenant a verdict is recorded, and nothing is written`() async throws {
        try await WatchBench.with(onRegression: "roll-back-even-if-weaker") { bench in
            let keeper = bench.keeper()
            let first = try await bench.round()
            #expect(await keeper.ended(first, of: bench.managed))
            let text = WatchBench.outbound("fabrikam", "tlsSettings: EncryptionOnly")
            let second = try await bench.round(["fabrikam.yaml": text])
            #expect(await keeper.ended(second, of: bench.managed))
            _ = await keeper.look(at: bench.managed, isSuspended: false)
            try bench.sendMail()
            try await bench.pass(6, of: 490, keeper)
            #expect(await keeper.watches(of: WatchBench.tenant).last?.verdict == nil)
            try bench.laboratory.simulator.moveClock(by: 500)

            let lanes = LaneRegistry(tools: bench.tools(bench.store))
            lanes.adopt(bench.environment.configuration)
            let working = Task { await lanes.run() }
            let now = Date()
            let suspension = Suspension(until: now + 86_400, reason: "migration", by: "ops", since: now)
            lanes[WatchBench.tenant]?.tell(.suspended(suspension))
            await eventually { lanes[WatchBench.tenant]?.snapshot.memory.suspension != nil }
            let service = bench.service(keeper, lanes)
            let looking = Task { try await service.run() }
            await eventually { await keeper.watches(of: WatchBench.tenant).last?.verdict != nil }
            looking.cancel()
            try await looking.value
            lanes.stop()
            await working.value
            let watch = try #require(await keeper.watches(of: WatchBench.tenant).last)
            #expect((watch.state, watch.reason) == (.regressedHeld, .configured), "\(watch.account)")
        }
    }
}
