package import Planning
package import Reports

/// What rolling back a run would do, or why it is not done.
package struct PlannedRollback: Sendable {
    package let run: RollbackRun
    /// `nil` where nothing is done.
    package let plan: Plan?
    /// How the tenant is left, where nothing is done.
    package let refusal: TenantApply?
    /// Whether nothing is left to restore, which refuses nothing.
    package let isUnchanged: Bool
}

extension RollbackRun {
    /// Works out what several rollbacks, each of another tenant, would do.
    package static func plan(_ runs: [RollbackRun]) async -> [PlannedRollback] {
        await runs.concurrently(window: window) { run in
            do throws(RunStop) {
                return PlannedRollback(run: run, plan: try await run.plan(), refusal: nil, isUnchanged: false)
            } catch {
                let isUnchanged = error.id == "nothing-to-restore"
                let refusal = TenantApply(
                    tenant: run.tenant,
                    revision: run.earlier.revision,
                    run: nil,
                    result: nil,
                    written: 0,
                    message: error.message,
                    error: isUnchanged ? nil : error.entry,
                    exitStatus: isUnchanged ? .done : error.status
                )
                return PlannedRollback(run: run, plan: nil, refusal: refusal, isUnchanged: isUnchanged)
            }
        }
    }

    /// Carries out what was planned, each in its own tenant.
    package static func perform(_ planned: [PlannedRollback]) async -> [TenantApply] {
        await planned.concurrently(window: window) { planned -> [TenantApply] in
            guard let plan = planned.plan else { return [] }
            return await planned.run.perform(expecting: plan).tenants
        }.flatMap(\.self)
    }
}
