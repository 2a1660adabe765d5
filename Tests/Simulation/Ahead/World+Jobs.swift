import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Scheduling
import TLSGate

/// What a lane does between two rounds: applying before a merge, and rolling that back.
extension World {
    func disturb(_ kind: AheadDisturbance) {
        switch kind {
        case .apply(let number, let person):
            guard let reviewer = Reviewer(rawValue: person), forge.requests[number] != nil else { return }
            forge.say("mitregate apply", by: reviewer.person, on: number, at: now)
        case .takeBack(let tenant):
            let row = store.rows[tenant]
            guard let ahead = row.ahead.last(where: { $0.stands(in: row.appliedTenant) }),
                let driver = driver(of: tenant), replicas[driver].isUp
            else { return }
            runs += 1
            let job = PretendJob.rollBack(run: "back-\(String(format: "%06d", runs))", earlier: ahead.run)
            replicas[driver].jobs[tenant, default: []].append(job)
            startJob(driver, tenant)
        }
    }

    /// Begins what waits, unless the lane is at work.
    func startJob(_ replica: Int, _ tenant: Int) {
        guard replicas[replica].runs[tenant] == nil, let job = replicas[replica].jobs[tenant]?.first else { return }
        replicas[replica].jobs[tenant]?.removeFirst()
        let round = Round(number: -1, kind: .full, causes: [.request], beganAt: now, deadline: now + 3_600)
        var commit = tipInForce
        if case .apply(let order) = job {
            commit = PretendSource.Commit(revision: order.ahead.head, folders: order.head.folders)
        }
        var run = RunInFlight(id: job.run, round: round, began: now, commit: commit)
        run.job = job
        if case .apply = job { run.phase = .check }
        note("\(name(tenant)) \(run.id) begins")
        next(replica, tenant, run, after: 0.001)
    }

    /// Asks, now that its turn has come.
    func check(_ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        guard case .apply(let order)? = run.job else { return }
        var run = run
        if let reason = hindrance(order, replica) { return hold(replica, tenant, run, reason) }
        run.phase = .acquire
        next(replica, tenant, run, after: 0.1)
    }

    private func hold(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ reason: String) {
        var held = outcome(run, .held, live: .notAsked, cause: .guarded)
        held.message = reason
        finish(replica, tenant, run, held)
    }

    func plan(_ job: PretendJob, _ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        switch tenants[tenant].read(at: now, requests: 6) {
        case .failed(let fault): fail(replica, tenant, run, fault)
        case .observed(let observed):
            var run = run
            run.observed = observed
            switch job {
            case .apply(let order): plan(order, replica, tenant, run, observed)
            case .rollBack(_, let earlier): rollBack(earlier, replica, tenant, run, observed)
            }
        }
    }

    /// Exactly what was shown, over a tenant in which nothing else is open.
    private func plan(
        _ order: PretendOrder,
        _ replica: Int,
        _ tenant: Int,
        _ run: RunInFlight,
        _ observed: ObservedTenant
    ) {
        let folder = order.head.folders[tenant]
        let input = planInput(
            tenant,
            folder,
            order.ahead.head,
            observed,
            tip: order.ahead.base,
            request: order.number
        )
        let plan = Planner.plan(input)
        let row = store.rows[tenant]
        guard plan.changesDigest == order.changesDigest, !plan.changes.isEmpty else {
            return hold(replica, tenant, run, "What would be written is not what was shown.")
        }
        guard row.quarantine == nil else { return hold(replica, tenant, run, "A commit is quarantined.") }
        let keys = Set(plan.changes.map(\.key))
        let git = DesiredTenant(connectors: folders(at: order.ahead.base)?[tenant].desired ?? [])
        let taken = row.ahead.filter { $0.request != order.number }.flatMap { $0.leading(git, row.appliedTenant) }
        guard keys.isDisjoint(with: taken) else { return hold(replica, tenant, run, "It is ahead of git already.") }
        guard verdict(of: tenant) <= order.verdict ?? .pass, plan.guards.isEmpty else {
            return hold(replica, tenant, run, plan.guards.first?.message ?? "The gate says something else by now.")
        }
        var run = run
        run.plan = plan
        run.phase = .confirm(input.policy)
        // Reading the tenant and asking its partners takes a while.
        next(replica, tenant, run, after: 30 * random.fraction())
    }

    func folders(at revision: String) -> [PretendSource.Folder]? {
        source.index(of: revision).map { source.commits[$0].folders }
    }

    /// Asks once more, and writes.
    func confirm(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ policy: TenantPolicy) {
        guard case .apply(let order)? = run.job, let plan = run.plan, let observed = run.observed else { return }
        if !flaws.contains(.asksOnce), let reason = hindrance(order, replica) {
            return hold(replica, tenant, run, reason)
        }
        guard store.isWritable(at: now), store.rows[tenant].fence == run.fence else {
            return fail(replica, tenant, run, .leased)
        }
        checker.applyAhead(order, plan, run, self)
        let git = DesiredTenant(connectors: folders(at: order.ahead.base)?[tenant].desired ?? [])
        let ahead = order.ahead.writing(plan, over: git, store.rows[tenant].appliedTenant)
        store.rows[tenant].ahead.append(ahead)
        launch(replica, tenant, run, plan, policy, observed, isAttended: false)
    }

