package import FoundationEssentials

/// The time, as observations and manners see it; a test gives its own.
package struct ProbeClock: Sendable {
    /// The date for people and for ages.
    package var date: @Sendable () -> Date
    /// A monotonic time since some origin, for pauses.
    package var elapsed: @Sendable () -> Duration
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        date: @escaping @Sendable () -> Date,
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.date = date
        self.elapsed = elapsed
        self.sleep = sleep
    }

    package static let system: ProbeClock = {
        let clock = ContinuousClock()
        let origin = clock.now
        return ProbeClock(
            date: { Date() },
            elapsed: { origin.duration(to: clock.now) },
            sleep: { try await Task.sleep(for: $0, clock: clock) }
        )
    }()
}
