import ExchangeOnline
import FoundationEssentials
import Scheduling
import Synchronization

/// The budgets of requests of this process: one a tenant and one over all, shared by whatever asks.
///
/// A tenant that has spent its own waits alone; none waits for the answer of another.
final class TenantBudgets: Sendable {
    private let budget: Mutex<RequestBudget>
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date

    init(_ budget: RequestBudget = RequestBudget(), timing: Timing) {
        self.budget = Mutex(budget)
        clock = timing.clock
        now = timing.now
    }

    /// What every connection to a tenant waits at.
    func pacing(of tenant: String) -> RequestPacing {
        RequestPacing(
            turn: { heedsRest in await self.turn(tenant, heedsRest: heedsRest) },
            rest: { duration in
                let (seconds, _) = duration.components
                self.budget.withLock { $0.rest(tenant, for: TimeInterval(seconds), at: self.now()) }
            }
        )
    }

    private func turn(_ tenant: String, heedsRest: Bool) async -> Duration? {
        while true {
            let now = now()
            let (rest, next) = budget.withLock { budget -> (TimeInterval?, Date?) in
                if heedsRest, let rest = budget.rest(of: tenant, at: now) { return (rest, nil) }
                return (nil, budget.take(for: tenant, at: now))
            }
            if let rest { return .seconds(rest) }
            guard let next else { return nil }
            // A caller that was cancelled goes on at once, and finds that out before it sends.
            guard (try? await clock.sleep(for: .seconds(next.timeIntervalSince(now)))) != nil else { return nil }
        }
    }
}
