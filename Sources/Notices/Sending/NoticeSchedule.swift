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

    package init() {}

    /// Whether a message may be sent now.
    package func isDue(at now: Date) -> Bool { next.map { now >= $0 } ?? true }

    package mutating func arrived(at now: Date) {
        failures = 0
        next = now + Self.pace
    }

    /// - Parameter wait: How long the receiver asked to wait, as in `Retry-After`; at most an hour is obeyed.
    package mutating func failed(at now: Date, wait: TimeInterval? = nil) {
        let backoff = min(Self.firstRetry * Double(1 << min(failures, 20)), Self.longestRetry)
        failures += 1
        next = now + max(backoff, min(wait ?? 0, 3_600))
    }

    /// Whether an event of this instant is not tried any more.
    package static func isGivenUp(_ time: Date, at now: Date) -> Bool { now.timeIntervalSince(time) > patience }
}
