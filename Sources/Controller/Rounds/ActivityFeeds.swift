import Configuration
import ExchangeOnline
import FoundationEssentials
import Logging
import Reconciling
import Synchronization

/// The activity feeds of the tenants that have one configured: read, and subscribed to where they are not yet.
final class ActivityFeeds: Sendable {
    /// The service wants a quarter of an hour between two tries to subscribe.
    ///
    /// Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference.
    private static let pause: TimeInterval = 900

    private let logger: Logger
    private let tried = Mutex<[String: Date]>([:])

    init(_ logger: Logger) { self.logger = logger }

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
        if case .unknown(let error) = trail { await heed(error, managed.tenant.name, connection, at: now) }
        return trail
    }

    /// Subscribes where that is what is missing.
    ///
    /// Drift is told all the same, so that trouble here is only logged.
    private func heed(_ error: ExchangeError, _ tenant: String, _ connection: TenantConnection, at now: Date) async {
        guard mayTry(tenant, at: now) else { return }
        let told: Logger.Metadata = ["tenant": "\(tenant)"]
        guard error.reason == .activityFeedOff else {
            return logger.notice("\(tenant): the activity feed could not be read. \(error)", metadata: told)
        }
        if let error = await TenantWriter(connection).startActivityFeed() {
            logger.notice("\(tenant): the activity feed could not be subscribed to. \(error)", metadata: told)
        } else {
            logger.notice("\(tenant): subscribed to the activity feed.", metadata: told)
        }
    }

    /// Whether a quarter of an hour has passed since the last trouble, so that it is not logged more often either.
    private func mayTry(_ tenant: String, at now: Date) -> Bool {
        tried.withLock { tried in
            if let last = tried[tenant], now.timeIntervalSince(last) < Self.pause { return false }
            tried[tenant] = now
            return true
        }
    }
}
