import ExchangeOnline
import FoundationEssentials
import Synchronization

/// A clock and a calendar that only move when something sleeps, or a test says so.
final class VirtualTime: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private let state: Mutex<(offset: Duration, slept: Duration)> = Mutex((.zero, .zero))
    let start: Date

    init(_ start: Date = Date(timeIntervalSince1970: 1_800_000_000)) { self.start = start }

    var now: Instant { Instant(offset: state.withLock(\.offset)) }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// In seconds, all sleepers together.
    var slept: TimeInterval { state.withLock(\.slept) / .seconds(1) }

    var date: Date { start.addingTimeInterval(state.withLock(\.offset) / .seconds(1)) }

    var timing: Timing { Timing(clock: self, now: { self.date }, random: { 0 }) }

    func advance(by seconds: TimeInterval) { state.withLock { $0.offset += .seconds(seconds) } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.slept += max(.zero, deadline.offset - state.offset)
            state.offset = max(state.offset, deadline.offset)
        }
    }
}
