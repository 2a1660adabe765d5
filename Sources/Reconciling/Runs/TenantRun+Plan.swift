import Configuration
import Connectors
import Definitions
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Reads the tenant in full; what could not be read is unknown, and ends the run.
    static let observe: Step = { run throws(RunStop) in
        run.environment.tell(run.tenant.name, "reading the tenant")
        let timeout = run.tenant.readTimeout
        let reader = TenantReader(try run.shared.connections.connection(to: run.tenant, run.environment))
        let rules = run.ruleNames
        // After a write the tenant is read whatever anyone asks, as what was written may have to be rolled back.
        let reading =
            run.journal == nil
            ? try await run.environment.untilInterrupted { await reader.read(rules: rules, deadline: timeout) }
            : await reader.read(rules: rules, deadline: timeout)
        switch reading {
        case .known(let observed):
            run.observed = observed
            if run.firstObserved == nil { run.firstObserved = observed }
        case .unknown(let error): throw RunStop(unread: error, at: run.environment.timing.now())
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
        var desired = try run.known(run.definitions, "the definitions").desired
        let observed = try run.known(run.observed, "the tenant's state")
        let snapshot = try run.known(run.snapshot, "the commit")
        // Without it a plan would take back what was applied before a merge.
        _ = try run.known(run.ahead, "where the tenant runs ahead of git")
        let (revision, tree) = try run.basis(of: snapshot)
        var guards = run.guards
        let standing = try await run.standing()
        let (git, now) = (desired, run.environment.timing.now())
        let emergencies = standing.breakGlass.filter { !$0.isSettled(by: git) }
        let applied = emergencies.completing(run.applied)
        desired = emergencies.completing(git).completed(by: applied, for: run.protected)
        run.desired = desired
        desired.acceptedDrifts += emergencies.filter { $0.until > now }.map(\.acceptance)
        let quarantined = try await standing.quarantine?.tree(of: run.tenant, in: snapshot, run.shared.files)
        if let earlier = standing.unfinished { guards.append(Guard(unfinished: earlier, lease: standing.lease)) }
        var plan = Planner.plan(
            PlanInput(
                tenant: run.tenant.name,
                revision: revision,
                tree: tree,
                desired: desired,
                observed: observed,
                applied: applied,
                policy: run.tenant.policy,
                quarantine: standing.quarantine,
                quarantinedTree: quarantined,
                now: now,
                guards: guards,
                scope: run.options.scope
            )
        )
        plan.notes = run.notes + run.aheadNotes + plan.notes
        run.plan = plan
        run.passed.formIntersection([.recovery])
        let approvals = run.options.approvals.filter { plan.isMeant(by: $0.digest) }
        if !approvals.isEmpty { run.options.isAttended = true }
        run.options.acceptedVerdict = approvals.compactMap(\.verdict).max()
        if let expected = run.options.expected, expected.planDigest != plan.planDigest {
            var staleness = Staleness(of: expected, against: plan)
            staleness.authors = await run.lastAuthors(of: staleness.movedObjects)
            throw RunStop(
                .stale,
                id: "plan-stale",
                staleness.sentence,
                remedy: "Make a new plan, review it, and apply that one."
            )
        }
    }

    /// The commit that a plan is of, and the id of the tenant's folder in it.
    ///
    /// A run that only puts drift back follows the commit in force, not one that waits.
    private func basis(of snapshot: SourceSnapshot) throws(RunStop) -> (revision: String, tree: String) {
        if options.reference == .workingTree { return (Plan.workingTree, "") }
        guard options.scope.includesCommit else { return (applied.revision ?? snapshot.commit.id, "") }
        return (snapshot.commit.id, try known(tree, "the tenant's folder"))
    }
}

extension Guard {
    /// Another run's writes are not all done, so what the tenant says now is not what it will say.
    fileprivate init(unfinished run: String, lease: HeldLease?) {
        guard let lease else {
            self.init(
                id: "unfinished-run",
                message:
                    "Run \(run) has not come to its end in this tenant. `mitregate apply` first finishes it, or rolls it back."
            )
            return
        }
        self.init(
            id: "unfinished-run",
            message: """
                Run \(run) has been at work in this tenant since \(Timestamp.text(lease.since)) \
                (\(lease.holder.description)). Plan again when it has ended.
                """
        )
    }
}
