import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import Reconciling
import StateStore

/// Who made the drift of one tenant: by the search of the audit log, then by the activity feed where that is configured.
struct AuthorSearch: Sendable {
    var items: [DriftItem]
    var written: [ConnectorKey: AppliedConnector]
    /// Since when each connector has drifted.
    var seen: [ConnectorKey: Date]
    /// When the earliest of them was as it should be.
    var since: Date
    var now: Date

    /// How far the service's clock and ours may be apart, in seconds.
    private static let tolerance: TimeInterval = 120
    /// How long before it was first seen a change is looked for in the feed, which cannot be asked for some connectors
    /// alone; a change that took longer to be seen is left to the search.
    private static let feedReach: TimeInterval = 6 * 3_600

    /// By connector; nothing for those of which neither source could be read.
    func found(
        by connection: TenantConnection,
        of managed: ManagedTenant,
        feeds: ActivityFeeds
    ) async -> [ConnectorKey: ChangeAuthor] {
        let (start, end) = (since.addingTimeInterval(-Self.tolerance), now.addingTimeInterval(Self.tolerance))
        let trail = await TenantReader(connection).auditTrail(since: start, until: end)
        let found = authors(in: trail)
        let isMissing = items.contains { (found[$0.key] ?? .notYetKnown) == .notYetKnown }
        guard managed.tenant.audit == .feed, isMissing else { return found }
        let first = items.map { seen[$0.key] ?? now }.min() ?? now
        let feed = await feeds.trail(
            of: managed,
            connection,
            since: max(start, first.addingTimeInterval(-Self.feedReach)),
            until: end,
            now: now
        )
        guard case .known(let more) = feed else { return found }
        if case .known(let trail) = trail { return authors(in: .known(trail.merging(more))) }
        // The feed alone does not reach as far as the search: that it names no one says nothing yet.
        return authors(in: feed).mapValues { $0 == .notFound ? .notYetKnown : $0 }
    }

    private func authors(in trail: Reading<AuditTrail>) -> [ConnectorKey: ChangeAuthor] {
        guard case .known(let trail) = trail else { return [:] }
        var authors: [ConnectorKey: ChangeAuthor] = [:]
        for item in items {
            let ours = written[item.key]
            authors[item.key] = trail.author(
                of: item.kind,
                names: [item.displayName, ours?.guid ?? ""],
                since: ours?.at ?? since,
                seen: seen[item.key] ?? now,
                now: now
            )
        }
        return authors
    }
}
