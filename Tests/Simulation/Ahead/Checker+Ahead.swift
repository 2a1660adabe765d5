import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Scheduling

/// Nothing is applied before its merge that was not shown, and approved by someone else than its author.
extension Checker {
    /// The first write is about to leave: looked at by what the forge showed right then.
    mutating func applyAhead(_ order: PretendOrder, _ plan: Planning.Plan, _ run: RunInFlight, _ world: World) {
        let tenant = "t\(order.tenant)"
        let what = "\(run.id) applies #\(order.number) in \(tenant) before its merge"
        guard let shown = try? world.forge.shown(order.number, at: world.now) else {
            return report("\(what), and the forge does not answer")
        }
        if shown.state != .open { report("\(what), and it is \(shown.state)") }
        if shown.isFork || shown.isDraft { report("\(what), and it is a fork or a draft") }
        if shown.head.revision != order.ahead.head { report("\(what), and its head is another by now") }
        if world.source.tip.revision != order.ahead.base { report("\(what), and the branch has moved") }
        // The comment is read once, when it is obeyed: a forge that lags since then may not show it again yet.
        let ask = world.forge.requests[order.number]?.notes.first {
            $0.id == order.comment && $0.at <= order.ahead.at
        }
        let writers = Reviewer.allCases.filter { $0.mayWrite && $0 != .robot }.map(\.person)
        if ask?.texts.last?.text != "mitregate apply" || ask.map({ writers.contains($0.author) }) != true {
            report("\(what), and no person who may write asked for it")
        }
        let seen = shown.shown(of: tenant, until: world.now).filter { $0.changesDigest == plan.changesDigest }
        if seen.isEmpty { report("\(what), which was not shown like that") }
        let wanted = max(1, world.rules?.approvals ?? 1)
        let given = approvers(of: plan.changesDigest, order.tenant, shown, mergedAt: world.now, world)
        if given < wanted { report("\(what), and \(given) of \(wanted) approved it") }
        if world.store.rows[order.tenant].memory?.suspension.map({ $0.since < run.began }) == true {
            report("\(what), which is suspended")
        }
    }

    /// The branch writes; it may not, where the tenant runs ahead of it.
    mutating func undo(_ write: Write, _ tenant: Int, _ world: World, _ run: RunInFlight) {
        guard run.job == nil, run.plan?.revision == run.commit.revision,
            let change = run.plan?.changes.first(where: { $0.key.kind == write.kind && $0.key.name == write.name }),
            change.cause != .drift
        else { return }
        let standings = run.standings ?? []
        for standing in standings where standing.connectors.contains(change.key) {
            report("\(run.id) writes \(change.key) to t\(tenant), which \(standing.run.run) has ahead of git")
        }
    }

    /// A request was merged that was applied before: from now on git says so, and nothing is written twice.
    mutating func mergedAhead(_ number: Int, _ commit: PretendSource.Commit, _ world: World) {
        for tenant in world.tenants.indices
        where world.store.rows[tenant].ahead.contains(where: { $0.request == number }) {
            let input = world.planInput(
                tenant,
                commit.folders[tenant],
                commit.revision,
                world.tenants[tenant].truth(at: world.now),
                request: number
            )
            guard Planner.plan(input).changes.isEmpty else { continue }
            offers.quiet[tenant] = (commit.folders[tenant].tree, world.tenants[tenant].version)
        }
    }

    /// Each run before a merge has come to a merge, was taken back, or is a condition that people see.
    mutating func restAhead(_ world: World) {
        guard world.hasAhead, let replica = world.replicas.first(where: { $0.name == world.store.desk?.replica }),
            let desk = replica.desk
        else { return }
        for tenant in world.tenants.indices { rest(tenant, world) }
        for known in desk.book.memories.values.sorted(by: { $0.number < $1.number }) {
            guard let ask = known.applying else { continue }
            let what = "#\(known.number)"
            if ask.isUnderWay { report("\(what) is being applied for ever") }
            let comments = world.forge.requests[known.number]?.notes.filter { $0.key == "applied" } ?? []
            if comments.last?.isDeleted == true { continue }
            let there = comments.filter { !$0.isDeleted }
            if there.count != 1 { report("\(what) has \(there.count) comments on what was applied") }
            if let text = there.first?.texts.last?.text, text != world.appliedText(ask) {
                report("\(what) says \(text), and \(world.appliedText(ask)) is so")
            }
        }
    }

    private mutating func rest(_ tenant: Int, _ world: World) {
        let tip = world.source.tip
        guard let memory = world.store.rows[tenant].memory else { return }
        for standing in world.aheadStandings(tenant, tip.folders[tenant], tip: tip.revision) {
            let type: ConditionType = standing.isStranded ? .aheadOfGit : .appliedBeforeMerge
            if !memory.ledger.has(type) {
                report("t\(tenant) is ahead of git by \(standing.run.run) (\(standing.request)), and nothing says so")
            }
            let state = world.forge.requests[standing.run.request]?.state
            if (state == .open) != (standing.request == .open) {
                report("#\(standing.run.request) is \(state.map { "\($0)" } ?? "gone"), and not \(standing.request)")
            }
        }
    }
}
