import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import PullRequests
import Reconciling
import Reports
import Scheduling
import ServiceLifecycle
import Synchronization

/// Offers changes of our own to every source that asks for it: each interval, and when a round or the branch brings news.
final class OfferService: Service {
    /// The least time from the beginning of one look to that of the next; a shorter interval of the source is the least itself.
    static let leastPause = Duration.seconds(5)

    private let settings: ConfigurationHolder
    private let tools: OfferTools
    private let clock: any Clock<Duration>
    private let chance: @Sendable () -> Double
    private let waiters = Waiters()
    private let desks = Mutex<[String: OfferDesk]>([:])
    private let restart: AsyncStream<Void>
    private let restarts: AsyncStream<Void>.Continuation

    init(settings: ConfigurationHolder, tools: OfferTools, environment: RunEnvironment) {
        self.settings = settings
        self.tools = tools
        clock = environment.timing.clock
        chance = environment.timing.random
        (restart, restarts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins again with the sources of the configuration in force.
    func adopt() { restarts.yield() }

    /// Something moved that offers hang on: the branch, a tenant, or a request.
    func look(at source: Source) {
        if source.forge?.offers.isOn == true { waiters.wake(source.name) }
    }

    func run() async throws {
        restarts.yield()
        var loops: Task<Void, Never>?
        for await _ in restart.cancelOnGracefulShutdown() {
            loops?.cancel()
            await loops?.value
            let sources = settings.current.sources.filter { $0.forge?.offers.isOn == true }
            await tools.begin(sources)
            loops = Task {
                await withDiscardingTaskGroup { group in
                    for source in sources { group.addTask { await self.follow(source) } }
                }
            }
        }
        loops?.cancel()
        await loops?.value
    }

    private func follow(_ source: Source) async {
        let desk = desks.withLock { desks in
            let desk = desks[source.name] ?? OfferDesk(source.name, tools: tools)
            desks[source.name] = desk
            return desk
        }
        let stopwatch = Stopwatch(clock)
        while !Task.isCancelled {
            let least = stopwatch.elapsed + min(Self.leastPause, source.interval)
            await desk.look()
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
