package import Configuration
import Connectors
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
            let remembered = try await run.remembered()
            run.applied = remembered.applied
            try await TenantRun.observe(&run)
            let observed = try run.known(run.observed, "the tenant's state")
            run.drift = DriftComparison.items(
                applied: remembered.breakGlass.completing(run.applied),
                observed: observed,
                acceptedDrifts: remembered.breakGlass.filter { $0.until > environment.timing.now() }.map(\.acceptance),
                now: environment.timing.now()
            )
            run.unmanaged = unmanaged(observed, run)
        } catch {
            // The tenant does not answer either, which is the graver news.
            return run.ending(error)
        }
        return run.ending(stop)
    }

    /// What neither was written by us nor is asked for by a commit that can be read.
    private func unmanaged(_ observed: ObservedTenant, _ run: TenantRun) -> [UnmanagedConnector] {
        let ours = Set(run.applied.connectors.map(\.guid))
        var others = observed
        others.connectors.removeAll { ours.contains($0.guid) }
        return Planner.plan(
            PlanInput(
                tenant: run.tenant.name,
                revision: "",
                desired: DesiredTenant(connectors: []),
                observed: others,
                applied: AppliedTenant(),
                policy: run.tenant.policy,
                now: environment.timing.now()
            )
        ).unmanaged
    }
}
