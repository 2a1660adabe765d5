import ExchangeOnline
import FoundationEssentials
import Reconciling
import ServiceLifecycle

/// What comes round by itself: life signs, reminders, and the end of old history.
struct Housekeeping: Service {
    let environment: @Sendable () -> RunEnvironment
    let conditions: ObjectConditions
    let manager: ServiceManager?

    /// Between two looks.
    private static let interval: Duration = .seconds(5)
    private static let pruning: TimeInterval = 3_600

    func run() async throws {
        var prunedAt: Date?
        let pause = manager?.pause(atMost: Self.interval) ?? Self.interval
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            manager?.alive()
            let environment = environment()
            let now = environment.timing.now()
            await conditions.remind()
            if prunedAt.map({ abs(now.timeIntervalSince($0)) >= Self.pruning }) ?? true {
                prunedAt = now
                await Reconciler(environment).forgetOldRuns()
            }
            let clock = environment.timing.clock
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: pause) }
        }
    }
}
