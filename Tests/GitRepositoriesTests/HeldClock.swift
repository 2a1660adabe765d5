/// A clock that stands still until it is let go.
struct HeldClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private let ticks: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (ticks, continuation) = AsyncStream.makeStream(of: Void.self) }

    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func release() { continuation.finish() }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        for await _ in ticks {}
        try Task.checkCancellation()
    }
}
