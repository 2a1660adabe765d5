import ExchangeOnline
import FoundationEssentials
import Reconciling
import ServiceLifecycle

/// What comes round by itself: life signs, reminders, the end of old history, and memory that is not needed any more.
struct Housekeeping: Service {
    let environment: @Sendable () -> RunEnvironment
    let conditions: ObjectConditions
    let manager: ServiceManager?

    /// Between two looks.
    private static let interval: Duration = .seconds(5)
    private static let pruning: TimeInterval = 3_600
    private static let returning: TimeInterval = 60

    func run() async throws {
        var prunedAt: Date?
        var returnedAt: Date?
        let pause = manager?.pause(atMost: Self.interval) ?? Self.interval
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            manager?.alive()
            let environment = environment()
            let now = environment.timing.now()
            await conditions.remind()
            if Self.isDue(prunedAt, Self.pruning, now) {
                prunedAt = now
                await Reconciler(environment).forgetOldRuns()
            }
            if Self.isDue(returnedAt, Self.returning, now) {
                returnedAt = now
                ProcessMemory.returnWhatIsFree()
            }
            let clock = environment.timing.clock
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: pause) }
        }
    }

    /// Whether something that comes round is to be done again; a clock that was set back puts nothing off.
    private static func isDue(_ last: Date?, _ interval: TimeInterval, _ now: Date) -> Bool {
        last.map { abs(now.timeIntervalSince($0)) >= interval } ?? true
    }
}
