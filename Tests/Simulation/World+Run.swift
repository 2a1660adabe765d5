import Connectors
import Foundation
import MailWatch
import Planning
import PullRequests
import Scheduling

/// A run, as `Reconciling` does it, with the real planner and the real engine.
extension World {
    static let policy = TenantPolicy(prune: .delete, limits: .init(changes: 100, deletes: 100))

    private static let cheapRequests = 2
    private static let fullRequests = 6

    func step(_ replica: Int, _ tenant: Int) {
        guard let run = replicas[replica].runs[tenant], !diesAtStep(replica) else { return }
        switch run.phase {
        case .check: check(replica, tenant, run)
        case .acquire: acquire(replica, tenant, run)
        case .ask: ask(replica, tenant, run)
        case .confirm(let policy): confirm(replica, tenant, run, policy)
        case .drive(let transition): drive(replica, tenant, run, transition)
        case .readBack(let journal): readBack(replica, tenant, run, journal)
        }
    }

    func diesAtStep(_ replica: Int) -> Bool {
        guard let last = replicas[replica].lastStep else { return false }
        replicas[replica].lastStep = last.left > 1 ? (last.left - 1, last.seconds) : nil
        if last.left <= 1 { die(replica, after: last.seconds) }
        return last.left <= 1
    }

    private func acquire(_ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        var run = run
        guard store.isWritable(at: now) else { return fail(replica, tenant, run, .storeFailed) }
        guard store.rows[tenant].owner?.replica == replicas[replica].name,
            let fence = store.acquire(tenant, run: run.id, at: now)
        else { return fail(replica, tenant, run, .leased) }
        run.fence = fence
        if run.liftsQuarantine { store.rows[tenant].quarantine = nil }
        if let id = store.rows[tenant].unfinished, let journal = store.rows[tenant].journals[id] {
            note("\(name(tenant)) \(run.id) finishes \(id)")
            run.isRecovery = true
            run.phase = .drive(ApplyEngine.start(journal))
        } else {
            run.phase = .ask
        }
        next(replica, tenant, run, after: 0)
    }

    /// Reads the tenant, and decides.
    private func ask(_ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        guard !run.isInterrupted else { return fail(replica, tenant, run, .interrupted) }
        if let takeBack = run.takeBack { return plan(takeBack, replica, tenant, run) }
        if let job = run.job { return plan(job, replica, tenant, run) }
        let count = run.round.kind == .full ? Self.fullRequests : Self.cheapRequests
        if let later = spend(replica, tenant, count) { return next(replica, tenant, run, after: later) }
        guard let fence = run.fence, store.rows[tenant].fence == fence else {
            return fail(replica, tenant, run, .leased)
        }
        if tenants[tenant].isStale(at: now) { staleAt[tenant] = now }
        switch tenants[tenant].read(at: now, requests: count) {
        case .failed(let fault): fail(replica, tenant, run, fault)
        case .observed(let observed):
            var run = run
            run.observed = observed
            if run.round.kind == .cheap {
                let isSame = replicas[replica].seen[tenant] == observed.connectors
                return finish(replica, tenant, run, outcome(run, .inSync, live: isSame ? .unmoved : .moved))
            }
            replicas[replica].seen[tenant] = observed.connectors
            decide(replica, tenant, run, observed)
        }
    }

    /// - Returns: How long to wait where the budget is used up.
    private func spend(_ replica: Int, _ tenant: Int, _ count: Int) -> TimeInterval? {
        var budget = replicas[replica].budget
        for _ in 0..<count {
            if let later = budget.take(for: name(tenant), at: now) { return later.timeIntervalSince(now) }
        }
        replicas[replica].budget = budget
        return nil
    }

    private func policy(of tenant: Int) -> TenantPolicy {
        var policy = Self.policy
        if lanePolicy(tenant).changes == .propose { policy.changes = .propose }
        return policy
    }

    func planInput(
        _ tenant: Int,
        _ folder: PretendSource.Folder,
        _ revision: String,
        _ observed: ObservedTenant,
        tip: String? = nil,
        request: Int? = nil
    ) -> PlanInput {
        PlanInput(
            tenant: name(tenant),
            revision: revision,
            tree: folder.tree,
            desired: desired(tenant, folder, tip: tip ?? revision, request: request),
            observed: observed,
            applied: store.rows[tenant].appliedTenant,
            policy: policy(of: tenant),
            quarantine: store.rows[tenant].quarantine,
            quarantinedTree: store.rows[tenant].quarantine.flatMap { source.index(of: $0.revision) }
                .map { source.commits[$0].folders[tenant].tree },
            now: now
        )
    }

