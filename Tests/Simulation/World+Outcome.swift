import Connectors
import Foundation
import MailWatch
import Planning
import Scheduling

/// How a run's end is told to its lane and its rollout.
extension World {
    func outcome(
        _ run: RunInFlight,
        _ result: RoundOutcome.Result,
        live: LiveState,
        cause: StopCause? = nil
    ) -> RoundOutcome {
        RoundOutcome(
            round: run.round.number,
            result: result,
            live: live,
            cause: cause,
            message: cause.map { "It ended for \($0.rawValue)." } ?? "It came to its end.",
            revision: run.commit.revision,
            run: run.id
        )
    }

    /// What of the tenant is not as it was last written, and what else is in it.
    func live(_ tenant: Int, _ observed: ObservedTenant) -> LiveState {
        let applied = store.rows[tenant].appliedTenant
        let items = DriftComparison.items(applied: applied, observed: observed, acceptedDrifts: [], now: now)
        guard !items.isEmpty else { return .read(LiveView()) }
        let tip = tipInForce
        let weakening = Planner.weakeningDrift(planInput(tenant, tip.folders[tenant], tip.revision, observed))
        return .read(
            LiveView(
                drift: items.map { item in
                    let weakens = weakening.contains(item.key)
                    let fields = weakens ? Set(item.fields.map(\.path)).union(["object"]) : []
                    return DriftFinding(item, author: .notFound, weakeningFields: fields)
                }
            )
        )
    }

    func fail(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ cause: StopCause) {
        finish(
            replica,
            tenant,
            run,
            outcome(run, cause == .interrupted ? .interrupted : .failed, live: .notAsked, cause: cause)
        )
    }

    func fail(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ fault: Disturbance.ReadFault) {
        let reason: LiveState.UnknownReason =
            switch fault {
            case .throttled: .throttled
            case .serviceError: .serviceError
            case .timeout: .timeout
            case .noToken: .authenticationFailed
            }
        var failed = outcome(
            run,
            .failed,
            live: .unknown(reason: reason, message: "The tenant could not be read."),
            cause: fault == .noToken ? .permission : .passing
        )
        if fault == .throttled { failed.nextLook = .at(laneNow(replica) + 30) }
        finish(replica, tenant, run, failed)
    }

    func finish(_ replica: Int, _ tenant: Int, _ run: RunInFlight, _ outcome: RoundOutcome) {
        if run.takeBack != nil { return leave(replica, tenant, run) }
        if let job = run.job { return end(job, replica, tenant, run, outcome) }
        var outcome = outcome
        if run.round.kind == .full { outcome.ahead = run.standings }
        outcome.tree = run.commit.folders[tenant].tree
        note("\(name(tenant)) \(run.id) \(outcome.result.rawValue) \(outcome.cause?.rawValue ?? "")")
        if let fence = run.fence, store.isWritable(at: now) { store.release(tenant, fence: fence) }
        replicas[replica].runs[tenant] = nil
        checker.end(run, tenant)
        switch outcome.live {
        case .read(let view): replicas[replica].live[tenant] = (view, laneNow(replica))
        case .moved, .unknown: replicas[replica].live[tenant] = nil
        case .unmoved, .notAsked: break
        }
        let tree = run.commit.folders[tenant].tree
        // As `Controller` has it: only a full round that could write the commit says that the tenant has it.
        let isDone =
            run.round.kind == .full && run.round.mayApply && run.isPermitted && outcome.cause == nil
            && [.inSync, .applied].contains(outcome.result)
        if run.round.kind == .full { beginWatches(tenant, of: isDone ? tree : nil) }
        let isWatched = isWatched(tenant, outcome, tree)
        if run.round.kind == .full { tellRequests(outcome, tenant, isWatched: isWatched) }
        if isDone, store.isWritable(at: now) {
            let isTold = isWatched && !flaws.contains(.releasesWatched)
            moveRollout(.ended(tenant: name(tenant), tree: tree, .applied(isWatched: isTold)))
            if isWatched && mails.isEmpty && outcome.result == .applied {
                watched[tenant] = tree
                happenings.add(.watchEnds(tenant: tenant, tree: tree), at: now + 3_600)
            }
        }
        // What a person asked for goes before the round that the lane may begin next.
        startJob(replica, tenant)
        tell(replica, tenant, .roundEnded(outcome))
    }

    /// Whether the mail of what the tenant has is watched; where none is pretended, a watch of the first tenant just ends.
    private func isWatched(_ tenant: Int, _ outcome: RoundOutcome, _ tree: String) -> Bool {
        guard mails.isEmpty else {
            let row = store.rows[tenant]
            return !row.unwatched.isEmpty
                || row.watches.contains { $0.tree == tree && (!$0.state.isEnded || $0.isUntold) }
        }
        return tenant == 0 && (outcome.result == .applied || watched[tenant] == tree)
    }

    func failRollout(_ tenant: Int, _ tree: String, _ reason: String) {
        guard store.isWritable(at: now) else { return }
        moveRollout(.ended(tenant: name(tenant), tree: tree, .failed(reason)))
    }
}
