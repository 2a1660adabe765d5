import Configuration
import ExchangeOnline
import Reconciling
import ServiceLifecycle
import Synchronization

/// Offers changes of our own to every source that asks for it: each interval, and when a round or the branch brings news.
final class OfferService: Service {
    private let settings: ConfigurationHolder
    private let tools: OfferTools
    private let looks: SourceLooks
    private let desks = Mutex<[String: OfferDesk]>([:])

    init(settings: ConfigurationHolder, tools: OfferTools, environment: RunEnvironment) {
        self.settings = settings
        self.tools = tools
        looks = SourceLooks(environment.timing)
    }

    /// Begins again with the sources of the configuration in force.
    func adopt() { looks.begin() }

    /// Something moved that offers hang on: the branch, a tenant, or a request.
    func look(at source: Source) {
        if source.forge?.offers.isOn == true { looks.wake(source.name) }
    }

    func run() async throws {
        await looks.run {
            let sources = settings.current.sources.filter { $0.forge?.offers.isOn == true }
            await tools.begin(sources)
            return sources
        } look: { source in
            await self.desk(of: source.name).look()
        }
    }

    /// The desk of a source, made where it was not asked for before.
    private func desk(of source: String) -> OfferDesk {
        desks.withLock { desks in
            if let desk = desks[source] { return desk }
            let desk = OfferDesk(source, tools: tools)
            desks[source] = desk
            return desk
        }
    }
}