    private func decide(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ observed: ObservedTenant) {
        var run = run
        let folder = run.commit.folders[tenant]
        let policy = policy(of: tenant)
        run.standings = aheadStandings(tenant, folder, tip: run.commit.revision)
        var plan = Planner.plan(planInput(tenant, folder, run.commit.revision, observed))
        holdUnreviewed(&plan, tenant, run)
        if plan.guards.contains(where: { $0.id == Guard.ID.quarantinedRevision.rawValue }) {
            failRollout(tenant, folder.tree, "its run was rolled back")
        }
        waiting[tenant] =
            plan.changes.isEmpty ? nil : WaitingPlan(planDigest: plan.planDigest, changesDigest: plan.planDigest)
        // As `RolloutKeeper.permits` has it: of this very commit, and of no other.
        let isPermitted =
            store.rollout.revision == run.commit.revision
            && store.rollout.permission(for: name(tenant), at: now) == .go
        run.isPermitted = isPermitted
        let mayApply = run.round.mayApply && isPermitted
        if plan.changes.isEmpty {
            // Only a run that may write the commit takes over what git took over.
            if mayApply, !flaws.contains(.takesOverWeaker), let held = holds(tenant, run, plan) {
                return finish(replica, tenant, run, held)
            }
            let updates = mayApply ? plan.recordUpdates(run: run.id, at: now) : []
            checker.remember(updates, tenant, run, self)
            guard commit(tenant, run, journal: nil, updates) else { return fail(replica, tenant, run, .leased) }
            if mayApply { isInForce(plan, tenant, by: run.id, run) }
            if !run.round.corrections.isEmpty { return correct(replica, tenant, run, observed) }
            var outcome = outcome(run, .inSync, live: live(tenant, observed))
            outcome.guards = plan.guards.map(\.id)
            return finish(replica, tenant, run, outcome)
        }
        guard mayApply else {
            if !run.round.corrections.isEmpty { return correct(replica, tenant, run, observed) }
            var outcome = outcome(run, .pending, live: live(tenant, observed))
            outcome.waiting = waiting[tenant]
            return finish(replica, tenant, run, outcome)
        }
        let isAttended = run.round.approvals.contains { $0.digest == plan.planDigest }
        if let held = holds(tenant, run, plan, isAttended: isAttended) { return finish(replica, tenant, run, held) }
        run.plan = plan
        checker.apply(tenant, self, run)
        launch(replica, tenant, run, plan, policy, observed, isAttended: isAttended)
    }

    /// The commit is what the tenant has: whatever was quarantined before is over.
    ///
    /// - Parameter id: The run that wrote it, which `run` may only have finished.
    private func isInForce(_ plan: Planning.Plan, _ tenant: Int, by id: String, _ run: RunInFlight) {
        checker.lift(tenant, plan, run, self)
        store.rows[tenant].revision = plan.revision
        store.rows[tenant].history.append((id, plan.revision))
        if store.rows[tenant].quarantine?.outlasts(plan) != true { store.rows[tenant].quarantine = nil }
        if id == run.id { forgetAheadOver(tenant, run) }
    }

    /// A guard that holds a commit that writes nothing, such as one that takes over what weakens security.
    func holds(_ tenant: Int, _ run: RunInFlight, _ plan: Planning.Plan) -> RoundOutcome? {
        guard let observed = run.observed, let first = plan.guards.first else { return nil }
        var held = outcome(run, .held, live: live(tenant, observed), cause: .guarded)
        held.guards = plan.guards.map(\.id)
        if first.id == Guard.ID.quarantinedRevision.rawValue { held.cause = .quarantined }
        held.message = first.message
        return held
    }

