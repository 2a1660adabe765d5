import Connectors
import Foundation
import Planning
import Scheduling

/// Corrections of drift, by a run of a lane.
extension World {
    /// Puts back what the lane allows, and nothing else.
    func correct(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ observed: ObservedTenant) {
        let applied = store.rows[tenant].appliedTenant
        let corrections = run.round.corrections.map {
            ($0.connector, PlanScope.Correction(fields: Set($0.fields), recreates: $0.recreates))
        }
        let scope = PlanScope(includesCommit: false, corrections: Dictionary(corrections) { first, _ in first })
        var input = planInput(
            tenant,
            run.commit.folders[tenant],
            applied.revision ?? run.commit.revision,
            observed,
            tip: run.commit.revision
        )
        (input.tree, input.scope) = ("", scope)
        let policy = input.policy
        let plan = Planner.plan(input)
        checker.correct(tenant, plan, run)
        if let held = holds(tenant, run, plan) { return finish(replica, tenant, run, held) }
        guard !plan.changes.isEmpty else {
            return finish(
                replica,
                tenant,
                run,
                outcome(run, waiting[tenant] == nil ? .inSync : .pending, live: live(tenant, observed))
            )
        }
        var run = run
        run.plan = plan
        launch(replica, tenant, run, plan, policy, observed, isAttended: false, includesCommit: false)
    }
}
