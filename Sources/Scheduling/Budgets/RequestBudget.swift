package import FoundationEssentials

/// How many requests a tenant, and the whole process, may make; shared by all causes.
///
/// A bucket for each that fills at its rate: what is idle may burst, and what is busy is slowed down, so that no fault of ours
/// becomes a flood. A round when nothing happens costs far less (`Lane`'s intervals see to that).
package struct RequestBudget: Hashable, Sendable {
    package struct Rate: Hashable, Sendable {
        /// How many may be made at once by what was idle; at least 1.
        package var burst: Double
        package var perSecond: Double

        package init(burst: Double, perSecond: Double) {
            self.burst = max(1, burst)
            self.perSecond = max(0.001, perSecond)
        }
    }

    private struct Bucket: Hashable, Sendable {
        var level: Double
        var at: Date
    }

    private let tenantRate: Rate
    private let processRate: Rate
    private var tenants: [String: Bucket] = [:]
    private var process: Bucket?
    /// Until when each tenant's service wants to be left alone.
    private var rests: [String: Date] = [:]

    /// The longest time that a service's `Retry-After` is obeyed, in seconds.
    package static let longestRest: TimeInterval = 3_600

    package init(
        tenant: Rate = Rate(burst: 200, perSecond: 5),
        process: Rate = Rate(burst: 5_000, perSecond: 1_000)
    ) {
        tenantRate = tenant
        processRate = process
    }

    /// Takes one request out of both budgets.
    ///
    /// - Returns: `nil` when it may be made now; else when to ask again, and nothing was taken.
    package mutating func take(for tenant: String, at now: Date) -> Date? {
        // A clock that was set back fills from where it is now on, and not first when it is as far again.
        if let bucket = tenants[tenant], bucket.at > now { tenants[tenant] = Bucket(level: bucket.level, at: now) }
        if let bucket = process, bucket.at > now { process = Bucket(level: bucket.level, at: now) }
        let own = Self.filled(tenants[tenant], tenantRate, at: now)
        let all = Self.filled(process, processRate, at: now)
        let wait = max(Self.wait(own, tenantRate), Self.wait(all, processRate))
        guard wait <= 0 else { return now.addingTimeInterval(wait) }
        tenants[tenant] = Bucket(level: own - 1, at: now)
        process = Bucket(level: all - 1, at: now)
        if tenants.count > Self.pruneFrom { prune(at: now) }
        return nil
    }

    /// The tenant's service asked to be left alone for so many seconds: that goes before any budget.
    package mutating func rest(_ tenant: String, for seconds: TimeInterval, at now: Date) {
        guard seconds > 0 else { return }
        let known = rests[tenant].flatMap { Self.isAhead($0, of: now) ? $0 : nil } ?? now
        rests[tenant] = max(known, now.addingTimeInterval(min(seconds, Self.longestRest)))
        guard rests.count > Self.pruneFrom else { return }
        rests = rests.filter { Self.isAhead($0.value, of: now) }
    }

    /// For how many seconds yet the tenant is to be left alone; `nil` when it may be asked.
    package func rest(of tenant: String, at now: Date) -> TimeInterval? {
        guard let end = rests[tenant], Self.isAhead(end, of: now) else { return nil }
        return end.timeIntervalSince(now)
    }

    /// Whether a rest lasts yet; an end further ahead than the longest comes of a clock that was set back, and is over.
    private static func isAhead(_ end: Date, of now: Date) -> Bool {
        now < end && end <= now.addingTimeInterval(longestRest)
    }

    /// How many tenants' buckets are known; those that are full again are forgotten.
    package var count: Int { tenants.count }

    private static let pruneFrom = 20_000

    private mutating func prune(at now: Date) {
        tenants = tenants.filter { Self.filled($0.value, tenantRate, at: now) < tenantRate.burst }
    }

    private static func filled(_ bucket: Bucket?, _ rate: Rate, at now: Date) -> Double {
        guard let bucket else { return rate.burst }
        // A clock that was set back fills nothing.
        let seconds = max(0, now.timeIntervalSince(bucket.at))
        return min(rate.burst, bucket.level + seconds * rate.perSecond)
    }

    private static func wait(_ level: Double, _ rate: Rate) -> TimeInterval {
        // A shade more than reckoned, so that rounding does not make one ask twice.
        level >= 1 ? 0 : (1 - level) / rate.perSecond + 1e-6
    }
}
