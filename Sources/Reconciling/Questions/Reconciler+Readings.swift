package import Configuration
import ExchangeOnline
import Planning
import Reports

extension Reconciler {
    /// The tenant compared with what was applied, for a run that could not read git: a change by hand is seen all the same.
    ///
    /// - Parameter stop: Why git could not be read; it stays the ending's own reason.
    package func readings(_ managed: ManagedTenant, because stop: RunStop) async -> RunEnding {
        var run = run(of: managed)
        do throws(RunStop) {
            run.applied = try await run.remembered().applied
            try await TenantRun.observe(&run)
            run.drift = DriftComparison.items(
                applied: run.applied,
                observed: try run.known(run.observed, "the tenant's state"),
                acceptedDrifts: [],
                now: environment.timing.now()
            )
        } catch {
            // The tenant does not answer either, which is the graver news.
            return run.ending(error)
        }
        return run.ending(stop)
    }
}
