import Configuration
import ExchangeOnline
import Foundation
import Laboratory
import Logging
import Planning
import PullRequests
import Reconciling
import Scheduling
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// The lanes' part in what is applied before a merge.
@Suite(.timeLimit(.minutes(5))) struct AheadWorkTests {
    /// Lanes over a desk's tenant, and what tells of what they did.
    private struct Controlled: Sendable {
        let lanes: LaneRegistry
        let watches: WatchKeeper
        let work: AheadWork
        private let requests: RequestService

        private init(_ bench: DeskBench) {
            let environment = bench.environment
            let (store, logger, now) = (environment.store, environment.logger, environment.timing.now)
            let (shared, observer) = (SharedResources(environment), Observer(version: "test"))
            let events = EventLog(store: store, logger: logger, now: now)
            let runner = RoundRunner(
                environment: { environment },
                shared: shared,
                sources: SourceKeeper(environment: { environment }, now: now),
                gate: RoundGate(1)
            )
            lanes = LaneRegistry(
                tools: LaneTools(
                    store: store,
                    runner: runner,
                    events: events,
                    requests: .init(),
                    observer: observer,
                    afterRound: { _, _ in },
                    logger: logger,
                    now: now,
                    chance: { 0.5 },
                    clock: environment.timing.clock,
                    alarm: LaneAlarm(environment.timing.clock)
                )
            )
            watches = WatchKeeper(
                environment: { environment },
                shared: shared,
                events: events,
                observer: observer,
                conditions: ObjectConditions(store: store, events: events, now: now)
            )
            requests = RequestService(
                settings: ConfigurationHolder(environment.configuration),
                tools: RequestTools(
                    environment: { environment },
                    shared: shared,
                    open: { _ in bench.forge },
                    branch: { _ in nil }
                ),
                environment: environment
            )
            let later = LateServices()
            later.adopt(requests)
            work = AheadWork(lanes: lanes, runner: runner, watches: watches, observer: observer, later: later)
        }

        static func with(_ bench: DeskBench, _ body: (Controlled) async throws -> Void) async throws {
            let controlled = Controlled(bench)
            let telling = Task { try await controlled.requests.run() }
            defer { telling.cancel() }
            try await body(controlled)
            telling.cancel()
            try? await telling.value
        }

        /// Does something while the lane is at work.
        func atWork(_ bench: DeskBench, _ body: (LaneWorker) async throws -> Void) async throws {
            lanes.adopt(bench.environment.configuration)
            let running = Task { await lanes.run() }
            defer { lanes.stop() }
            try await body(try #require(lanes["contoso"]))
            lanes.stop()
            await running.value
        }

        /// Until all was told that was to be told by now.
        func told() async {
            await withCheckedContinuation { done in requests.enqueue { done.resume() } }
        }
    }

    /// What the desk would give a lane: the order of a request that is shown and approved.
    private static func order(_ bench: DeskBench) async throws -> AheadOrder {
        bench.lanes.state.withLock { $0.mode = .busy }
        await bench.comment()
        let order = bench.lanes.state.withLock { $0.waiting.first }
        return try #require(order)
    }

    @Test func `what a run wrote before the merge is watched`() async throws {
        try await DeskBench.withApproved { bench in
            try await Controlled.with(bench) { controlled in
                var order = try await Self.order(bench)
                let (ending, ended) = AsyncStream<Void>.makeStream()
                let tell = order.ended
                order.ended = { outcome in
                    await tell(outcome)
                    ended.finish()
                }
                let given = order
                try await controlled.atWork(bench) { _ in
                    await controlled.work.give(given, at: bench.shift.now)
                    for await _ in ending {}
                }
                #expect(bench.writes == ["Set-InboundConnector"])
                #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .applied)
                #expect(await controlled.watches.begun["contoso"] == given.run)
            }
        }
    }

    @Test(arguments: [false, true])
    func `an order that no lane carries out is told as not begun`(isStopped: Bool) async throws {
        try await DeskBench.withApproved { bench in
            try await Controlled.with(bench) { controlled in
                let order = try await Self.order(bench)
                // Else the tenant is configured no more.
                if isStopped { try await controlled.atWork(bench) { _ in } }
                await controlled.work.give(order, at: bench.shift.now)
                await controlled.told()
                let outcome = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.outcome)
                #expect(outcome.state == .held && outcome.text.hasPrefix("Nothing was written"), "\(outcome)")
            }
        }
    }

    @Test func `a tenant that is suspended, or that the rollout holds, is not written to, with the reason`()
        async throws
    {
        try await DeskBench.with { bench in
            let source = try #require(bench.environment.configuration.sources.first)
            try await Controlled.with(bench) { controlled in
                func hold() -> String? { controlled.lanes.holds(of: source)["contoso"] }
                #expect(hold() == "is not managed by this controller.")
                try await controlled.atWork(bench) { lane in
                    #expect(hold() == nil)
                    let failed = RolloutPermission.stopped(tenant: "lab", reason: "It failed.")
                    for permission in [RolloutPermission.waiting("Soon."), failed] {
                        lane.tell(.rollout(permission))
                        await eventually { lane.snapshot.memory.rollout == permission }
                        #expect(hold()?.contains("the rollout holds it") == true)
                    }
                    lane.tell(.rollout(.go))
                    let now = bench.shift.now
                    lane.tell(.suspended(Suspension(until: now + 3_600, reason: "migration", by: "ops", since: now)))
                    await eventually { lane.snapshot.memory.suspension != nil }
                    #expect(hold()?.hasPrefix("is suspended until ") == true)
                }
            }
        }
    }

    @Test(arguments: RunRecord.Result.allCases)
    func `how a run ended by the history is told as it was`(result: RunRecord.Result) {
        let states: [RunRecord.Result: TenantOutcome.State] = [
            .applied: .applied, .unchanged: .unchanged, .rolledBack: .rolledBack, .partlyApplied: .partlyApplied,
            .held: .held, .blocked: .blocked, .failed: .failed, .interrupted: .failed,
        ]
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        var record = RunRecord(id: "R1", tenant: "contoso", command: .applyAhead, revision: "", startedAt: now)
        #expect(TenantOutcome(ahead: record, at: now) == nil)
        record.result = result
        #expect(TenantOutcome(ahead: record, at: now)?.state == states[result])
    }
}
