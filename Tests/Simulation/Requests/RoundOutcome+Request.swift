import Foundation
import Planning
import PullRequests
import Scheduling

extension TenantOutcome {
    /// How a full round ended, as the controller tells it.
    init?(_ outcome: RoundOutcome, tenant: String, isWatched: Bool, at now: Date) {
        let state: State
        switch outcome.result {
        case .applied: state = isWatched ? .watching : .applied
        case .inSync: state = .unchanged
        case .pending, .held: state = .held
        case .blocked: state = .blocked
        case .failed: state = .failed
        case .partlyApplied: state = .partlyApplied
        case .rolledBack: state = .rolledBack
        case .interrupted: return nil
        }
        self.init(
            tenant: tenant,
            state: state,
            reason: [.applied, .unchanged, .watching].contains(state)
                ? nil : outcome.guards.first ?? outcome.cause?.rawValue,
            text: outcome.message,
            run: outcome.run,
            at: now
        )
    }
}
