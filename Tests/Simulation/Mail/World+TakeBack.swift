import Connectors
import Foundation
import MailWatch
import Planning
import Scheduling

/// Taking back what a watch decided, by an ordinary run under the id that was stored for it.
extension World {
    /// Begins, unless the tenant's lane is at work: then the next look tries again.
    func beginTakeBack(_ replica: Int, _ tenant: Int, _ takeBack: TakeBack) {
        guard replicas[replica].runs[tenant] == nil else { return }
        let round = Round(number: -1, kind: .full, causes: [.watch], beganAt: now, deadline: now + 3_600)
        var run = RunInFlight(id: takeBack.run, round: round, began: now, commit: tipInForce)
        run.takeBack = takeBack
        note("\(name(tenant)) \(run.id) begins to take back \(takeBack.earlier)")
        next(replica, tenant, run, after: 0.001)
    }

    /// Reads the tenant, and works out what is to be restored.
    func plan(_ takeBack: TakeBack, _ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        let row = store.rows[tenant]
        // After a restart the run may be there already: it was followed to its end, and is not begun twice.
        if let journal = row.journals[takeBack.run], let result = journal.result {
            return end(takeBack, takeBackEnd(journal, result), replica, tenant, run)
        }
        guard let earlier = row.journals[takeBack.earlier] else {
            return end(takeBack, .refused("There is no journal."), replica, tenant, run)
        }
        guard case .observed(let observed) = tenants[tenant].read(at: now, requests: 2) else {
            return leave(replica, tenant, run)
        }
        let rollback = Rollback(
            run: takeBack.run,
            of: earlier,
            observed: observed,
            applied: row.appliedTenant,
            policy: Self.policy,
            at: now,
            objects: Set(takeBack.objects.map(\.key))
        )
        let weakens = rollback.plan.changes.contains { $0.risk == .high }
        guard rollback.refusals.isEmpty, !rollback.plan.changes.isEmpty, takeBack.mayWeaken || !weakens else {
            let why = rollback.refusals.first ?? (weakens ? "It would weaken security." : "Nothing is left to restore.")
            return end(takeBack, .refused(why), replica, tenant, run)
        }
        guard store.isWritable(at: now), row.fence == run.fence else { return leave(replica, tenant, run) }
        checker.takesBack(takeBack, earlier, tenant, self)
        let isOfDrift = earlier.includesCommit == false
        var quarantine = Quarantine(
            tenant: name(tenant),
            revision: (isOfDrift ? row.revision : row.tried) ?? earlier.revision,
            run: takeBack.run,
            reason: takeBack.reason,
            since: now
        )
        if isOfDrift { quarantine.holdsCorrections = true }
        store.rows[tenant].quarantine = quarantine
        var journal = rollback.journal
        journal.former = Journal.Former(quarantine: row.quarantine)
        var run = run
        run.plan = rollback.plan
        run.observed = observed
        run.phase = .drive(beginRestoring(journal, tenant, run, observed))
        next(replica, tenant, run, after: 0)
    }

    /// Stores the journal in one transaction with what stands for it, before anything is restored.
    func beginRestoring(
        _ journal: Journal,
        _ tenant: Int,
        _ run: RunInFlight,
        _ observed: ObservedTenant
    ) -> Transition {
        if let fence = run.fence { _ = store.commit(tenant, fence: fence, journal: journal, updates: [], at: now) }
        return ApplyEngine.start(journal, plannedFrom: observed, at: now)
    }

    /// What a run came to; where nothing of it stands for a reason that may pass, another is to try again.
    func takeBackEnd(_ journal: Journal, _ result: RunRecord.Result) -> TakeBackEnd {
        let mayPass = journal.cause.map { $0.isOfTheTenant && $0 != .permission } ?? false
        guard result == .interrupted || result == .failed && mayPass else { return .ended(result) }
        let next = "run-back-\(runs)"
        runs += 1
        return .postponed(next: next)
    }

    /// Tells the watch what came of it.
    func end(_ takeBack: TakeBack, _ end: TakeBackEnd, _ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        if store.isWritable(at: now) {
            var watches = store.rows[tenant].watches
            if let index = watches.firstIndex(where: { $0.id == takeBack.watch }) {
                _ = watches[index].handle(.tookBack(end), at: now)
            }
            keep(watches, tenant)
        }
        leave(replica, tenant, run)
    }

    /// Gives the tenant back to its lane; what is not done is begun again by the next look.
    func leave(_ replica: Int, _ tenant: Int, _ run: RunInFlight) {
        if let fence = run.fence, store.isWritable(at: now) { store.release(tenant, fence: fence) }
        replicas[replica].runs[tenant] = nil
        if let round = replicas[replica].waitingRounds.removeValue(forKey: tenant) { begin(replica, tenant, round) }
    }
}
