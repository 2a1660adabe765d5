package import Configuration
import Planning
package import Reports
import TLSGate

/// Plans and applies for many tenants at once; each tenant's run is its own, and one that fails harms no other.
package struct Reconciler: Sendable {
    /// How many tenants are worked on at once.
    package static let window = 16

    let environment: RunEnvironment
    let shared: SharedResources
    let pass: Pass

    /// - Parameter shared: What a longer-lived caller keeps between passes; without it the reconciler makes its own.
    package init(_ environment: RunEnvironment, shared: SharedResources? = nil) {
        self.environment = environment
        self.shared = shared ?? SharedResources(environment)
        pass = Pass(environment)
    }

    /// A run of one tenant that has not begun.
    func run(of managed: ManagedTenant, options: TenantRun.Options = TenantRun.Options()) -> TenantRun {
        TenantRun(environment: environment, shared: shared, pass: pass, of: managed, options: options)
    }

    /// What apply would do, in the order of the configuration.
    package func plan(_ tenants: [ManagedTenant], options: TenantRun.Options) async -> PlanDocument {
        let plans = await tenants.concurrently(window: Self.window) { entry in
            var run = self.run(of: entry, options: options)
            let stop = await run.perform(TenantRun.planning)
            return run.planned(stop)
        }
        return PlanDocument(tenants: plans)
    }

    /// Claims the tenants, finishes what was cut off in them, and plans; nothing new is written.
    ///
    /// - Parameter saved: A plan document whose plans must come out again, to the byte of their digests.
    package func prepare(
        _ tenants: [ManagedTenant],
        options: TenantRun.Options,
        saved: PlanDocument? = nil
    ) async -> PreparedRuns {
        let runs = await tenants.concurrently(window: Self.window) { entry -> PreparedRun in
            var options = options
            if let plan = saved?.tenants.first(where: { $0.tenant == entry.tenant.name }) {
                options.expectedDigest = plan.plan?.planDigest ?? "none"
                options.expectedRevision = plan.plan?.revision
            }
            var run = self.run(of: entry, options: options)
            var stop = await run.perform(TenantRun.preparing)
            if stop == nil { stop = saved?.tenants.first { $0.tenant == run.tenant.name }?.refusal }
            return PreparedRun(run: run, stop: stop)
        }
        return PreparedRuns(runs: runs)
    }

    /// Reads every tenant anew after a person has thought about the plans; what is no longer true is stale.
    package func lookAgain(_ prepared: PreparedRuns) async -> PreparedRuns {
        let runs = await prepared.runs.concurrently(window: Self.window) { prepared -> PreparedRun in
            guard prepared.stop == nil, let digest = prepared.run.plan?.planDigest else { return prepared }
            var prepared = prepared
            prepared.run.options.isAttended = true
            prepared.run.options.expectedDigest = digest
            prepared.stop = await prepared.run.perform([TenantRun.observe, TenantRun.makePlan, TenantRun.judge])
            return prepared
        }
        return PreparedRuns(runs: runs)
    }

    /// Applies what was prepared, and gives every lease back.
    package func apply(_ prepared: PreparedRuns) async -> ApplyDocument {
        let tenants = await prepared.runs.concurrently(window: Self.window) { prepared -> TenantApply in
            var run = prepared.run
            var stop = prepared.stop
            if stop == nil { stop = await run.perform(TenantRun.applying) }
            if let stop { await run.recordRefusal(stop) }
            await run.release()
            return run.ended(stop)
        }
        return ApplyDocument(tenants: tenants)
    }

    /// Gives the leases back without having applied anything.
    package func abandon(_ prepared: PreparedRuns) async {
        for prepared in prepared.runs { await prepared.run.release() }
    }
}

/// Runs whose plans were made, and which wait for a word.
package struct PreparedRuns: Sendable {
    package var runs: [PreparedRun]

    /// The plans, as they are shown before anybody is asked.
    package var document: PlanDocument { PlanDocument(tenants: runs.map { $0.run.planned($0.stop) }) }

    /// Whether anything would be written if the answer were yes.
    package var hasWork: Bool {
        runs.contains { $0.stop == nil && $0.run.plan?.changes.isEmpty == false && $0.run.isClear(isAttended: true) }
    }
}

package struct PreparedRun: Sendable {
    package var run: TenantRun
    package var stop: RunStop?
}

extension TenantPlan {
    /// Why a saved plan cannot be applied at all.
    fileprivate var refusal: RunStop? {
        guard let plan else {
            return RunStop(
                .stale,
                id: "plan-stale",
                "The saved file holds no plan for \(tenant), only the reason why there was none.",
                remedy: "Make a new plan, review it, and apply that one."
            )
        }
        guard plan.isSealIntact else {
            return RunStop(
                .stale,
                id: "plan-seal-broken",
                "The saved plan for \(tenant) was changed after it was made: its seal does not fit.",
                remedy: "Make a new plan, review it, and apply that one."
            )
        }
        return nil
    }
}
