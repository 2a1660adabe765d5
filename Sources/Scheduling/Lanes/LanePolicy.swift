package import Connectors

/// What the operator's file says about when a tenant runs, and what a run may write.
package struct LanePolicy: Hashable, Sendable {
    /// Between two cheap rounds; at least one second.
    package var interval: Duration
    /// Between two full rounds.
    package var fullInterval: Duration
    package var changes: TenantPolicy.Changes
    package var drift: TenantPolicy.Drift
    /// How long a deviation is left alone before it is corrected.
    package var correctAfter: Duration
    /// How long a round may take, its bake included.
    package var deadline: Duration
    /// A digest of what a plan may hold (limits, freezes, pruning): with another one, what is waited for may go through.
    package var seal: String

    package init(
        interval: Duration = .seconds(300),
        fullInterval: Duration = .seconds(3_600),
        changes: TenantPolicy.Changes = .apply,
        drift: TenantPolicy.Drift = .report,
        correctAfter: Duration = .seconds(900),
        deadline: Duration = .seconds(1_800),
        seal: String = ""
    ) {
        self.interval = interval
        self.fullInterval = fullInterval
        self.changes = changes
        self.drift = drift
        self.correctAfter = correctAfter
        self.deadline = deadline
        self.seal = seal
    }

    /// How long drift stays as it is before git is offered to take it over: what is put back by itself needs no request.
    package var offersDriftAfter: Duration { drift == .correct ? correctAfter + interval * 2 : interval }
}
