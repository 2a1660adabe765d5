package import Planning

/// The exit codes that scripts come to rely on.
package enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
    /// Done, or in sync.
    case done = 0
    case error = 1
    /// Changes are present; only where it was asked for.
    case changes = 2
    /// Blocked by the gate.
    case blocked = 3
    /// Held: a guard, a missing approval, or a verdict that could not be reached.
    case held = 4
    case stale = 5
    /// The observed state is unknown.
    case unknown = 6
    case partlyApplied = 7
    case rolledBack = 8
    case usage = 64
    case interrupted = 130

    /// What several tenants earned together: the first of 130, 7, 8, 1, 6, 5, 3, 4, 2, 0 that any of them did.
    package static func combined(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
        let order: [ExitStatus] = [
            .interrupted, .partlyApplied, .rolledBack, .usage, .error, .unknown, .stale, .blocked, .held, .changes,
        ]
        let earned = Set(statuses)
        return order.first { earned.contains($0) } ?? .done
    }

    /// What the process exits with where a run ends so.
    package init(_ result: RunRecord.Result) {
        self =
            switch result {
            case .applied, .unchanged: .done
            case .failed: .error
            case .blocked: .blocked
            case .held: .held
            case .partlyApplied: .partlyApplied
            case .rolledBack: .rolledBack
            case .interrupted: .interrupted
            }
    }
}
