import Connectors
import Definitions
import Forges
import Foundation
import Planning
import PullRequests
import Reports
import Scheduling

/// Finds out what there is to offer, as the controller's desk for offers does, with the real drafts and decisions.
extension World {
    var hasOffers: Bool { rules != nil && Schedule.hasOffers(seed: schedule.seed) }

    static let offerKinds: [ChangeOffer.Kind] = [.drift, .revert]

    func branch(_ kind: ChangeOffer.Kind, _ tenant: Int) -> String { ChangeOffer.branch(kind, of: name(tenant)) }

    /// Looks at everything that could be offered, once what was begun has ended.
    func lookAtOffers(_ replica: Int) {
        guard desk(of: replica) != nil, replicas[replica].offers.isEmpty else { return }
        let tip = tipInForce
        var works: [OfferWork] = []
        for tenant in tenants.indices {
            for kind in Self.offerKinds {
                let wish = wish(kind, tenant, replica, tip)
                let key = OfferRecord.key(kind, of: name(tenant), in: "mail-flow")
                guard let record = record(key) ?? (wish.isOffer ? OfferRecord(kind, of: name(tenant)) : nil) else {
                    continue
                }
                works.append(OfferWork(tenant: tenant, kind: kind, record: record, wish: wish, base: tip))
            }
        }
        guard works.contains(where: { $0.record.memory.number != nil || $0.record.farewell != nil || $0.wish.isOffer })
        else { return }
        do throws(PretendForge.Trouble) {
            let open = try forge.open(at: now)
            for work in works { attempt(work, open, replica) }
        } catch {
            note("the forge does not tell what is offered")
        }
    }

    /// What is stored of an offer, as another process reads it.
    private func record(_ key: String) -> OfferRecord? {
        guard let record = store.offers[key], let data = try? JSONEncoder().encode(record) else { return nil }
        let read = try? JSONDecoder().decode(OfferRecord.self, from: data)
        if read != record { checker.report("what is remembered of \(key) cannot be read back") }
        return read
    }

    func wish(_ kind: ChangeOffer.Kind, _ tenant: Int, _ replica: Int, _ tip: PretendSource.Commit) -> PretendWish {
        switch kind {
        case .drift: driftWish(tenant, replica, tip)
        case .revert: revertWish(tenant, replica, tip)
        case .adoption: .nothing
        }
    }

    /// The process that drives a tenant's lane.
    func driver(of tenant: Int) -> Int? {
        replicas.indices.first { index in
            replicas[index].lanes[tenant] != nil && store.rows[tenant].owner?.replica == replicas[index].name
        }
    }

    private func driftWish(_ tenant: Int, _ replica: Int, _ tip: PretendSource.Commit) -> PretendWish {
        guard let driver = driver(of: tenant), let lane = replicas[driver].lanes[tenant],
            lane.running?.mayWrite != true, let live = replicas[driver].live[tenant],
            let ground = lane.memory.offerGround(live.view, readAt: live.at)
        else { return .unknown }
        let drift = ground.drift.filter { !$0.item.accepted }.map { AttributedDrift(item: $0.item) }
        guard !drift.isEmpty else { return .nothing }
        let applied = store.rows[tenant].appliedTenant
        let key = PretendDraft.Key(trees: [tip.folders[tenant].tree], applied: applied, drift: drift)
        let offer = draft(.drift, tenant, replica, key) {
            DriftOffer(
                place: place(of: tenant, tip),
                applied: applied,
                drift: drift,
                files: tip.folders[tenant].files,
                policy: lanePolicy(tenant).drift,
                now: now
            ).draft().offer
        }
        guard var offer, let base = CommitID(tip.revision) else { return .nothing }
        offer.base = base
        let settle = TimeInterval(lanePolicy(tenant).offersDriftAfter.components.seconds)
        return PretendWish(
            wish: .offer(offer, since: ground.since),
            policy: OfferPolicy(settle: settle),
            isFought: ground.isFought
        )
    }

    private func revertWish(_ tenant: Int, _ replica: Int, _ tip: PretendSource.Commit) -> PretendWish {
        let row = store.rows[tenant]
        guard let quarantine = row.quarantine, quarantine.holdsCorrections != true else { return .nothing }
        guard row.unfinished == nil, let index = source.index(of: quarantine.revision) else { return .unknown }
        let before = folder(before: quarantine, tenant, parentOf: index)
        let at = source.commits[index].folders[tenant]
        let head = tip.folders[tenant]
        let key = PretendDraft.Key(trees: [before?.tree ?? "", at.tree, head.tree], quarantine: quarantine)
        let offer = draft(.revert, tenant, replica, key) {
            RevertOffer(
                place: place(of: tenant, tip),
                quarantine: quarantine,
                evidence: ["Run \(quarantine.run): \(quarantine.reason)"],
                before: before?.files ?? [],
                at: at.files,
                head: head.files,
                now: now
            ).draft().offer
        }
        guard var offer, let base = CommitID(tip.revision) else { return .nothing }
        offer.base = base
        return PretendWish(wish: .offer(offer, since: quarantine.since))
    }

    /// The folder as it was when the tenant was last in order: at the commit applied before, or else at the parent.
    private func folder(
        before quarantine: Quarantine,
        _ tenant: Int,
        parentOf index: Int
    ) -> PretendSource.Folder? {
        let former = store.rows[tenant].history.last { $0.run < quarantine.run && $0.revision != quarantine.revision }
        if let index = source.index(of: former?.revision) { return source.commits[index].folders[tenant] }
        return index > 0 ? source.commits[index - 1].folders[tenant] : nil
    }

    private func draft(
        _ kind: ChangeOffer.Kind,
        _ tenant: Int,
        _ replica: Int,
        _ key: PretendDraft.Key,
        _ make: () -> ChangeOffer?
    ) -> ChangeOffer? {
        let name = branch(kind, tenant)
        if let known = replicas[replica].drafts[name], known.key == key { return known.offer }
        let offer = make()
        replicas[replica].drafts[name] = PretendDraft(key: key, offer: offer)
        return offer
    }

    private func place(of tenant: Int, _ tip: PretendSource.Commit) -> OfferPlace {
        OfferPlace(
            tenant: name(tenant),
            source: "mail-flow",
            folder: name(tenant),
            base: CommitID(tip.revision) ?? CommitID(digits: "0"),
            instance: "mitregate",
            limits: OfferText.Limits(body: 65_536, comment: 65_000)
        )
    }
}

extension CommitID {
    /// Forty times the same digit.
    init(digits: String) {
        guard let id = CommitID(String(repeating: digits, count: 40)) else { preconditionFailure("\(digits)") }
        self = id
    }
}
