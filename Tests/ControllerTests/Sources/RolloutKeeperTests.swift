import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Laboratory
import Logging
import MailWatch
import Reconciling
import Reports
import Scheduling
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// What of a rollout is stored, and when lanes hear of it.
@Suite(.timeLimit(.minutes(5)))
struct RolloutKeeperTests {
    /// What lanes were told last.
    private final class Lanes: Sendable {
        private let told = Mutex<[String: RolloutPermission]>([:])

        subscript(tenant: String) -> RolloutPermission? { told.withLock { $0[tenant] } }

        func tell(_ tenant: String, _ permission: RolloutPermission) { told.withLock { $0[tenant] = permission } }
    }

    /// A source whose canary is `lab`, at a commit.
    private struct Bench {
        static let names = ["a", "b", "lab"]

        let source: Source
        let store: FlakyStore
        let clock = HeldClock()
        let lanes = Lanes()
        let environment: RunEnvironment

        init(_ path: String) async throws {
            let tenants = Self.names.map { name in
                TenantConfiguration(
                    name: name,
                    path: name,
                    tenantId: "11111111-2222-3333-4444-555555555555",
                    organization: "\(name).onmicrosoft.com",
                    credentials: CredentialConfiguration(clientId: "app", proof: .clientSecret(.file("secret")))
                )
            }
            let rollout = RolloutSettings(canaries: ["lab"])
            source = Source(name: "mail-flow", url: "/mail-flow", rollout: rollout, tenants: tenants)
            store = FlakyStore(try await SQLiteStore(path: path))
            let clock = clock
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            environment = RunEnvironment(
                configuration: Configuration(
                    file: "mitregate.yaml",
                    sources: [source],
                    store: StoreSettings(url: .sqlite(path: path)),
                    mirrors: "/nowhere"
                ),
                store: store,
                timing: Timing(clock: clock, now: { start.addingTimeInterval(clock.now.offset / .seconds(1)) }) { 0 },
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }

        /// As a process that has just started.
        func keeper() -> RolloutKeeper {
            let lanes = lanes
            return RolloutKeeper(
                settings: ConfigurationHolder(environment.configuration),
                events: EventLog(store: store, logger: environment.logger, now: environment.timing.now),
                environment: environment,
                permit: { lanes.tell($0, $1) }
            )
        }

        func managed(_ name: String) -> ManagedTenant {
            ManagedTenant(source: source, tenant: source.tenants[Self.names.firstIndex(of: name) ?? 0])
        }

        func see(_ tree: String, _ keeper: RolloutKeeper) async {
            let trees = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, tree) })
            await keeper.see("r\(tree)", in: source, trees: trees)
        }

        func end(
            _ tenant: String,
            _ result: RoundOutcome.Result,
            isWatched: Bool = false,
            _ keeper: RolloutKeeper
        ) async {
            let outcome = RoundOutcome(round: 1, result: result, live: .notAsked, message: "It ended.", tree: "1")
            await keeper.ended(outcome, managed(tenant), isWatched: isWatched)
        }
    }

    private static func with(_ body: (Bench) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let bench = try await Bench(folder.appending(path: "mitregate.db").path(percentEncoded: false))
            try await body(bench)
            await bench.store.close()
        }
    }

    /// A watch over the canary's mail that ended, undecided or regressed.
    private static func watch(over tree: String, isRegressed: Bool = false) throws -> Watch {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let object = WatchedChange.Object(
            key: ConnectorKey(kind: .outboundConnector, name: "fabrikam"),
            guid: "11111111-0000-0000-0000-000000000001",
            displayName: "fabrikam",
            before: nil,
            after: ["recipientDomains": ["fabrikam.example"]]
        )
        var watch = Watch(
            id: "w",
            tenant: "lab",
            run: "7F3A",
            revision: "r\(tree)",
            change: WatchedChange(connector: object),
            policy: WatchPolicy(),
            appliedAt: now,
            key: WatchKey([UInt8](repeating: 7, count: 32))
        )
        watch.tree = tree
        _ = watch.handle(.endedByPerson(name: "ops", reason: "enough"), at: now)
        guard isRegressed else { return watch }
        let json = String(decoding: try JSONEncoder().encode(watch), as: UTF8.self)
        let state = json.replacing(#""ended-by-person""#, with: #""regressed-held""#)
        return try JSONDecoder().decode(Watch.self, from: Data(state.utf8))
    }

    @Test func `a stop that cannot be stored is stored once it can, is told then, and holds after a restart`()
        async throws
    {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            await bench.end("lab", .applied, keeper)
            #expect(bench.lanes["b"] == .go)
            bench.store.refuse(true)
            await bench.end("a", .rolledBack, keeper)
            #expect(bench.lanes["b"] == .go, "what is not stored is not told")
            bench.store.refuse(false)
            await eventually { bench.clock.sleeping == 1 }
            bench.clock.advance(by: .seconds(11))
            let stopped = RolloutPermission.stopped(tenant: "a", reason: "It ended.")
            await eventually { bench.lanes["b"] == stopped }
            for one in [keeper, bench.keeper()] {
                #expect(await one.permits(bench.managed("b"), at: "r1") == false)
            }
        }
    }

    @Test(arguments: [RoundOutcome.Result.rolledBack, .partlyApplied])
    func `a commit that was taken back, or stayed in part, holds for the others`(
        _ result: RoundOutcome.Result
    ) async throws {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            await bench.end("lab", result, keeper)
            #expect(bench.lanes["a"] == .stopped(tenant: "lab", reason: "It ended."))
            #expect(await keeper.permits(bench.managed("a"), at: "r1") == false)
        }
    }

    @Test func `no other commit is permitted than the one that the rollout is at`() async throws {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            #expect(await keeper.permits(bench.managed("lab"), at: "r1"))
            #expect(await keeper.permits(bench.managed("lab"), at: "r2") == false)
        }
    }

    @Test func `a stop that cannot be read after a restart holds, and is known again once it can`() async throws {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            await bench.end("lab", .rolledBack, keeper)
            let stopped = RolloutPermission.stopped(tenant: "lab", reason: "It ended.")
            #expect(bench.lanes["b"] == stopped)
            bench.store.fail([.rollout])
            let restarted = bench.keeper()
            await bench.see("1", restarted)
            #expect(bench.lanes["b"] == stopped)
            #expect(await restarted.permits(bench.managed("b"), at: "r1") == false)
            bench.store.fail([])
            await bench.see("1", restarted)
            #expect(bench.lanes["b"] == stopped)
            #expect(await restarted.permits(bench.managed("lab"), at: "r1"))
            #expect(await restarted.permits(bench.managed("b"), at: "r1") == false)
        }
    }

    @Test func `a canary that failed while its rollout could not be read stops the others once it can`() async throws {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            bench.store.fail([.rollout])
            let restarted = bench.keeper()
            await bench.end("lab", .rolledBack, restarted)
            #expect(await restarted.permits(bench.managed("b"), at: "r1") == false)
            bench.store.fail([])
            await bench.see("1", restarted)
            #expect(bench.lanes["b"] == .stopped(tenant: "lab", reason: "It ended."))
        }
    }

    @Test func `a canary is good once the last watch over what it has is over, and no other watch counts`()
        async throws
    {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            await bench.end("lab", .applied, isWatched: true, keeper)
            let rows: [(watch: Watch, isLast: Bool)] = [
                (try Self.watch(over: "0"), true), (try Self.watch(over: "0", isRegressed: true), true),
                (try Self.watch(over: "1"), false),
            ]
            for row in rows {
                #expect(await keeper.ended(row.watch, bench.managed("lab"), isLast: row.isLast))
                #expect(bench.lanes["a"] == .waiting("The canary lab is still watched."))
            }
            bench.store.refuse(true)
            let last = try Self.watch(over: "1")
            let isStored = await keeper.ended(last, bench.managed("lab"), isLast: true)
            #expect(!isStored, "it is to be told again")
            bench.store.refuse(false)
            #expect(await keeper.ended(last, bench.managed("lab"), isLast: true))
            #expect(bench.lanes["a"] == .go)
        }
    }

    @Test func `one watch that regresses stops the commit, and a round that finds all in place does not lift that`()
        async throws
    {
        try await Self.with { bench in
            let keeper = bench.keeper()
            await bench.see("1", keeper)
            await bench.end("lab", .applied, isWatched: true, keeper)
            let regressed = try Self.watch(over: "1", isRegressed: true)
            #expect(await keeper.ended(regressed, bench.managed("lab"), isLast: false))
            let other = try Self.watch(over: "1")
            #expect(await keeper.ended(other, bench.managed("lab"), isLast: true))
            await bench.end("lab", .inSync, keeper)
            guard case .stopped(tenant: "lab", _) = bench.lanes["a"] else {
                Issue.record("\(String(describing: bench.lanes["a"]))")
                return
            }
        }
    }
}
