package import FoundationEssentials

/// Where time and chance come from, so that a test has neither.
package struct Timing: Sendable {
    /// For waiting.
    package var clock: any Clock<Duration>
    /// For life times and time stamps.
    package var now: @Sendable () -> Date
    /// A number from 0 up to and without 1, for back-off.
    package var random: @Sendable () -> Double

    package init(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.clock = clock
        self.now = now
        self.random = random
    }

    package static let system = Timing()

    /// Waits, and tells whether the task may go on.
    func wait(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}
