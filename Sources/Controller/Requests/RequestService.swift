import Configuration
import ExchangeOnline
import Forges
import FoundationEssentials
import MailWatch
import Planning
import PullRequests
import Reconciling
import Scheduling
import ServiceLifecycle
import Synchronization

/// Looks at the requests of every source that has a forge, each interval and when a delivery says that something happened.
final class RequestService: Service {
    private let settings: ConfigurationHolder
    private let tools: RequestTools
    private let looks: SourceLooks
    private let desks = Mutex<[String: RequestDesk]>([:])
    private let hints = Mutex<[String: Set<Int>]>([:])
    private let now: @Sendable () -> Date
    private let endings: AsyncStream<@Sendable () async -> Void>
    private let outcomes: AsyncStream<@Sendable () async -> Void>.Continuation

    init(settings: ConfigurationHolder, tools: RequestTools, environment: RunEnvironment) {
        self.settings = settings
        self.tools = tools
        looks = SourceLooks(environment.timing)
        now = environment.timing.now
        (endings, outcomes) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// Begins again with the sources of the configuration in force.
    func adopt() { looks.begin() }

    /// A delivery told that something happened; the look that it asks for begins at once.
    func hint(_ source: String, _ hint: Hint, at time: Date) {
        if let number = hint.number { _ = hints.withLock { $0[source, default: []].insert(number) } }
        let desk = desk(of: source)
        Task {
            await desk.delivered(at: time)
            if hint.event == .queue { await desk.queued(at: time) }
        }
        if hint.event != .ping { looks.wake(source) }
    }

    /// The branch of a source moved; told before anyone obeys it.
    func settle(_ source: Source, _ snapshot: SourceSnapshot) async {
        guard source.forge != nil else { return }
        await desk(of: source.name).settle(snapshot)
        looks.wake(source.name)
    }

    /// How a full round of a tenant ended.
    func ended(_ outcome: RoundOutcome, _ managed: ManagedTenant, isWatched: Bool) {
        guard managed.source.forge != nil, let revision = outcome.revision,
            let ending = TenantOutcome(outcome, tenant: managed.tenant.name, isWatched: isWatched, at: now())
        else { return }
        tell(ending, of: managed.source.name, revision)
    }

    /// How a watch over a tenant's mail ended.
    func ended(_ watch: Watch, _ managed: ManagedTenant, revision: String?) {
        guard managed.source.forge != nil, let revision,
            let ending = TenantOutcome(watch, tenant: managed.tenant.name, at: now())
        else { return }
        tell(ending, of: managed.source.name, revision)
    }

    /// Does what is about a forge in a task of its own, after what was given before.
    func enqueue(_ body: @escaping @Sendable () async -> Void) { outcomes.yield(body) }

    /// In a task of its own, so that a forge that is slow delays no lane.
    private func tell(_ outcome: TenantOutcome, of source: String, _ revision: String) {
        let desk = desk(of: source)
        outcomes.yield { await desk.ended(outcome, revision: revision) }
    }

    /// The desk of a source, made where it was not asked for before.
    func desk(of source: String) -> RequestDesk {
        desks.withLock { desks in
            if let desk = desks[source] { return desk }
            let desk = RequestDesk(source, tools: tools)
            desks[source] = desk
            return desk
        }
    }

    func run() async throws {
        let telling = Task { [endings] in for await ending in endings { await ending() } }
        defer { telling.cancel() }
        await looks.run {
            settings.current.sources.filter { $0.forge != nil }
        } look: { source in
            let hinted = self.hints.withLock { $0.removeValue(forKey: source.name) ?? [] }
            await self.desk(of: source.name).look(hinted: hinted)
        }
    }
}

extension LaneRegistry {
    /// By tenant, a digest of what a plan of it rests on in addition to the folders, as far as it is known.
    func states(of source: Source) -> [String: String] {
        source.tenants.reduce(into: [:]) { states, tenant in
            guard let digest = self[tenant.name]?.snapshot.digest else { return }
            states[tenant.name] = "\(digest)/\(Seal.digest(of: tenant.policy))"
        }
    }
}

extension ObjectConditions {
    /// What is wrong with a source's forge; a forge that is down delays comments and nothing else.
    func replace(_ trouble: RequestTrouble?, of source: Source) async {
        let object = "Source/\(source.name)"
        let findings = trouble.map { trouble in
            [
                Finding(
                    object,
                    .forgeUnavailable,
                    reason: trouble.reason,
                    severity: .warning,
                    message: "\(trouble.message) \(trouble.remedy)"
                )
            ]
        }
        await replace([.forgeUnavailable], of: object, with: findings ?? [])
    }
}
