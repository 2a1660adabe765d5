package import FoundationEssentials

/// Whether a tenant's service time can be believed, so that no end moves with a clock that jumps.
///
/// Service time comes from the `Date` header of the service's answers. A round with a time that is not believed is skipped.
package struct ServiceClock: Hashable, Sendable, Codable {
    /// The last time that was believed.
    package private(set) var last: Date?
    /// A time that came too early, until the next one bears it out.
    private var doubted: Date?

    /// How far service time may run ahead of the monotonic clock, in seconds.
    private static let tolerance = 600.0
    /// Answers come from many servers, and the header has whole seconds.
    private static let jitter = 10.0

    package init() {}

    /// Whether a time is believed: it goes neither back nor forward by more than ten minutes over the monotonic clock.
    ///
    /// A jump forward that the next time bears out is believed then: the host itself may have stood still.
    ///
    /// - Parameter elapsed: Seconds on the monotonic clock since the last time that was given; `nil` after a restart.
    package mutating func accept(_ service: Date, elapsed: Double?) -> Bool {
        guard let last else {
            self.last = service
            return true
        }
        let step = service.timeIntervalSince(last)
        guard step >= -Self.jitter else { return false }
        if let elapsed, step > elapsed + Self.tolerance {
            let isBorneOut = doubted.map { abs(service.timeIntervalSince($0) - elapsed) <= Self.tolerance } ?? false
            doubted = service
            guard isBorneOut else { return false }
        }
        doubted = nil
        self.last = max(last, service)
        return true
    }
}