    private func rollBack(
        _ earlier: String,
        _ replica: Int,
        _ tenant: Int,
        _ run: RunInFlight,
        _ observed: ObservedTenant
    ) {
        let row = store.rows[tenant]
        guard let journal = row.journals[earlier] else { return hold(replica, tenant, run, "There is no journal.") }
        let rollback = Rollback(
            run: run.id,
            of: journal,
            observed: observed,
            applied: row.appliedTenant,
            policy: Self.policy,
            at: now
        )
        let weakens = rollback.plan.changes.contains { $0.risk == .high }
        guard rollback.refusals.isEmpty, !rollback.plan.changes.isEmpty, !weakens, store.isWritable(at: now),
            row.fence == run.fence
        else { return hold(replica, tenant, run, rollback.refusals.first ?? "Nothing is to be restored.") }
        quarantine(merged: earlier, by: run.id, "An operator rolled it back.", tenant)
        var begun = rollback.journal
        begun.former = Journal.Former(quarantine: row.quarantine)
        var run = run
        run.plan = rollback.plan
        run.phase = .drive(beginRestoring(begun, tenant, run, observed))
        next(replica, tenant, run, after: 0)
    }

    /// What was applied before its merge is quarantined only as a commit of the branch, once there is one.
    func quarantine(merged earlier: String, by run: String, _ reason: String, _ tenant: Int) {
        let row = store.rows[tenant]
        guard let ahead = row.ahead.first(where: { $0.run == earlier }),
            let commit = store.requests[ahead.request]?.mergedCommit
        else { return }
        store.rows[tenant].quarantine = Quarantine(
            tenant: name(tenant),
            revision: commit.hex,
            run: run,
            reason: reason,
            since: now
        )
    }

    // MARK: Its end

    /// Tells what came of it, and gives the tenant back to its lane.
    func end(_ job: PretendJob, _ replica: Int, _ tenant: Int, _ run: RunInFlight, _ outcome: RoundOutcome) {
        note("\(name(tenant)) \(run.id) \(outcome.result.rawValue): \(outcome.message)")
        if let fence = run.fence, store.isWritable(at: now) { store.release(tenant, fence: fence) }
        replicas[replica].runs[tenant] = nil
        replicas[replica].live[tenant] = nil
        if case .apply(let order) = job {
            let isOpen = store.rows[tenant].unfinished == run.id
            var told = isOpen ? nil : TenantOutcome(ahead: outcome, tenant: name(tenant), at: now)
            // How it ended is in the history, which is not stored now.
            if !isOpen, store.isWritable(at: now), let told { store.rows[tenant].endings[run.id] = told }
            told?.run = run.id
            applied(told, order, replica)
        }
        startJob(replica, tenant)
        if replicas[replica].runs[tenant] == nil,
            let round = replicas[replica].waitingRounds.removeValue(forKey: tenant)
        {
            begin(replica, tenant, round)
        }
        tell(replica, tenant, .stirred(.request))
    }

    /// What waits of a lane that another process has by now.
    func dropJobs(_ replica: Int, _ tenant: Int) {
        var orders = replicas[replica].jobs.removeValue(forKey: tenant) ?? []
        if let job = replicas[replica].runs[tenant]?.job {
            // It may have written: the history tells what.
            if case .apply(let order) = job { applied(nil, order, replica) }
        }
        orders.removeAll { if case .rollBack = $0 { true } else { false } }
        for case .apply(let order) in orders { applied(dropped(order), order, replica) }
    }
}

extension TenantOutcome {
    /// How a run before a merge ended.
    init(ahead outcome: RoundOutcome, tenant: String, at now: Date) {
        let state: State =
            switch outcome.result {
            case .applied: .applied
            case .inSync: .unchanged
            case .pending, .held: .held
            case .blocked: .blocked
            case .failed, .interrupted: .failed
            case .partlyApplied: .partlyApplied
            case .rolledBack: .rolledBack
            }
        self.init(tenant: tenant, state: state, reason: outcome.cause?.rawValue, text: outcome.message, at: now)
    }

    /// The same as the history tells it of a run that another one finished.
    init(ahead journal: Journal, tenant: String, at now: Date) {
        let state: State =
            switch journal.result {
            case .applied: .applied
            case .unchanged: .unchanged
            case .held: .held
            case .blocked: .blocked
            case .partlyApplied: .partlyApplied
            case .rolledBack: .rolledBack
            case .failed, .interrupted, nil: .failed
            }
        self.init(tenant: tenant, state: state, text: journal.reason ?? "", run: journal.run, at: now)
    }
}
