import Connectors
import Foundation
import MailWatch
import Planning
import Scheduling

/// The watches over mail, as the controller keeps them: begun after a run, moved on every five minutes, and stored before
/// anything follows from them.
extension World {
    /// What the operator's file says is done when mail regresses.
    func response(_ tenant: Int) -> RegressionResponse {
        [.rollBack, .rollBackEvenIfWeaker, .hold, .rollBack][(tenant + schedule.seed / 5) % 4]
    }

    /// Keeps how the tenant leads mail now.
    func recordRoutes(_ tenant: Int) {
        guard !mails.isEmpty else { return }
        mails[tenant].record(tenants[tenant].truth(at: now), at: now)
    }

    /// Whether a run was one that took something back.
    func isTakeBack(_ run: String, _ tenant: Int) -> Bool {
        store.rows[tenant].watches.contains { $0.takeBackRun == run }
    }

    /// Begins the watches that are still to begin, and lets all stand for the definitions that the tenant has now.
    ///
    /// - Parameter tree: These definitions, where a round found them in force.
    func beginWatches(_ tenant: Int, of tree: String?) {
        guard !mails.isEmpty, store.isWritable(at: now) else { return }
        if !store.rows[tenant].unwatched.isEmpty {
            guard case .observed(let observed) = tenants[tenant].read(at: now, requests: 2) else { return }
            for (run, end) in store.rows[tenant].unwatched {
                guard let journal = store.rows[tenant].journals[run] else { continue }
                beginWatches(tenant, journal, endedAt: end, observed)
            }
            store.rows[tenant].unwatched = []
        }
        guard let tree else { return }
        var watches = store.rows[tenant].watches
        for index in watches.indices where !watches[index].state.isEnded {
            // What a later run wrote over is only taken back still.
            let isOver = watches.contains { $0.object == watches[index].object && $0.run > watches[index].run }
            if !isOver { watches[index].tree = tree }
        }
        keep(watches, tenant)
    }

