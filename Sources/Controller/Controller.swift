import ExchangeOnline
package import Configuration
import Connectors
import Forges
import FoundationEssentials
import GitRepositories
import Logging
import Notices
package import Reconciling
import Reports
import Scheduling
import ServiceLifecycle
import Site
import StateStore
import Synchronization

/// The daemon: a list of services that do what was decided, and tell what happened.
package final class Controller: Sendable {
    /// Rounds that run at once.
    static let window = 64
    /// How long a lease of the controller or of one of its runs holds, and how often it is renewed.
    static let leaseDuration: Duration = .seconds(30)
    static let leaseRenewal: Duration = .seconds(10)

    private let settings: ConfigurationHolder
    private let environment: RunEnvironment
    private let lanes: LaneRegistry
    private let events: EventLog
    private let conditions: ObjectConditions
    private let shared: SharedResources
    private let sources: SourceService
    private let notices: NoticeService
    private let watching: WatchService
    private let partners: PartnerService
    private let credentials: CredentialService
    private let pullRequests: RequestService
    private let offers: OfferService
    private let hooks: HookKeeper
    private let site: SiteService
    private let manager: ServiceManager?
    private let read: @Sendable () throws -> Configuration
    private let stage = ControllerStage()

    /// - Parameters:
    ///   - read: Reads the configuration again, for SIGHUP.
    ///   - onListening: Told the port once requests are taken.
    /// - Throws: `ConfigurationError`: a token or the server's certificate cannot be used.
    package init(
        _ base: RunEnvironment,
        serviceEnvironment: [String: String],
        read: @escaping @Sendable () throws -> Configuration,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        var environment = base
        environment.leaseDuration = Self.leaseDuration
        environment.leaseRenewal = Self.leaseRenewal
        environment.leavesWaits = true
        let observer = Observer(version: environment.version.description)
        let budgets = TenantBudgets(timing: environment.timing)
        environment.pacing = { budgets.pacing(of: $0) }
        environment.onRequest = { tenant, name, status in observer.requested(name, of: tenant, status: status) }
        self.environment = environment
        self.read = read
        let settings = ConfigurationHolder(environment.configuration)
        self.settings = settings
        let now = environment.timing.now
        let events = EventLog(
            store: environment.store,
            logger: environment.logger,
            now: now,
            links: { draft in settings.link(draft) },
            counter: { observer.raised($0) }
        )
        self.events = events
        conditions = ObjectConditions(store: environment.store, events: events, now: now)
        let holder = EnvironmentHolder(environment)
        let later = LateServices()
        let keeper = SourceKeeper(environment: { holder.current }, now: now) { source, snapshot in
            await later.sources?.settle(source, snapshot)
            await later.requests?.settle(source, snapshot)
            later.offers?.look(at: source)
        }
        let gate = RoundGate(Self.window)
        let shared = SharedResources(environment)
        self.shared = shared
        let watches = WatchKeeper(
            environment: { holder.current },
            shared: shared,
            events: events,
            observer: observer,
            conditions: conditions,
            onTLSTrouble: { tenant, connectors in later.partners?.lookNow(tenant, at: connectors) }
        )
        let requests = RequestBook()
        let runner = RoundRunner(
            environment: { holder.current },
            shared: shared,
            sources: keeper,
            gate: gate,
            permits: { managed, snapshot in
                await later.rollouts?.permits(managed, at: snapshot.commit.id) ?? (managed.source.rollout == nil)
            }
        )
        let tools = LaneTools(
            store: environment.store,
            runner: runner,
            events: events,
            requests: requests,
            observer: observer,
            afterRound: { report, managed in
                let tenant = managed.tenant.name
                let isWatched = await watches.ended(report, of: managed)
                if report.mayApply {
                    await later.rollouts?.ended(report.outcome, managed, isWatched: isWatched)
                }
                later.requests?.ended(report.outcome, managed, isWatched: isWatched)
                let isOwed = await watches.owes(tenant)
                if report.outcome.hasLooked || isOwed { later.watching?.look(at: tenant) }
                if report.outcome.hasLooked { later.offers?.look(at: managed.source) }
            },
            logger: environment.logger,
            now: now,
            chance: environment.timing.random,
            clock: environment.timing.clock,
            alarm: LaneAlarm(environment.timing.clock)
        )
        lanes = LaneRegistry(tools: tools)
        let rollouts = RolloutKeeper(
            settings: settings,
            events: events,
            environment: environment,
            permit: { [lanes] tenant, permission in lanes[tenant]?.tell(.rollout(permission)) }
        )
        watching = WatchService(
            keeper: watches,
            lanes: lanes,
            rollouts: rollouts,
            ended: { watch, managed, revision in later.requests?.ended(watch, managed, revision: revision) },
            environment: { holder.current }
        )
        partners = PartnerService(
            PartnerTools(
                lanes: lanes,
                events: events,
                shared: shared,
                sources: keeper,
                conditions: conditions,
                environment: { holder.current }
            )
        )
        credentials = CredentialService(
            lanes: lanes,
            events: events,
            shared: shared,
            environment: { holder.current }
        )
        later.adopt(watching, rollouts, partners)
        sources = SourceService(
            settings: settings,
            keeper: keeper,
            lanes: lanes,
            events: events,
            conditions: conditions,
            rollouts: rollouts,
            files: shared.files,
            environment: environment
        )
        later.adopt(sources)
        let (sources, conditions) = (sources, conditions)
        let pullRequests = RequestService(
            settings: settings,
            tools: RequestTools(
                environment: { holder.current },
                shared: shared,
                open: { source in try holder.current.forge(of: source) },
                branch: { source in await keeper.state(of: source.name).snapshot },
                states: { [lanes] source in lanes.states(of: source) },
                tell: { source, trouble in await conditions.replace(trouble, of: source) },
                settled: { [lanes] tenants in
                    for tenant in tenants { lanes[tenant]?.tell(.asked(id: RunID.make(now: now()), .webhook)) }
                },
                apply: { [lanes] order in
                    await AheadWork(lanes: lanes, runner: runner, watches: watches, observer: observer, later: later)
                        .give(order, at: now())
                },
                fresh: { source in
                    let state = await keeper.refresh(source)
                    return state.trouble == nil ? state.snapshot : nil
                },
                holds: { [lanes] source in lanes.holds(of: source) }
            ),
            environment: environment
        )
        self.pullRequests = pullRequests
        later.adopt(pullRequests)
        let offers = OfferService(
            settings: settings,
            tools: OfferTools(
                environment: { holder.current },
                shared: shared,
                open: { source in try holder.current.forge(of: source) },
                branch: { source in await keeper.state(of: source.name).snapshot },
                standing: { [lanes] managed in lanes.standing(managed) },
                tell: { source, news in await conditions.replace(news, of: source) },
                begin: { sources in await conditions.keepOffers(of: sources) },
                stirred: { [lanes] tenants in
                    for tenant in tenants { lanes[tenant]?.tell(.asked(id: RunID.make(now: now()), .webhook)) }
                }
            ),
            environment: environment
        )
        self.offers = offers
        later.adopt(offers)
        let hooks = HookKeeper(now: now) { source, hint in
            pullRequests.hint(source, hint, at: now())
            if let source = settings.current.sources.first(where: { $0.name == source }) { offers.look(at: source) }
            if hint.event != .comment, hint.event != .review { sources.look(at: source) }
        }
        self.hooks = hooks
        notices = NoticeService(
            settings: settings,
            events: events,
            conditions: conditions,
            environment: environment
        )
        let model = ControllerModel(
            lanes: lanes,
            sources: keeper,
            settings: settings,
            requests: requests,
            events: events,
            observer: observer,
            gate: gate,
            newEnvironment: { holder.current },
            health: StoreWatch(store: environment.store, now: now),
            watches: watches,
            rollouts: rollouts,
            partners: partners,
            credentials: credentials,
            hooks: hooks
        )
        let manager = ServiceManager(environment: serviceEnvironment)
        self.manager = manager
        self.holder = holder
        site = try SiteService(
            environment.configuration.server,
            model: model,
            store: environment.store,
            version: environment.version,
            instance: environment.configuration.controllerName,
            logger: environment.logger,
            clock: environment.timing.clock,
            onListening: { port in
                manager?.ready()
                await onListening(port)
            }
        )
    }

    private let holder: EnvironmentHolder

    /// Works until it is asked to stop.
    ///
    /// - Throws: When a service cannot go on, such as the server whose port is taken.
    package func run() async throws {
        let waiting = Task { [environment, manager] in
            try await LeaderLease.acquire(environment, for: Self.leaseDuration, every: Self.leaseRenewal, manager)
        }
        if !stage.enter(.waiting(waiting)) { waiting.cancel() }
        guard let lease = try? await waiting.value else {
            // Asked to stop while another led; anything else is told.
            if waiting.isCancelled { return }
            _ = try await waiting.value
            return
        }
        notices.adopt()
        await conditions.replace(hooks: hooks.adopt(settings.current), of: settings.current.sources)
        shared.adopt(holder.current)
        lanes.adopt(settings.current)
        let services: [any Service] = [
            lease, notices, LaneService(lanes: lanes), sources, pullRequests, offers, watching,
            partners, credentials,
            Housekeeping(
                environment: { [holder] in holder.current },
                conditions: conditions,
                manager: manager
            ), site,
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup
                    )
                },
                logger: environment.logger
            )
        )
        guard stage.enter(.working(group)) else { return await lease.release() }
        do {
            try await group.run()
        } catch {
            await lease.release()
            throw error
        }
        events.end()
        await lease.release()
    }

    /// Asks every service to end in order; `run` returns when all have.
    package func stop() async {
        manager?.stopping()
        events.end()
        await stage.stop()
    }

    /// Reads the configuration again; a bad file is refused, the old one kept, and that is a condition and an event.
    package func reload() async {
        manager?.reloading()
        defer { if stage.isWorking { manager?.ready() } else { manager?.waiting() } }
        let object = "Controller/\(settings.current.controllerName)"
        do {
            let configuration = try read()
            try site.adopt(configuration.server)
            let later = environment.configuration.fixedUntilRestart(configuration)
            settings.adopt(configuration)
            holder.adopt(configuration)
            notices.adopt()
            shared.adopt(holder.current)
            lanes.adopt(configuration)
            sources.adopt()
            await conditions.replace(hooks: hooks.adopt(configuration), of: configuration.sources)
            pullRequests.adopt()
            offers.adopt()
            await conditions.replace([.configurationRefused], of: object, with: [])
            let rest = later.isEmpty ? "" : " \(later.joined(separator: ", ")) will count from the next start on."
            environment.logger.notice("The configuration was read again.\(rest)")
        } catch {
            let text = (error as? ConfigurationError)?.problems.map(\.description).joined(separator: "\n") ?? "\(error)"
            await conditions.replace(
                [.configurationRefused],
                of: object,
                with: [
                    Finding(
                        object,
                        .configurationRefused,
                        reason: "Invalid",
                        severity: .warning,
                        message: "The configuration was refused, and the old one stays in force. \(text)"
                    )
                ]
            )
        }
    }
}

extension Configuration {
    /// What another configuration says in another way, and cannot be taken over while the process runs.
    fileprivate func fixedUntilRestart(_ other: Configuration) -> [String] {
        var keys: [String] = []
        if (server.host, server.port) != (other.server.host, other.server.port) { keys.append("server.listen") }
        if server.tls != other.server.tls { keys.append("server.tls") }
        if store.url != other.store.url { keys.append("store.url") }
        return keys
    }
}

extension ConfigurationHolder {
    /// Where a person reads more about an event.
    fileprivate func link(_ draft: EventDraft) -> String? {
        guard let url = current.server.publicURL else { return nil }
        if let run = draft.run { return "\(url)/api/v1/runs/\(run)" }
        return draft.tenant.map { "\(url)/api/v1/tenants/\($0)" }
    }
}

/// The environment of new runs, with the configuration in force.
final class EnvironmentHolder: Sendable {
    private let value: Mutex<RunEnvironment>

    init(_ environment: RunEnvironment) { value = Mutex(environment) }

    var current: RunEnvironment { value.withLock { $0 } }

    func adopt(_ configuration: Configuration) { value.withLock { $0 = $0.with(configuration) } }
}
