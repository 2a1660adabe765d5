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
        let memory = snapshot.memory
        let ended = memory.lastEnding
        return OfferStanding(
            live: snapshot.offerable,
            mayBeQuarantined: memory.ledger.has(.rolledBack) || memory.waiting?.cause == .quarantined
                || ended.map { [.rolledBack, .partlyApplied].contains($0.result) || $0.cause == .quarantined } ?? false
        )
    }
}

extension LaneSnapshot {
    /// What the last full round saw, as long as nothing was written or failed since.
    fileprivate var offerable: OfferStanding.Live? {
        guard let live, digest != nil, running?.mayWrite != true else { return nil }
        if let ended = memory.lastEnding, ended.result == .failed, ended.cause?.isOfTheTenant == true { return nil }
        let drift = live.drift.filter { $0.author != .ours }
        let keys = Set(drift.filter { !$0.item.accepted }.map(\.item.key))
        let traces = memory.traces.filter { keys.contains($0.connector) }
        return OfferStanding.Live(
            drift: drift.map(AttributedDrift.init),
            since: traces.flatMap(\.fields).map(\.since).max() ?? lastRoundAt ?? since,
            isFought: traces.contains(where: \.isFought),
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
