import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Scheduling
import TLSGate

/// What reviewers saw, by the forge's own account and not by what the controller remembers.
extension Checker {
    /// What is shown within this time after a merge may count: an interval, and by how much two clocks may differ.
    private static let slack: TimeInterval = 130

    /// A change that came with a commit was shown in a request that brought it, with no better verdict, and approved by
    /// as many as are asked for; or a person released exactly this plan.
    mutating func review(_ tenant: Int, _ world: World, _ run: RunInFlight) {
        guard let rules = world.rules, let plan = run.plan else { return }
        let isReleased = run.round.approvals.contains { approval in
            approval.digest == plan.planDigest && released.contains("\(tenant) \(approval.digest)")
        }
        if isReleased { return }
        let applied = world.source.index(of: world.store.rows[tenant].revision) ?? -1
        let tip = world.source.index(of: run.commit.revision) ?? 0
        let merged = merged(applied + 1...max(tip, applied + 1), world)
        for change in plan.changes where change.cause != .drift {
            let what = "\(run.id) writes \(change.action) \(change.key) to t\(tenant)"
            let shown = merged.flatMap { request, at in
                request.shown(of: "t\(tenant)", until: at + Self.slack).map { (request, at, $0) }
            }.filter { $0.2.changes.contains { $0.connector == change.key } }
            // Where no review is required, what the comment read at the merge binds, and not what it read of a head that was
            // replaced before.
            let isBound = merged.contains { request, at in
                // Of a merge that the forge does not tell nothing is known; it is like a push without a request then.
                !world.forge.wasIll(from: at, to: world.now)
                    && request.shown(of: "t\(tenant)", from: at, until: at + Self.slack).contains { shown in
                        shown.changes.contains { $0.connector == change.key }
                    }
            }
            if !isBound, !rules.isReviewRequired { continue }
            let isSeen = shown.contains { request, at, shown in
                shown.changes.contains { one in
                    one.digest == change.digest && (one.verdict ?? .pass) >= world.verdict(of: tenant)
                } && approvers(of: shown.changesDigest, tenant, request, mergedAt: at, world) >= rules.approvals
            }
            if !isSeen { report("\(what), which was not shown like that, or not approved") }
        }
    }

    /// The requests that were merged as one of the branch's steps, and when.
    ///
    /// While the forge does not tell which request that was, one that would have made exactly the same of the branch is as good.
    private func merged(
        _ steps: ClosedRange<Int>,
        _ world: World
    ) -> [(request: PretendForge.Request, at: Date)] {
        let requests = world.forge.requests.values.sorted { $0.number < $1.number }
        var merged: [(request: PretendForge.Request, at: Date)] = []
        for request in requests {
            guard case .merged(let commit, let at?) = request.state, let step = world.source.index(of: commit?.hex),
                steps.contains(step)
            else { continue }
            merged.append((request, at))
            guard step > 0, world.forge.wasIll(from: at, to: world.now) else { continue }
            let result = world.source.commits[step].folders.map(\.tree)
            let twins = requests.filter { other in
                guard case .open = other.state else { return false }
                let made = PretendSource.merge(other.head, into: world.source.commits[step - 1])
                return made?.map(\.tree) == result
            }
            merged += twins.map { ($0, at) }
        }
        return merged
    }

    func approvers(
        of digest: String,
        _ tenant: Int,
        _ request: PretendForge.Request,
        mergedAt: Date,
        _ world: World
    ) -> Int {
        Reviewer.allCases.filter { reviewer in
            guard reviewer.mayWrite, reviewer != .author, reviewer != .robot else { return false }
            let acts = request.acts.filter { act in
                act.person == reviewer.person && act.verdict != .commented && act.at <= mergedAt + Self.slack
            }
            // What was taken back while the forge did not say so counts as long as it says nothing.
            let objections = acts.filter { act in
                act.verdict != .approved && act.at <= mergedAt && !world.forge.wasIll(from: act.at, to: world.now)
            }
            let isShown: (Date) -> Bool = { request.shown(of: "t\(tenant)", at: $0)?.changesDigest == digest }
            let lastObjection = objections.last?.at ?? .distantPast
            if acts.contains(where: { $0.verdict == .approved && $0.at > lastObjection && isShown($0.at) }) {
                return true
            }
            let lastRefusal = objections.last { $0.verdict == .changesRequested }?.at ?? .distantPast
            return request.notes.contains { note in
                note.author == reviewer.person && note.at > lastRefusal && note.at <= mergedAt + Self.slack
                    && isShown(note.at)
                    && note.texts.last?.text == "mitregate approve \(digest.trimmedDigest)"
            }
        }.count
    }

    mutating func written(_ key: String, _ request: PretendForge.Request?) {
        guard let request, request.ours(key).count > 1 else { return }
        report("#\(request.number) has the comment \(key) twice")
    }

    /// What must be on the forge once the world has come to rest.
    mutating func restRequests(_ world: World) {
        guard world.rules != nil else { return }
        guard let desk = world.replicas.first(where: { $0.name == world.store.desk?.replica })?.desk else {
            return report("no replica looks at requests")
        }
        for request in world.forge.requests.values.sorted(by: { $0.number < $1.number }) {
            switch request.state {
            case .open: restOpen(request, desk, world)
            case .merged: restMerged(request, desk)
            case .closed: if desk.book[request.number]?.isOpen == true { report("#\(request.number) is closed") }
            }
        }
    }

    private mutating func restOpen(_ request: PretendForge.Request, _ desk: PretendDesk, _ world: World) {
        let what = "#\(request.number)"
        guard let known = desk.book[request.number], known.head == request.head.revision else {
            return report("\(what) is open, and its head is not known")
        }
        for check in RequestCheck.allCases where request.statuses[known.head]?[check.context] == nil {
            report("\(what) has no status \(check.context)")
        }
        guard let merged = PretendSource.merge(request.head, into: world.source.tip) else { return }
        for tenant in world.tenants.indices where merged[tenant].tree != world.source.tip.folders[tenant].tree {
            let comments = request.ours("plan/t\(tenant)")
            // One that someone deleted is missed when it is to read otherwise.
            if comments.isEmpty, request.notes.last(where: { $0.key == "plan/t\(tenant)" })?.isDeleted == true {
                continue
            }
            guard comments.count == 1, let text = comments.first?.texts.last else {
                report("\(what) has \(comments.count) comments on t\(tenant)")
                continue
            }
            let digest = known.looks["t\(tenant)"]?.plan?.changesDigest
            if text.shows["t\(tenant)"]?.changesDigest != digest {
                report("\(what) shows something else of t\(tenant) than is known")
            }
        }
    }

    private mutating func restMerged(_ request: PretendForge.Request, _ desk: PretendDesk) {
        let what = "#\(request.number)"
        guard let known = desk.book[request.number], known.isMerged else {
            return report("\(what) was merged, and no replica knows")
        }
        for trees in known.touched where known.outcomes[trees.tenant] == nil {
            report("\(what) does not say what became of it in \(trees.tenant)")
        }
        guard !known.outcomes.isEmpty else { return }
        let comments = request.ours("outcome")
        if comments.isEmpty, request.notes.last(where: { $0.key == "outcome" })?.isDeleted == true { return }
        if comments.count != 1 || desk.unwritten.contains(request.number) {
            report("\(what) has \(comments.count) comments on its outcome")
        }
    }
}
