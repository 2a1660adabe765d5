import Synchronization

/// A clock whose sleepers wake at once; it notes how long they would have slept.
package final class SkippingClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        package var offset: Duration
        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    package init() {}

    private let state = Mutex<(now: Instant, sleeps: [Duration])>((Instant(offset: .zero), []))

    package var now: Instant { state.withLock(\.now) }
    package var minimumResolution: Duration { .nanoseconds(1) }
    /// In the order in which they were asked for.
    package var sleeps: [Duration] { state.withLock(\.sleeps) }

    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    /// Is called whenever something has slept, before it goes on.
    package func afterSleep(_ listener: (@Sendable () -> Void)?) { self.listener.withLock { $0 = listener } }

    package func forget() { state.withLock { $0.sleeps = [] } }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock { state in
            state.sleeps.append(state.now.duration(to: deadline))
            state.now = max(state.now, deadline)
        }
        listener.withLock(\.self)?()
        try Task.checkCancellation()
    }
}
