import Connectors
import Forges
import Foundation
import Planning
import PullRequests

/// What is kept of offers by whoever looks on.
struct OfferAccounts {
    /// How many requests were opened, by the key of the offer.
    var opened: [String: Int] = [:]
    /// How often something went wrong in between that an offer may be opened once more for.
    var mishaps = 0
    /// What people closed a request for.
    var declined: [String: Set<String>] = [:]
    /// Tenants that are as git says since drift was taken over: the folder, and the tenant's version.
    var quiet: [Int: (tree: String, version: Int)] = [:]
}

extension Checker {
    // MARK: On the forge

    mutating func pushed(_ offer: ChangeOffer, over former: PretendForge.Branch?, to new: PretendForge.Branch?) {
        guard let former, former.head.revision != new?.head.revision else { return }
        if !former.isOurs && !former.isMerged { report("\(offer.branch): a person's commit is pushed over") }
    }

    mutating func removed(_ branch: String, _ former: PretendForge.Branch?, isThere: Bool) {
        guard let former, !isThere else { return }
        if !former.isOurs && !former.isMerged { report("\(branch): a person's commit is removed with its branch") }
    }

    /// - Parameter isKnown: Whether the forge's answer came.
    mutating func opened(_ offer: ChangeOffer, _ key: String, isKnown: Bool, _ world: World) {
        offers.opened[key, default: 0] += 1
        if !isKnown { offers.mishaps += 1 }
        let parts = Set(offer.parts)
        if !parts.isEmpty, parts.isSubset(of: offers.declined[key] ?? []) {
            report("\(key): what a person declined is offered again")
        }
        let open = world.forge.requests.values.filter { $0.branch == offer.branch && $0.state == .open }
        if open.count > 1 { report("\(key) has \(open.count) open requests") }
        warn(offer, key, world)
    }

    /// What weakens is said so, with what it takes to accept it.
    private mutating func warn(_ offer: ChangeOffer, _ key: String, _ world: World) {
        guard offer.kind == .drift, let head = world.forge.branches[offer.branch]?.head else { return }
        let weakens = zip(head.base, head.folders).contains { before, after in
            PretendMail.rank(ofFirst: after) < PretendMail.rank(ofFirst: before)
        }
        guard weakens else { return }
        // What goes away has no document left to say it in.
        let way = ["\(Annotation.acceptRisk): ", "kind: Tombstone"].contains { offer.body.contains($0) }
        if !offer.body.contains("This weakens security") || !way {
            report("\(key) weakens security and does not say so")
        }
    }

    mutating func declined(_ key: String, _ parts: [String]) {
        offers.declined[key, default: []].formUnion(parts)
    }

    mutating func merged(_ key: String, _ parts: [String]) { offers.declined[key]?.subtract(parts) }

    // MARK: In the tenant

    /// Drift was taken over: from now on git says what the tenant says, and nothing is written.
    mutating func quiet(_ tenant: Int, _ commit: PretendSource.Commit, _ world: World) {
        let truth = world.tenants[tenant].truth(at: world.now)
        let plan = Planner.plan(world.planInput(tenant, commit.folders[tenant], commit.revision, truth))
        guard plan.changes.isEmpty else { return }
        offers.quiet[tenant] = (commit.folders[tenant].tree, world.tenants[tenant].version)
    }

    /// A write leaves; none may, where git was just made to say what the tenant says.
    mutating func disturb(_ write: Write, _ tenant: Int, _ world: World, _ run: RunInFlight) {
        guard let quiet = offers.quiet[tenant], quiet.version == world.tenants[tenant].version,
            run.commit.folders[tenant].tree == quiet.tree, run.plan?.revision == run.commit.revision,
            let change = run.plan?.changes.first(where: { $0.key.kind == write.kind && $0.key.name == write.name }),
            change.cause != .drift
        else { return }
        report("\(run.id) writes \(change.key) to t\(tenant), whose drift was taken over in git")
    }

    /// A commit that was rolled back is taken back in git.
    mutating func reverted(_ tenant: Int, _ commit: PretendSource.Commit, _ world: World) {
        guard let quarantine = world.store.rows[tenant].quarantine,
            let index = world.source.index(of: quarantine.revision)
        else { return }
        if world.source.commits[index].folders[tenant].tree == commit.folders[tenant].tree {
            report("t\(tenant): a revert was merged, and git still says what was rolled back")
        }
    }

