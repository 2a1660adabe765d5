import Connectors
import Forges
import Planning
import PullRequests

/// Where a tenant runs ahead of git, for every plan of it.
extension World {
    /// - Parameter tip: The branch's commit that is looked at.
    func aheadStandings(_ tenant: Int, _ folder: PretendSource.Folder, tip: String) -> [AheadStanding] {
        let row = store.rows[tenant]
        guard !row.ahead.isEmpty else { return [] }
        let desired = DesiredTenant(connectors: folder.desired)
        return row.ahead.compactMap { ahead in
            let keys = ahead.leading(desired, row.appliedTenant)
            guard !keys.isEmpty else { return nil }
            guard let memory = store.requests[ahead.request] else {
                return AheadStanding(ahead, keys, request: .unknown)
            }
            let merged = source.index(of: memory.mergedCommit?.hex)
            let isBehind = merged.map { $0 <= source.index(of: tip) ?? -1 } ?? false
            return memory.standingAhead(isBehind: isBehind, at: now).map { AheadStanding(ahead, keys, request: $0) }
        }
    }

    /// What git says, with what runs ahead of it as it was applied.
    ///
    /// - Parameter request: The request whose merge is planned: its own runs are no word against it.
    func desired(_ tenant: Int, _ folder: PretendSource.Folder, tip: String, request: Int? = nil) -> DesiredTenant {
        guard !flaws.contains(.undoesAhead) else { return DesiredTenant(connectors: folder.desired) }
        let standings = aheadStandings(tenant, folder, tip: tip).filter { $0.run.request != request }
        return DesiredTenant(connectors: folder.desired).completed(
            by: store.rows[tenant].appliedTenant,
            for: Set(standings.flatMap(\.connectors))
        )
    }

    /// Forgets the runs of which nothing is ahead any more.
    func forgetAheadOver(_ tenant: Int, _ run: RunInFlight) {
        guard let standings = run.standings else { return }
        let open = Set(standings.map(\.run.run))
        let desired = DesiredTenant(connectors: run.commit.folders[tenant].desired)
        let applied = store.rows[tenant].appliedTenant
        store.rows[tenant].ahead.removeAll { !open.contains($0.run) || $0.leading(desired, applied).isEmpty }
    }
}