    /// What keeps a plan from being applied: guards, and a gate that is asked about the partner.
    private func holds(_ tenant: Int, _ run: RunInFlight, _ plan: Planning.Plan, isAttended: Bool) -> RoundOutcome? {
        guard let observed = run.observed else { return nil }
        var held = outcome(run, .held, live: live(tenant, observed))
        held.waiting = waiting[tenant]
        if let partner = partners[tenant], now < partner.until {
            held.cause = partner.isDead ? .gateBlocked : .gateUndecided
            held.result = partner.isDead ? .blocked : .held
            held.gate = GateWord(
                verdict: partner.isDead ? .block : .hold,
                reason: partner.isDead ? "NoStartTLS" : "Unreachable"
            )
            return held
        }
        let guards = plan.guards.filter { !(isAttended && $0.holdsUnattendedOnly) }
        guard let first = guards.first else { return nil }
        held.guards = guards.map(\.id)
        held.cause = first.id == Guard.ID.quarantinedRevision.rawValue ? .quarantined : .guarded
        held.message = first.message
        return held
    }

    func launch(
        _ replica: Int,
        _ tenant: Int,
        _ run: RunInFlight,
        _ plan: Planning.Plan,
        _ policy: TenantPolicy,
        _ observed: ObservedTenant,
        isAttended: Bool,
        includesCommit: Bool = true
    ) {
        var run = run
        if run.job == nil {
            if includesCommit { store.rows[tenant].tried = plan.revision }
            store.rows[tenant].plans[run.id] = plan
        }
        do throws(PlanRefusal) {
            let journal = try ApplyEngine.journal(
                run: run.id,
                plan: plan,
                observed: observed,
                applied: store.rows[tenant].appliedTenant,
                policy: policy,
                isAttended: isAttended,
                includesCommit: includesCommit,
                at: now
            )
            run.phase = .drive(ApplyEngine.start(journal))
            next(replica, tenant, run, after: 0)
        } catch {
            checker.report("\(name(tenant)) \(run.id): a plan that nothing holds was refused: \(error)")
        }
    }

    // MARK: The engine's driver

    private func commit(_ tenant: Int, _ run: RunInFlight, journal: Journal?, _ updates: [AppliedUpdate]) -> Bool {
        guard let fence = run.fence else { return false }
        return store.commit(tenant, fence: fence, journal: journal, updates: updates, at: now)
    }

    private func drive(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ transition: Transition) {
        var run = run
        let transition = run.isInterrupted ? ApplyEngine.interrupt(transition) : transition
        let sendsFirst = flaws.contains(.sendsBeforeStoring)
        guard store.isWritable(at: now) else { return fail(replica, tenant, run, .storeFailed) }
        if !sendsFirst && !commit(tenant, run, journal: transition.journal, transition.updates) {
            return fail(replica, tenant, run, .leased)
        }
        run.journal = transition.journal
        switch transition.action {
        case .send(let write):
            if dies(replica, .beforeSending) { return }
            if let later = spend(replica, tenant, 1) {
                run.phase = .drive(transition)
                return next(replica, tenant, run, after: later)
            }
            checker.send(write, tenant, self, run)
            let event = tenants[tenant].send(write, of: transition.journal.run, at: now)
            recordRoutes(tenant)
            note("\(name(tenant)) \(run.id) sends \(write.action) \(write.kind) \(write.name): \(event.outline)")
            if sendsFirst { _ = commit(tenant, run, journal: transition.journal, transition.updates) }
            if dies(replica, .afterSending) { return }
            run.phase = .drive(ApplyEngine.next(transition.journal, event))
            next(replica, tenant, run, after: 0.1 + random.fraction())
        case .read(let delay):
            if sendsFirst { _ = commit(tenant, run, journal: transition.journal, transition.updates) }
            run.phase = .readBack(transition.journal)
            let seconds = TimeInterval(delay.components.seconds)
            next(replica, tenant, run, after: seconds + 0.1 + random.fraction())
        case .finish(let result): close(replica, tenant, run, transition.journal, result)
        case .stop(let why):
            var stopped = outcome(run, .failed, live: run.observed == nil ? .notAsked : .moved, cause: why.cause)
            stopped.nextLook = why.cause.nextLook(until: why.until.map { $0 + replicas[replica].clock })
            stopped.message = why.reason
            finish(replica, tenant, run, stopped)
        }
    }

    func dies(_ replica: Int, _ moment: Disturbance.Moment) -> Bool {
        guard let doom = replicas[replica].doom, doom.moment == moment else { return false }
        replicas[replica].doom = nil
        die(replica, after: doom.seconds)
        return true
    }

