import Configuration
import ExchangeOnline
import FoundationEssentials
import Logging
import MailWatch
import Reconciling
import Scheduling
import StateStore

/// The rollouts of all sources that have one, stored before a lane hears of them.
actor RolloutKeeper {
    private let settings: ConfigurationHolder
    private let store: any StateStore
    private let events: EventLog
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var rollouts: [String: Rollout] = [:]
    /// Sources whose rollout is not stored as it is.
    private var unstored: Set<String> = []
    /// By source, what lanes are told once it is.
    private var untold: [String: [RolloutAction]] = [:]
    /// By source, how rounds ended that were told while its rollout could not be read; they count once it can.
    private var missed: [String: [RolloutInput]] = [:]
    private var timers: [String: Task<Void, Never>] = [:]
    /// Until what was not stored is stored again, in seconds.
    private static let storePause = 10.0
    /// Tells a lane what its rollout says.
    private let permit: @Sendable (String, RolloutPermission) -> Void

    init(
        settings: ConfigurationHolder,
        events: EventLog,
        environment: RunEnvironment,
        permit: @escaping @Sendable (String, RolloutPermission) -> Void
    ) {
        self.settings = settings
        self.events = events
        self.permit = permit
        store = environment.store
        now = environment.timing.now
        clock = environment.timing.clock
        logger = environment.logger
    }

    /// The source is at this commit; told before its lanes are.
    func see(_ revision: String, in source: Source, trees: [String: String]) async {
        guard let settings = source.rollout else { return await forget(source.name) }
        await handle(.policyChanged(RolloutPolicy(settings)), of: source.name)
        await handle(.moved(revision: revision, trees: trees), of: source.name)
    }

    /// Whether a tenant may get the commit of a source that is at this revision.
    ///
    /// Fails closed: where a rollout cannot be read, or has moved on to another commit, the tenant's next round asks again.
    func permits(_ managed: ManagedTenant, at revision: String) async -> Bool {
        guard managed.source.rollout != nil else { return true }
        guard let rollout = await known(managed.source.name), rollout.revision == revision else { return false }
        return rollout.permission(for: managed.tenant.name, at: now()) == .go
    }

    /// How a round of a tenant ended.
    func ended(_ outcome: RoundOutcome, _ managed: ManagedTenant, isWatched: Bool) async {
        guard managed.source.rollout != nil, let tree = outcome.tree else { return }
        let ending: RolloutEnding
        switch outcome.result {
        case .applied, .inSync: ending = .applied(isWatched: isWatched)
        case .rolledBack, .partlyApplied: ending = .failed(outcome.message)
        case .pending, .held, .blocked, .failed, .interrupted: return
        }
        let (source, input) = (managed.source.name, RolloutInput.ended(tenant: managed.tenant.name, tree: tree, ending))
        if await known(source) == nil {
            if missed[source]?.contains(input) != true { missed[source, default: []].append(input) }
            return wake(source, at: now().addingTimeInterval(Self.storePause))
        }
        await handle(input, of: source)
    }

    /// How a watch over a tenant's mail ended.
    ///
    /// - Parameter isLast: Whether no other watch over the same definitions goes on; else nothing is judged yet.
    /// - Returns: Whether it is stored, or concerns no rollout; if not, it is to be told again.
    func ended(_ watch: Watch, _ managed: ManagedTenant, isLast: Bool) async -> Bool {
        guard managed.source.rollout != nil, let tree = watch.tree, watch.state.isEnded else { return true }
        if !watch.isRegressed && !isLast { return true }
        let ending = watch.isRegressed ? RolloutEnding.regressed(watch.headline) : .judged
        return await handle(.ended(tenant: managed.tenant.name, tree: tree, ending), of: managed.source.name)
    }

    /// A person asked that a stopped commit is tried again.
    func retry(_ source: String) async { await handle(.retried, of: source) }

    private func forget(_ source: String) async {
        timers.removeValue(forKey: source)?.cancel()
        unstored.remove(source)
        untold[source] = nil
        missed[source] = nil
        guard rollouts.removeValue(forKey: source) != nil else { return }
        await events.commit(forgotten: [Document(.rollout, source, json: "")])
        for managed in settings.current.tenants where managed.source.name == source { permit(managed.tenant.name, .go) }
    }

    /// - Returns: Whether what follows from it is stored.
    @discardableResult
    private func handle(_ input: RolloutInput, of source: String) async -> Bool {
        guard var rollout = await known(source) else { return false }
        let before = rollout
        let inputs = (missed.removeValue(forKey: source) ?? []) + [input]
        let actions = inputs.flatMap { rollout.handle($0, at: now()) }
        rollouts[source] = rollout
        if rollout != before { unstored.insert(source) }
        untold[source, default: []] += actions
        return await settle(source)
    }

    /// Stores a rollout, if it is not, and then tells what follows from it; what cannot be stored now is kept and tried again.
    private func settle(_ source: String) async -> Bool {
        if unstored.contains(source), let rollout = rollouts[source], let data = try? JSONEncoder().encode(rollout) {
            let document = Document(.rollout, source, json: String(decoding: data, as: UTF8.self))
            guard await events.commit(documents: [document]) else {
                wake(source, at: now().addingTimeInterval(Self.storePause))
                return false
            }
            // What came in meanwhile is stored, and told, by whoever brought it.
            guard rollouts[source] == rollout else { return true }
            unstored.remove(source)
        }
        for action in untold.removeValue(forKey: source) ?? [] {
            switch action {
            case .permit(let tenant, let permission): permit(tenant, permission)
            case .wake(let time): wake(source, at: time)
            }
        }
        return true
    }

    /// Where a rollout stands; `nil` for a source without one, and where the store cannot tell it.
    private func known(_ source: String) async -> Rollout? {
        if let rollout = rollouts[source] { return rollout }
        guard let settings = settings.current.sources.first(where: { $0.name == source })?.rollout else { return nil }
        do {
            let documents = try await store.documents(DocumentQuery(.rollout, key: source))
            if let rollout = rollouts[source] { return rollout }
            guard let json = documents.first?.json else {
                return Rollout(source: source, policy: RolloutPolicy(settings))
            }
            return try JSONDecoder().decode(Rollout.self, from: Data(json.utf8))
        } catch {
            // A stop that cannot be read is not lifted: the lanes keep what they were told last.
            logger.error(
                "\(source): where its rollout stands could not be read. \(error)",
                metadata: ["source": "\(source)"]
            )
            return nil
        }
    }

    private func wake(_ source: String, at time: Date) {
        timers[source]?.cancel()
        let (clock, delay) = (clock, max(0, time.timeIntervalSince(now())))
        timers[source] = Task { [weak self] in
            guard (try? await clock.sleep(for: .seconds(delay))) != nil else { return }
            await self?.handle(.tick, of: source)
        }
    }
}

extension Watch {
    /// Whether it ended because mail fails.
    var isRegressed: Bool { state == .regressedHeld || state == .regressedTakenBack }
}

extension RolloutPolicy {
    init(_ settings: RolloutSettings) {
        self.init(canaries: settings.canaries, wait: settings.wait, stopAfter: settings.stopAfter)
    }
}
