import Scheduling
import ExchangeOnline
import Configuration
import Logging
import MailWatch
import Reconciling
import ServiceLifecycle
import Synchronization

/// Looks at the mail of every tenant that has watches, every five minutes and when it is told to.
final class WatchService: Service {
    /// Between two looks at a tenant; ±10 % by chance.
    private static let interval = Duration.seconds(300)

    private let keeper: WatchKeeper
    private let lanes: LaneRegistry
    private let rollouts: RolloutKeeper
    /// Told of each watch that ended, with the commit that the tenant is at.
    private let ended: @Sendable (Watch, ManagedTenant, _ revision: String?) -> Void
    private let environment: @Sendable () -> RunEnvironment
    private let waiters = Waiters()
    /// By tenant, in the time that the stopwatch shows: a calendar that is set back must hold up no watch.
    private let due = Mutex<[String: Duration]>([:])
    private let stopwatch: Stopwatch

    private static let place = "watches"

    init(
        keeper: WatchKeeper,
        lanes: LaneRegistry,
        rollouts: RolloutKeeper,
        ended: @escaping @Sendable (Watch, ManagedTenant, _ revision: String?) -> Void = { _, _, _ in },
        environment: @escaping @Sendable () -> RunEnvironment
    ) {
        self.keeper = keeper
        self.lanes = lanes
        self.rollouts = rollouts
        self.ended = ended
        self.environment = environment
        stopwatch = Stopwatch(environment().timing.clock)
    }

    /// Looks at a tenant as soon as it can.
    func look(at tenant: String) {
        due.withLock { $0[tenant] = .zero }
        waiters.wake(Self.place)
    }

    func run() async throws {
        let loop = Task { await self.work() }
        try? await gracefulShutdown()
        loop.cancel()
        await loop.value
    }

    private func work() async {
        // What a process before this one left goes on within one interval.
        for worker in lanes.all where await keeper.hasWork(worker.name) { look(at: worker.name) }
        while !Task.isCancelled {
            let environment = environment()
            let now = stopwatch.elapsed
            let tenants = due.withLock { due in
                let tenants = due.filter { $0.value <= now }.keys.sorted()
                for tenant in tenants { due[tenant] = nil }
                return tenants
            }
            await withDiscardingTaskGroup { group in
                for tenant in tenants { group.addTask { await self.serve(tenant) } }
            }
            await pause(environment)
        }
    }

    private func serve(_ tenant: String) async {
        guard let worker = lanes[tenant] else { return }
        let snapshot = worker.snapshot
        await keeper.catchUp(snapshot.managed)
        let takeBacks = await keeper.look(at: snapshot.managed, isSuspended: snapshot.memory.suspension != nil)
        let environment = environment()
        for takeBack in takeBacks {
            worker.perform { [keeper] _ in
                guard let end = await TakeBackRun(takeBack, environment).perform() else { return }
                await keeper.tookBack(takeBack, end, tenant: tenant)
            }
        }
        await tellEnds(of: tenant, snapshot)
        guard await keeper.hasWork(tenant) else { return }
        let share = 0.9 + 0.2 * environment.timing.random()
        let next = stopwatch.elapsed + Self.interval * share
        due.withLock { $0[tenant] = min($0[tenant] ?? next, next) }
    }

    /// Tells of the watches that ended; one of which that cannot be stored is told again at the next look.
    private func tellEnds(of tenant: String, _ snapshot: LaneSnapshot) async {
        var told: Set<String> = []
        for (watch, isLast) in await keeper.untold(tenant)
        where await rollouts.ended(watch, snapshot.managed, isLast: isLast) {
            ended(watch, snapshot.managed, snapshot.memory.revision)
            told.insert(watch.id)
        }
        await keeper.markTold(told, of: tenant)
    }

    /// Until the next look is due, or something asks for one.
    private func pause(_ environment: RunEnvironment) async {
        let next = due.withLock { $0.values.min() }
        let clock = environment.timing.clock
        let delay = next.map { max(.zero, $0 - stopwatch.elapsed) } ?? .seconds(3_600)
        let timer = Task { [waiters] in
            guard (try? await clock.sleep(for: delay)) != nil else { return }
            waiters.wake(Self.place)
        }
        await waiters.wait(for: Self.place)
        timer.cancel()
    }
}
