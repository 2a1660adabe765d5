package import FoundationEssentials

/// Where time comes from, so that a test has none.
package struct ForgeTiming: Sendable {
    /// For waiting between two writes.
    package var clock: any Clock<Duration>
    package var now: @Sendable () -> Date
    /// For one call, from its first byte out to its last byte in.
    package var callTimeout: Duration

    package init(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        callTimeout: Duration = .seconds(30)
    ) {
        self.clock = clock
        self.now = now
        self.callTimeout = callTimeout
    }

    package static let system = ForgeTiming()
}
