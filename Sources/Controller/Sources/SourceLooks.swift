import Configuration
import ExchangeOnline
import ServiceLifecycle

/// Looks at sources again and again: each once an interval, and sooner when something about it happened.
final class SourceLooks: Sendable {
    /// The least time from the beginning of one look to that of the next, however often one is asked for.
    ///
    /// What comes meanwhile makes a single look. A shorter interval of the source is the least itself.
    private static let leastPause = Duration.seconds(5)

    private let clock: any Clock<Duration>
    private let chance: @Sendable () -> Double
    private let waiters = Waiters()
    private let restart: AsyncStream<Void>
    private let restarts: AsyncStream<Void>.Continuation

    init(_ timing: Timing) {
        clock = timing.clock
        chance = timing.random
        (restart, restarts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins again with the sources of the configuration in force.
    func begin() { restarts.yield() }

    /// Asks for a look at a source before its interval has passed.
    func wake(_ source: String) { waiters.wake(source) }

    /// Until the service is asked to stop, or the task is cancelled.
    ///
    /// - Parameter sources: Asked whenever it begins; a look that is under way then is awaited first.
    func run(
        _ sources: () async -> [Source],
        look: @escaping @Sendable (Source) async -> Void
    ) async {
        restarts.yield()
        var loops: Task<Void, Never>?
        for await _ in restart.cancelOnGracefulShutdown() {
            loops?.cancel()
            await loops?.value
            let sources = await sources()
            loops = Task {
                await withDiscardingTaskGroup { group in
                    for source in sources { group.addTask { await self.follow(source, look) } }
                }
            }
        }
        loops?.cancel()
        await loops?.value
    }

    private func follow(_ source: Source, _ look: @Sendable (Source) async -> Void) async {
        let stopwatch = Stopwatch(clock)
        while !Task.isCancelled {
            let least = stopwatch.elapsed + min(Self.leastPause, source.interval)
            await look(source)
            guard !Task.isCancelled else { return }
            let next = stopwatch.elapsed + source.interval * (0.9 + 0.2 * chance())
            if stopwatch.elapsed < least {
                guard (try? await clock.sleep(for: least - stopwatch.elapsed)) != nil else { return }
            }
            let (clock, waiters) = (clock, waiters)
            let timer = Task {
                guard (try? await clock.sleep(for: max(.zero, next - stopwatch.elapsed))) != nil else { return }
                waiters.wake(source.name)
            }
            await waiters.wait(for: source.name)
            timer.cancel()
        }
    }
}
