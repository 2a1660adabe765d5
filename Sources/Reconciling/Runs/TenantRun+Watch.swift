import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Watches what was written for as long as the operator wants (`bake`), before it counts as good.
    ///
    /// What is then no longer as it was read back is someone else's later change: it is left alone, and the rest of the
    /// run is rolled back. If all stands, the gate is asked once more. Whoever interrupts the watch gets the look at once.
    static let watch: Step = { run throws(RunStop) in
        guard let journal = run.journal, journal.owes(.bake) else { return }
        guard run.tenant.bake > .zero else { return try await run.settle(.bake) }
        run.environment.tell(run.tenant.name, "watching what was written")
        await run.environment.onLongWait?(true)
        let wait: RunStop?
        do throws(RunStop) {
            try await run.waitOut(run.restOfBake(journal))
            wait = nil
        } catch {
            wait = error
        }
        await run.environment.onLongWait?(false)
        if let wait { throw wait }
        let reader = TenantReader(try run.shared.connections.connection(to: run.tenant, run.environment))
        switch await reader.read(
            rules: run.ruleNames.union(journal.ruleNames),
            deadline: run.tenant.readTimeout
        ) {
        case .unknown(let error):
            throw try await run.keep(
                RunStop(
                    .unknown,
                    id: "bake-unknown",
                    "What was written stands, but could not be looked at again after it was watched: \(error.message)",
                    remedy: "Run apply again: it looks at the tenant first.",
                    cause: StopCause(error),
                    until: error.until(from: run.environment.timing.now())
                )
            )
        case .known(let observed):
            let losses = journal.losses(in: observed)
            guard !losses.isEmpty else { return try await run.askGateAgain(observed) }
            try await run.rollBack(
                because: "what was written did not last while it was watched: \(losses.joined(separator: "; ")).",
                cause: .undoneByOthers
            )
        }
    }

    /// The time that is left of the watch; a run that goes on after a crash does not begin it again.
    private func restOfBake(_ journal: Journal) -> Duration {
        guard isResuming, let appliedAt = journal.appliedAt else { return tenant.bake }
        let waited = Duration.seconds(environment.timing.now().timeIntervalSince(appliedAt))
        return min(tenant.bake, max(.zero, tenant.bake - waited))
    }

    /// Waits until the period is over or the run is asked to stop, and holds on to the lease.
    private func waitOut(_ period: Duration) async throws(RunStop) {
        let clock = environment.timing.clock
        var waited = Duration.zero
        while waited < period, !environment.isInterrupted() {
            let step = min(.seconds(60), period - waited)
            try await environment.untilInterrupted { try? await clock.sleep(for: step) }
            waited += step
            if waited < period { try await holdOn() }
        }
    }

    /// Rolls back what the run has just applied; how that ends is the run's end.
    ///
    /// What would weaken security stays, unless the operator's own file says otherwise.
    mutating func rollBack(because reason: String, cause: StopCause) async throws(RunStop) {
        guard tenant.onRegression != .hold else {
            let stop = RunStop(
                .held,
                id: "regression-held",
                "What was applied stays, as watch.onRegression is hold, and \(reason)",
                remedy: "Look at the tenant; roll it back with mitregate rollback, or correct it with a new commit.",
                cause: cause
            )
            try await settleAll(note: stop)
            throw stop
        }
        let journal = try known(journal, "the journal")
        try await drive(
            journal,
            ApplyEngine.rollBack(journal, because: reason, cause: cause, mayWeaken: mayWeaken)
        )
        try refuseFailure()
    }
}
