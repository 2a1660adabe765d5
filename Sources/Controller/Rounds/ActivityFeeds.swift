import Configuration
import ExchangeOnline
import FoundationEssentials
import Reconciling
import Synchronization

/// The activity feeds of the tenants that have one configured: read, and subscribed to where they are not yet.
final class ActivityFeeds: Sendable {
    /// The service wants a quarter of an hour between two tries to subscribe.
    ///
    /// Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference.
    private static let pause: TimeInterval = 900

    private let tried = Mutex<[String: Date]>([:])

    /// What the feed tells of a span of time.
    func trail(
        of managed: ManagedTenant,
        _ connection: TenantConnection,
        since start: Date,
        until end: Date,
        now: Date
    ) async -> Reading<AuditTrail> {
        let trail = await TenantReader(connection).activityTrail(
            since: start,
            until: end,
            deadline: managed.tenant.readTimeout
        )
        if case .unknown(let error) = trail, error.reason == .activityFeedOff, mayTry(managed.tenant.name, at: now) {
            _ = await TenantWriter(connection).startActivityFeed()
        }
        return trail
    }

    private func mayTry(_ tenant: String, at now: Date) -> Bool {
        tried.withLock { tried in
            if let last = tried[tenant], now.timeIntervalSince(last) < Self.pause { return false }
            tried[tenant] = now
            return true
        }
    }
}
