package import Configuration
import ExchangeOnline
import FoundationEssentials
import Logging
package import Planning
package import Reports
import StateStore

/// Plans and applies for many tenants at once; each tenant's run is its own, and one that fails or hangs delays no other.
package struct Reconciler: Sendable {
    /// How many tenants are worked on at once.
    ///
    /// A tenant that does not answer holds its place until its own deadlines end it, so there are more places than a
    /// machine has cores: what limits the requests to one host is its pool of connections.
    package static let window = 64

    let environment: RunEnvironment
    let shared: SharedResources
    let pass: Pass

    /// - Parameters:
    ///   - shared: What a longer-lived caller keeps between passes; without it the reconciler makes its own.
    ///   - pass: What is known of git already.
    package init(_ environment: RunEnvironment, shared: SharedResources? = nil, pass: Pass? = nil) {
        self.environment = environment
        self.shared = shared ?? SharedResources(environment)
        self.pass = pass ?? Pass(environment)
    }

    /// A run of one tenant that has not begun.
    func run(of managed: ManagedTenant, options: TenantRun.Options = TenantRun.Options()) -> TenantRun {
        TenantRun(environment: environment, shared: shared, pass: pass, of: managed, options: options)
    }

    /// Runs one tenant to its end.
    ///
    /// Cancelling the caller's task asks the run to stop at its next safe point: what is being written is read back, and
    /// rolled back or left to a later run.
    package func run(
        _ managed: ManagedTenant,
        _ steps: [TenantRun.Step],
        options: TenantRun.Options = TenantRun.Options()
    ) async -> RunEnding {
        var environment = environment
        environment.stopSignal = StopSignal()
        let run = TenantRun(environment: environment, shared: shared, pass: pass, of: managed, options: options)
        let signal = environment.stopSignal
        return await withTaskCancellationHandler {
            await Task {
                var run = run
                return await run.run(steps)
            }.value
        } onCancel: {
            signal.raise()
        }
    }

    /// Plans each tenant, in the order of the configuration; no lease is taken and nothing is written.
    package func plan(_ tenants: [ManagedTenant], options: TenantRun.Options) async -> [RunEnding] {
        await tenants.concurrently(window: Self.window) {
            await run($0, TenantRun.planningForReaders, options: options)
        }
    }

    /// Finishes, or rolls back, what earlier runs left when they were cut off, before a person is shown a plan.
    ///
    /// - Parameter leavesChecks: Whether the checks that such a run still owes are given up.
    /// - Returns: The endings of those tenants where that could not be done.
    package func finishUnfinished(
        _ tenants: [ManagedTenant],
        leavesChecks: Bool = false
    ) async -> [String: RunStop] {
        var options = TenantRun.Options()
        options.leavesChecks = leavesChecks
        let settings = options
        let endings = await tenants.concurrently(window: Self.window) { managed -> RunEnding? in
            let name = managed.tenant.name
            guard await hasUnfinished(name) else { return nil }
            return await run(managed, TenantRun.recovering, options: settings)
        }
        return endings.reduce(into: [:]) { stops, ending in
            if let ending, let stop = ending.stop { stops[ending.tenant] = stop }
        }
    }

    /// Applies each tenant's plan, from its lease to what is remembered; no tenant waits for another.
    ///
    /// - Parameter expected: What a person saw, by tenant: it must come out again, or the run ends as stale. A tenant
    ///   that is not in it is planned and applied as it comes.
    package func apply(
        _ tenants: [ManagedTenant],
        options: TenantRun.Options,
        expected: [String: Expected] = [:]
    ) async -> [RunEnding] {
        let endings = await tenants.concurrently(window: Self.window) { managed in
            var options = options
            switch expected[managed.tenant.name] {
            case nil: break
            case .refused(let stop):
                options.refusal = stop
            case .plan(let plan): options.expected = plan
            }
            let steps = options.refusal == nil ? TenantRun.reconciling : [TenantRun.claim, TenantRun.refuse]
            return await run(managed, steps, options: options)
        }
        await forgetOldRuns()
        return endings
    }

    /// Removes runs that ended longer ago than `store.keep` from the history.
    package func forgetOldRuns() async {
        let (seconds, _) = environment.configuration.store.keep.components
        let date = environment.timing.now().addingTimeInterval(-Double(seconds))
        do throws(StateStoreError) {
            try await environment.store.prune(before: date)
        } catch {
            environment.logger.warning("Old runs were not removed from the history. \(error.message)")
        }
    }

    /// What a person saw of one tenant before saying yes.
    package enum Expected: Sendable {
        case plan(Plan)
        /// There is no plan that could be applied.
        case refused(RunStop)
    }

    private func hasUnfinished(_ tenant: String) async -> Bool {
        do {
            let state = try await environment.store.standing(of: tenant)
            return state.unfinished != nil || state.runs.contains { $0.result == nil }
        } catch {
            // The run that follows asks the store again, and says why it cannot.
            return false
        }
    }
}

extension RunEnding {
    /// What a run that follows must bring out again.
    package var expected: Reconciler.Expected {
        if let stop { return .refused(stop) }
        guard let plan = plan.plan else { return .refused(.interrupted) }
        return .plan(plan)
    }
}

extension TenantPlan {
    /// What a run that applies this saved plan must bring out again.
    package var expected: Reconciler.Expected {
        guard let plan else {
            return .refused(
                RunStop(
                    .stale,
                    id: "plan-stale",
                    "The saved file holds no plan for \(tenant), only the reason why there was none.",
                    remedy: "Make a new plan, review it, and apply that one."
                )
            )
        }
        guard plan.isSealIntact else {
            return .refused(
                RunStop(
                    .stale,
                    id: "plan-seal-broken",
                    "The saved plan for \(tenant) was changed after it was made: its seal does not fit.",
                    remedy: "Make a new plan, review it, and apply that one."
                )
            )
        }
        return .plan(plan)
    }
}
