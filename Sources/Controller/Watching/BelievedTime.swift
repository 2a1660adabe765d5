import FoundationEssentials
import MailWatch

/// The service's own time, tenant by tenant, as far as it is believed; pure.
///
/// A watch reckons in that time alone. It is doubted when it goes back, jumps ahead of the monotonic clock, or is not told at all:
/// then a round is skipped.
struct BelievedTime: Sendable {
    enum Word: Hashable, Sendable {
        case believed(Date)
        /// The second part: for how many seconds that has been so.
        case doubted(Doubt, for: Double)
    }

    enum Doubt: String, Hashable, Sendable {
        /// It went back, or ran ahead of our own monotonic clock.
        case jumped = "Jumped"
        /// The answers have no `Date`.
        case absent = "NotTold"
    }

    private struct Entry: Sendable {
        var clock = ServiceClock()
        var givenAt: Double?
        var doubtedSince: Double?
        var believedAt: Double?
        var pause: Double?
    }

    private var entries: [String: Entry] = [:]

    /// - Parameters:
    ///   - time: From the `Date` header of the answer; `nil` where there was none.
    ///   - known: A time that was believed before this process began.
    ///   - uptime: Seconds on the monotonic clock.
    mutating func hear(_ time: Date?, of tenant: String, after known: Date?, uptime: Double) -> Word {
        var entry = entries[tenant] ?? Entry()
        defer { entries[tenant] = entry }
        guard let time else { return doubt(.absent, &entry, uptime) }
        if entry.givenAt == nil, let known { _ = entry.clock.accept(known, elapsed: nil) }
        let elapsed = entry.givenAt.map { uptime - $0 }
        entry.givenAt = uptime
        guard entry.clock.accept(time, elapsed: elapsed) else { return doubt(.jumped, &entry, uptime) }
        entry.doubtedSince = nil
        entry.pause = entry.believedAt.map { uptime - $0 }
        entry.believedAt = uptime
        return .believed(time)
    }

    /// Seconds on the monotonic clock between the last two times that were believed; `nil` where there was but one.
    func pause(of tenant: String) -> Double? { entries[tenant]?.pause }

    private func doubt(_ doubt: Doubt, _ entry: inout Entry, _ uptime: Double) -> Word {
        let since = entry.doubtedSince ?? uptime
        entry.doubtedSince = since
        return .doubted(doubt, for: uptime - since)
    }
}
