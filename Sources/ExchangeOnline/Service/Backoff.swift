/// How long to wait before the same request is sent again.
///
/// Full jitter: anything up to a limit that doubles, so that a thousand tenants that were refused together do not come
/// back together. Source: "Exponential Backoff and Jitter", AWS architecture blog; base and tries as Microsoft's module.
package struct Backoff: Hashable, Sendable {
    /// All tries, the first one included.
    package var attempts = 5
    package var base = Duration.seconds(2)
    package var limit = Duration.seconds(60)
    /// A service that asks for more than this is not waited for; the caller learns when it may come back.
    package var longestRetryAfter = Duration.seconds(300)

    /// All tries where a host's name cannot be resolved: the resolver has repeated the question itself, for some
    /// seconds each time.
    static let attemptsAtUnknownName = 2

    package init() {}

    /// The wait after try number `attempt`, counted from 1; `nil` when there is to be no further try.
    ///
    /// - Parameters:
    ///   - isRefusal: Whether the service asked for less load (429, 503): then at least half of the step is waited.
    ///   - random: From 0 up to and without 1.
    package func delay(
        after attempt: Int,
        retryAfter: Duration?,
        isRefusal: Bool = false,
        random: Double
    ) -> Duration? {
        guard attempt < attempts else { return nil }
        if let retryAfter {
            guard retryAfter <= longestRetryAfter else { return nil }
            return retryAfter + .seconds(1) * random  // never earlier than asked for
        }
        var ceiling = base
        for _ in 1..<max(attempt, 1) where ceiling < limit { ceiling *= 2 }
        let step = min(ceiling, limit)
        return isRefusal ? step * (0.5 + random / 2) : step * random
    }
}
