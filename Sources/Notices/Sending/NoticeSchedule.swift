package import FoundationEssentials

/// When a sink is sent its next message: the first at once, then one a minute, and later and later after failures.
///
/// Pure: it is told the time, and what became of each message.
package struct NoticeSchedule: Hashable, Sendable {
    /// Between two messages that arrived.
    package static let pace: TimeInterval = 60
    /// After the first failure; it doubles from there.
    package static let firstRetry: TimeInterval = 10
    package static let longestRetry: TimeInterval = 900
    /// How long a message is tried.
    package static let patience: TimeInterval = 3 * 86_400

    /// Failures in a row.
    package private(set) var failures = 0
    /// Not before this instant.
    package private(set) var next: Date?
    /// How long that was to wait, when it was reckoned.
    private var pause: TimeInterval = 0

    package init() {}

    /// How long the next message has to wait yet.
    ///
    /// A clock that was set back since makes it wait no longer than it was to.
    package mutating func wait(at now: Date) -> TimeInterval {
        guard let planned = next else { return 0 }
        let bounded = min(planned, now + pause)
        next = bounded
        return max(0, bounded.timeIntervalSince(now))
    }

    /// Whether a message may be sent now.
    package func isDue(at now: Date) -> Bool { next.map { now >= $0 } ?? true }

    package mutating func arrived(at now: Date) {
        failures = 0
        rest(Self.pace, from: now)
    }

    /// - Parameter wait: How long the receiver asked to wait, as in `Retry-After`; at most an hour is obeyed.
    package mutating func failed(at now: Date, wait: TimeInterval? = nil) {
        let backoff = min(Self.firstRetry * Double(1 << min(failures, 20)), Self.longestRetry)
        failures += 1
        rest(max(backoff, min(wait ?? 0, 3_600)), from: now)
    }

    private mutating func rest(_ pause: TimeInterval, from now: Date) {
        self.pause = pause
        next = now + pause
    }

    /// Whether an event of this instant is not tried any more.
    package static func isGivenUp(_ time: Date, at now: Date) -> Bool { now.timeIntervalSince(time) > patience }
}
