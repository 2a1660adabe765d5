import Configuration
import GitRepositories
import Definitions
import StateStore
import Connectors
import ExchangeOnline
import Planning
import Reports

extension TenantRun {
    /// Reads the tenant in full; what could not be read is unknown, and ends the run.
    static let observe: Step = { run throws(RunStop) in
        run.environment.tell(run.tenant.name, "reading the tenant")
        let reader = TenantReader(try run.shared.connections.connection(to: run.tenant, run.environment))
        let rules = run.ruleNames
        // After a write the tenant is read whatever anybody asks, as what was written may have to be taken back.
        let reading =
            run.journal == nil
            ? try await run.environment.untilInterrupted { await reader.read(rules: rules) }
            : await reader.read(rules: rules)
        switch reading {
        case .known(let observed): run.observed = observed
        case .unknown(let error): throw RunStop(unread: error)
        }
    }

    /// The transport rules that are ours, by name and identity: they are read even when they lead nowhere any more.
    var ruleNames: Set<String> {
        let known = applied.connectors.filter { $0.key.kind == .transportRule }
        let desired = definitions?.desired.connectors.filter { $0.kind == .transportRule } ?? []
        return Set(known.flatMap { [$0.guid, $0.displayName] } + desired.map(\.displayName))
    }

    /// Compares desired, observed and applied.
    static let makePlan: Step = { run throws(RunStop) in
        guard let desired = run.definitions?.desired, let observed = run.observed, let snapshot = run.snapshot else {
            return
        }
        var guards = run.guards
        if try await run.reading({ try await $0.unfinishedJournal(tenant: run.tenant.name) }) != nil {
            guards.append(
                Guard(
                    id: "unfinished-run",
                    message: "A run was cut off in this tenant. `mitregate apply` finishes it or takes it back first."
                )
            )
        }
        let quarantine = try await run.reading { try await $0.quarantine(tenant: run.tenant.name) }
        var plan = Planner.plan(
            PlanInput(
                tenant: run.tenant.name,
                revision: run.options.usesWorkingTree ? Plan.workingTree : snapshot.commit.id,
                desired: desired,
                observed: observed,
                applied: run.applied,
                policy: TenantPolicy(run.tenant),
                quarantine: quarantine,
                now: run.environment.timing.now(),
                guards: guards
            )
        )
        plan.notes = run.notes + plan.notes
        run.plan = plan
        if let expected = run.options.expectedDigest, expected != plan.planDigest {
            throw RunStop(
                .stale,
                id: "plan-stale",
                run.whyStale(plan),
                remedy: "Make a new plan, review it, and apply that one."
            )
        }
    }

    private func whyStale(_ plan: Plan) -> String {
        if let revision = options.expectedRevision, revision != plan.revision {
            return """
                The saved plan is for commit \(revision.prefix(12)), and the branch is now at \
                \(plan.revision.prefix(12)). Nothing was written.
                """
        }
        return
            "Since the plan was saved, the tenant, the state or the settings changed, so it is no longer true. Nothing was written."
    }
}