    private func readBack(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ journal: Journal) {
        var run = run
        if let later = spend(replica, tenant, Self.cheapRequests) { return next(replica, tenant, run, after: later) }
        if tenants[tenant].isStale(at: now) { staleAt[tenant] = now }
        switch tenants[tenant].read(at: now, requests: Self.cheapRequests) {
        case .failed(let fault): run.phase = .drive(ApplyEngine.next(journal, .unreadable(Postponement("\(fault)"))))
        case .observed(let observed):
            run.observed = observed
            run.phase = .drive(ApplyEngine.next(journal, .observed(observed)))
        }
        next(replica, tenant, run, after: 0)
    }

    /// What a run's end says of the quarantine.
    private func settleQuarantine(_ tenant: Int, _ journal: Journal, _ run: RunInFlight) {
        let isPassing = flaws.contains(.quarantinesPassing) && journal.cause == .passing
        let isJob = ["ahead-", "back-"].contains { journal.run.hasPrefix($0) }
        if isJob {
            if journal.quarantines { quarantine(merged: journal.run, by: journal.run, journal.reason ?? "", tenant) }
            store.rows[tenant].endings[journal.run] = TenantOutcome(ahead: journal, tenant: name(tenant), at: now)
        } else if !isTakeBack(journal.run, tenant) && (journal.quarantines || isPassing) {
            checker.quarantine(tenant, journal, self, run)
            store.rows[tenant].quarantine = Quarantine(
                tenant: name(tenant),
                revision: journal.revision,
                run: journal.run,
                reason: journal.reason ?? "",
                since: now
            )
            if journal.includesCommit == false { store.rows[tenant].quarantine?.holdsCorrections = true }
        }
        if isTakeBack(journal.run, tenant) || journal.run.hasPrefix("back-") {
            store.rows[tenant].quarantine = journal.settling(store.rows[tenant].quarantine)
        }
    }

    private func close(
        _ replica: Int,
        _ tenant: Int,
        _ run: RunInFlight,
        _ journal: Journal,
        _ result: RunRecord.Result
    ) {
        var run = run
        store.rows[tenant].unfinished = nil
        let plan = store.rows[tenant].plans.removeValue(forKey: journal.run)
        settleQuarantine(tenant, journal, run)
        note("\(name(tenant)) \(journal.run) ended: \(result.rawValue) \(journal.reason ?? "")")
        if !mails.isEmpty && result == .applied && !isTakeBack(journal.run, tenant) {
            store.rows[tenant].unwatched.append((journal.run, now))
        }
        if let takeBack = run.takeBack, !run.isRecovery {
            return end(takeBack, takeBackEnd(journal, result), replica, tenant, run)
        }
        // It may be an earlier run's, which counts for what that one was.
        if result == .applied, let plan {
            _ = commit(tenant, run, journal: nil, plan.recordUpdates(run: journal.run, at: now))
            if journal.includesCommit != false { isInForce(plan, tenant, by: journal.run, run) }
        }
        if run.isRecovery {
            run.isRecovery = false
            run.journal = nil
            run.phase = .ask
            return next(replica, tenant, run, after: 0)
        }
        let words: RoundOutcome.Result =
            switch result {
            case .applied, .unchanged: .applied
            case .rolledBack: .rolledBack
            case .partlyApplied: .partlyApplied
            case .interrupted: .interrupted
            case .held: .held
            case .blocked: .blocked
            case .failed: .failed
            }
        if run.job != nil {
            var ended = outcome(run, words, live: .notAsked, cause: journal.cause)
            ended.message = journal.reason ?? "applied"
            return finish(replica, tenant, run, ended)
        }
        let isOfCommit = run.plan?.revision == run.commit.revision && run.plan?.tree == run.commit.folders[tenant].tree
        var ended = outcome(run, words, live: run.observed.map { live(tenant, $0) } ?? .notAsked, cause: journal.cause)
        ended.nextLook = journal.cause?.nextLook(until: journal.until.map { $0 + replicas[replica].clock })
        ended.message = journal.reason ?? "applied"
        if words == .rolledBack || words == .partlyApplied, isOfCommit {
            failRollout(tenant, run.commit.folders[tenant].tree, ended.message)
        }
        // A correction says nothing about the commit.
        if !isOfCommit && waiting[tenant] != nil && words == .applied { ended.result = .pending }
        if isOfCommit && words == .applied { waiting[tenant] = nil }
        finish(replica, tenant, run, ended)
    }
}

extension EngineEvent {
    fileprivate var outline: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .ambiguous: "ambiguous"
        case .postponed: "postponed"
        case .observed: "observed"
        case .unreadable: "unreadable"
        }
    }
}
