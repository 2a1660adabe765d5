import StateStore
import ExchangeOnline
import Reports
import Connectors
package import FoundationEssentials
import Planning
package import PullRequests
package import Reconciling
import Scheduling

/// One tenant that is to get what a request changes before its merge; a desk gives it, and the tenant's lane carries it out.
package struct AheadOrder: Sendable {
    package var tenant: String
    package var wish: AheadWish
    /// At the request's head.
    package var snapshot: SourceSnapshot
    /// Asked when its turn has come, and once more right before the first write: why it must not begin after all, in sentences for people; `nil` where it may.
    package var hindrance: @Sendable () async -> String?
    /// Told once it has ended; `nil` where how it ends is to be found in the history later.
    package var ended: @Sendable (TenantOutcome?) async -> Void

    package var run: String { wish.run.run }

    /// Carries it out, in the tenant's turn.
    ///
    /// - Parameter runs: Runs steps of a tenant with these options, over this pass.
    /// - Returns: The run's ending; `nil` where it did not begin.
    package func carryOut(
        at now: @Sendable () -> Date,
        _ runs: (Pass.Known, TenantRun.Options) async -> RunEnding
    ) async -> (ending: RunEnding?, outcome: TenantOutcome?) {
        if let reason = await hindrance() {
            let outcome = TenantOutcome(
                tenant: tenant,
                state: .held,
                reason: "not-begun",
                text: "\(reason) Nothing was written.",
                run: run,
                at: now()
            )
            return (nil, outcome)
        }
        var options = TenantRun.Options()
        options.wish = wish
        options.runID = run
        options.hindrance = hindrance
        let ending = await runs([wish.run.source: snapshot], options)
        return (ending, TenantOutcome(ahead: ending, run: run, at: now()))
    }
}

extension TenantOutcome {
    /// What came of a run before the merge; `nil` while a later run has to finish it.
    init?(ahead ending: RunEnding, run: String, at now: Date) {
        if let journal = ending.outcome.journal, !journal.isFinished { return nil }
        let result = ending.stop.map { RoundOutcome.Result($0) } ?? RoundOutcome.Result(ending, mayWrite: true)
        let state: State
        switch result {
        case .applied: state = .applied
        case .inSync: state = .unchanged
        case .pending, .held: state = .held
        case .blocked: state = .blocked
        case .failed, .interrupted: state = .failed
        case .partlyApplied: state = .partlyApplied
        case .rolledBack: state = .rolledBack
        }
        let message = [ending.stop?.message ?? ending.outcome.message, ending.stop?.remedy ?? ""]
        self.init(
            tenant: ending.tenant,
            state: state,
            reason: ending.stop?.id,
            text: message.filter { !$0.isEmpty }.joined(separator: " "),
            run: run,
            at: now
        )
    }

    /// The same as the history tells it; `nil` while the run has not ended.
    init?(ahead record: RunRecord, at now: Date) {
        let state: State
        switch record.result {
        case nil: return nil
        case .applied: state = .applied
        case .unchanged: state = .unchanged
        case .held: state = .held
        case .blocked: state = .blocked
        case .failed, .interrupted: state = .failed
        case .partlyApplied: state = .partlyApplied
        case .rolledBack: state = .rolledBack
        }
        self.init(
            tenant: record.tenant,
            state: state,
            reason: record.cause?.rawValue,
            text: record.message,
            run: record.id,
            at: record.endedAt ?? now
        )
    }
}
