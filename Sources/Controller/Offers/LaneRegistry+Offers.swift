import Configuration
import Connectors
import FoundationEssentials
import Planning
import Reconciling
import Reports
import Scheduling

extension LaneRegistry {
    /// What a tenant's lane knows that offers hang on.
    func standing(_ managed: ManagedTenant) -> OfferStanding {
        guard let snapshot = self[managed.tenant.name]?.snapshot else {
            return OfferStanding(live: nil, mayBeQuarantined: false)
        }
        return OfferStanding(live: snapshot.offerable, mayBeQuarantined: snapshot.memory.mayBeQuarantined)
    }
}

extension LaneSnapshot {
    /// What the last full round saw, as long as nothing was written or failed since.
    fileprivate var offerable: OfferStanding.Live? {
        guard let live, digest != nil, running?.mayWrite != true,
            let ground = memory.offerGround(live, readAt: lastRoundAt ?? since)
        else { return nil }
        return OfferStanding.Live(
            drift: ground.drift.map(AttributedDrift.init),
            since: ground.since,
            isFought: ground.isFought,
            unmanaged: live.unmanaged
        )
    }
}

extension AttributedDrift {
    fileprivate init(_ finding: DriftFinding) {
        self.init(item: finding.item)
        guard case .known(let name, _, let at, _) = finding.author else { return }
        (changedBy, changedAt) = (name, at)
        fieldChanges = finding.fieldAuthors.compactMapValues { author in
            guard case .known(let name, _, let at, _) = author else { return nil }
            return Change(by: name, at: at)
        }
    }
}