    /// Begins the watches that a finished run calls for, and ends those that it supersedes.
    private func beginWatches(_ tenant: Int, _ journal: Journal, endedAt end: Date, _ observed: ObservedTenant) {
        let written = Set(
            journal.steps.filter { $0.state == .confirmed }.map {
                ConnectorKey(kind: $0.write.kind, name: $0.write.name)
            }
        )
        var watches = store.rows[tenant].watches
        for index in watches.indices where written.contains(watches[index].object) {
            _ = watches[index].handle(.superseded(run: journal.run), at: now)
        }
        var number = made
        let weakens = flaws.contains(.takesBackWeaker) && response(tenant) == .rollBack
        let start = WatchStart(
            appliedAt: end,
            policy: WatchPolicy(
                length: 7_200,
                settle: 600,
                onRegression: weakens ? .rollBackEvenIfWeaker : response(tenant)
            ),
            newID: {
                number += 1
                return "watch-\(number)"
            },
            newKey: { (0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) } }
        )
        // A correction is of the commit that is in force.
        let tree = source.index(of: journal.revision).map { source.commits[$0].folders[tenant].tree }
        for var watch in start.watches(of: journal, in: observed) {
            // A later run wrote it again before this could begin.
            if let entry = store.rows[tenant].applied[watch.object], entry.run > journal.run { continue }
            watch.tree = tree
            watches.append(watch)
        }
        made = number
        keep(watches, tenant)
    }

    /// A person ends what is watched in a tenant.
    func endWatches(_ tenant: Int) {
        guard !mails.isEmpty, store.isWritable(at: now) else { return }
        var watches = store.rows[tenant].watches
        for index in watches.indices {
            _ = watches[index].handle(.endedByPerson(name: "ops", reason: "enough"), at: now)
        }
        keep(watches, tenant)
    }

    /// Looks at the mail of each tenant that a replica drives.
    func lookAtMail(_ replica: Int) {
        for tenant in replicas[replica].lanes.keys.sorted()
        where store.rows[tenant].owner?.replica == replicas[replica].name {
            lookAtMail(replica, tenant)
        }
    }

    private func lookAtMail(_ replica: Int, _ tenant: Int) {
        guard store.isWritable(at: now) else { return }
        beginWatches(tenant, of: nil)
        tellEnds(tenant)
        guard store.rows[tenant].watches.contains(where: { !$0.state.isEnded }) else { return }
        if case .observed(let observed) = tenants[tenant].read(at: now, requests: 2) {
            moveWatches(tenant, observed)
        }
        for takeBack in store.rows[tenant].watches.compactMap(\.pendingTakeBack) {
            beginTakeBack(replica, tenant, takeBack)
        }
    }

    private func moveWatches(_ tenant: Int, _ observed: ObservedTenant) {
        var watches = store.rows[tenant].watches
        for index in watches.indices where watches[index].state.isReading && watches[index].isChanged(in: observed) {
            if !isOurs(watches[index], tenant, observed) { _ = watches[index].handle(.changed(by: nil), at: now) }
        }
        let suspension = store.rows[tenant].memory?.suspension
        var round = WatchRound(
            watches,
            MailRouting(observed),
            at: now,
            isTenantSuspended: suspension.map { now < $0.until } ?? false,
            newRun: { [runs] in "run-back-\(runs)" }
        )
        // Ids of runs are counted, so that one seed gives the same ones.
        runs += 1
        while !round.isFinished {
            var answers: [WatchAsk: WatchAnswer] = [:]
            for ask in round.asks { answers[ask] = mails[tenant].answer(ask, at: now) }
            round.take(answers)
        }
        keep(round.watches, tenant)
    }

    /// Whether a later run of ours changed what is watched: that run ends the watch itself.
    private func isOurs(_ watch: Watch, _ tenant: Int, _ observed: ObservedTenant) -> Bool {
        let row = store.rows[tenant]
        let writing = row.unfinished.flatMap { row.journals[$0] }?.steps ?? []
        if writing.contains(where: { ConnectorKey(kind: $0.write.kind, name: $0.write.name) == watch.object }) {
            return true
        }
        guard let written = row.applied[watch.object], written.run != watch.run else { return false }
        return !DriftComparison.items(
            applied: row.appliedTenant,
            observed: observed,
            acceptedDrifts: [],
            now: now
        ).contains { $0.key == watch.object }
    }

    /// Stores the watches.
    func keep(_ watches: [Watch], _ tenant: Int) {
        let before = Dictionary(store.rows[tenant].watches.map { ($0.id, $0.state) }) { first, _ in first }
        store.rows[tenant].watches = watches
        for watch in watches where before[watch.id] != watch.state {
            note("\(name(tenant)) \(watch.id) \(watch.object): \(watch.state.rawValue) \(watch.reason?.rawValue ?? "")")
        }
    }

    /// Tells the rollout of the watches that ended, those that regressed first, and of what is good only once no other watch over it
    /// goes on.
    private func tellEnds(_ tenant: Int) {
        let watches = store.rows[tenant].watches
        func isRegressed(_ watch: Watch) -> Bool {
            watch.state == .regressedHeld || watch.state == .regressedTakenBack
        }
        func tell(_ watch: Watch, _ ending: RolloutEnding?) {
            if let ending, let tree = watch.tree {
                moveRollout(.ended(tenant: name(tenant), tree: tree, ending))
            }
            guard let index = store.rows[tenant].watches.firstIndex(where: { $0.id == watch.id }) else { return }
            store.rows[tenant].watches[index].markTold()
        }
        for watch in watches where watch.isUntold && isRegressed(watch) { tell(watch, .regressed("mail fails")) }
        guard store.rows[tenant].unwatched.isEmpty else { return }
        for watch in watches where watch.isUntold && !isRegressed(watch) {
            let goesOn = watches.contains { !$0.state.isEnded && $0.tree == watch.tree }
            tell(watch, goesOn ? nil : .judged)
        }
    }
}