    /// The quarantine of a tenant goes, as a plan is in force.
    mutating func lift(_ tenant: Int, _ plan: Planning.Plan, _ run: RunInFlight, _ world: World) {
        guard let quarantine = world.store.rows[tenant].quarantine, !plan.changes.isEmpty,
            let index = world.source.index(of: quarantine.revision)
        else { return }
        if world.source.commits[index].folders[tenant].tree == plan.tree {
            report("\(run.id) in t\(tenant) applies again what is quarantined")
        }
    }

    /// What the tenant says is remembered as git's word.
    mutating func remember(_ updates: [AppliedUpdate], _ tenant: Int, _ run: RunInFlight, _ world: World) {
        for case .remember(let entry) in updates {
            guard let former = world.store.rows[tenant].applied[entry.key], entry.acceptedRisk == nil,
                PretendMail.demands(entry.settings) < PretendMail.demands(former.settings)
            else { continue }
            report("\(run.id) takes over weaker security of \(entry.key) in t\(tenant) without anybody's word")
        }
    }

    // MARK: At rest

    mutating func restOffers(_ world: World) {
        guard world.hasOffers, let replica = world.replicas.firstIndex(where: { $0.name == world.store.desk?.replica })
        else { return }
        for (key, count) in offers.opened.sorted(by: { $0.key < $1.key })
        where count > OfferPolicy.openingsADay + offers.mishaps {
            report("\(key) was opened \(count) times")
        }
        for request in world.forge.requests.values.sorted(by: { $0.number < $1.number })
        where request.branch.hasPrefix(ChangeOffer.prefix) && request.isClosedByUs && request.state == .closed {
            let ends = request.notes.filter { $0.key == "offer-end" }
            if ends.count != 1 { report("#\(request.number) has \(ends.count) comments on why it was closed") }
        }
        for tenant in world.tenants.indices {
            for kind in World.offerKinds { rest(kind, tenant, replica, world) }
        }
    }

    private mutating func rest(_ kind: ChangeOffer.Kind, _ tenant: Int, _ replica: Int, _ world: World) {
        let key = OfferRecord.key(kind, of: "t\(tenant)", in: "mail-flow")
        if world.replicas[replica].offers[key] != nil { return }
        let wish = world.wish(kind, tenant, replica, world.tipInForce)
        var record = world.store.offers[key] ?? OfferRecord(kind, of: "t\(tenant)")
        if record.farewell != nil { report("\(key): that a request was closed was never said") }
        let branch = record.memory.branch
        let open = world.forge.latest(branch).flatMap { $0.state == .open ? $0 : nil }
        let known = record.memory.number.flatMap { world.forge.requests[$0] }
        // One that a person opened again is looked at only where there is something to offer.
        let request = (known ?? (wish.isOffer ? open : nil))?.full
        func decide(_ tip: CommitID?) -> OfferDecision {
            let facts = OfferFacts(wish: wish.wish, tip: tip, request: request, isFought: wish.isFought)
            return record.memory.decide(facts, wish.policy, at: world.laneNow(replica))
        }
        // As the desk does: what an open request shows first, and the branch only where that asks for something. A request
        // with someone's commit is left alone though a person deletes its branch.
        let shown = decide(request.flatMap { $0.state == .open ? $0.head.commit : nil })
        let decision =
            if case .leave = shown {
                shown
            } else {
                decide((world.forge.branches[branch]?.head.revision).flatMap { CommitID($0) })
            }
        guard case .leave(let rest) = decision else {
            return report("\(key) is not at rest: \(decision.outline)")
        }
        if case .upToDate(let number) = rest, case .offer(let offer, _) = wish.wish, offer.comment != nil {
            let count = world.forge.requests[number]?.ours("offer-evidence").count ?? 0
            if count != 1 { report("\(key): #\(number) has \(count) comments with the evidence") }
        }
    }
}

extension PretendMail {
    /// How much TLS the first connector of a folder demands.
    fileprivate static func rank(ofFirst folder: PretendSource.Folder) -> Int {
        let first = folder.desired.first { $0.key.kind == .outboundConnector && $0.key.name == "p0" }
        return demands(first?.settings)
    }

    /// How much TLS a connector demands that says nothing of whether it is enabled.
    fileprivate static func demands(_ settings: Settings?) -> Int {
        var settings = settings
        settings?["enabled"] = true
        return rank(of: settings)
    }
}
