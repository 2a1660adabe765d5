import ExchangeOnline
import Configuration
import Connectors
import FoundationEssentials
import GitRepositories
import Logging
import Reconciling
import Scheduling
import ServiceLifecycle
import StateStore
import Synchronization

/// Looks at every source at its interval, and tells the lanes what moved.
final class SourceService: Service {
    private let settings: ConfigurationHolder
    private let keeper: SourceKeeper
    private let lanes: LaneRegistry
    private let events: EventLog
    private let conditions: ObjectConditions
    private let rollouts: RolloutKeeper
    private let files: ParsedFiles
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let chance: @Sendable () -> Double
    private let waiters = Waiters()
    /// The tenants' folders in the commit that was seen last, by source.
    private let folders = Mutex<[String: Folders]>([:])
    private let restart: AsyncStream<Void>
    private let restarts: AsyncStream<Void>.Continuation

    init(
        settings: ConfigurationHolder,
        keeper: SourceKeeper,
        lanes: LaneRegistry,
        events: EventLog,
        conditions: ObjectConditions,
        rollouts: RolloutKeeper,
        files: ParsedFiles,
        environment: RunEnvironment
    ) {
        self.settings = settings
        self.keeper = keeper
        self.lanes = lanes
        self.events = events
        self.conditions = conditions
        self.rollouts = rollouts
        self.files = files
        logger = environment.logger
        clock = environment.timing.clock
        now = environment.timing.now
        chance = environment.timing.random
        (restart, restarts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A commit, and by tenant the id of its folder in it; empty for one that it does not have.
    private struct Folders {
        var commit: String
        var trees: [String: String]
    }

    /// Begins again with the sources of the configuration in force.
    func adopt() {
        folders.withLock { $0 = [:] }
        restarts.yield()
    }

    /// Looks at a source now and not at its interval.
    func look(at source: String) { waiters.wake(source) }

    func run() async throws {
        restarts.yield()
        var loops: Task<Void, Never>?
        for await _ in restart.cancelOnGracefulShutdown() {
            loops?.cancel()
            let sources = settings.current.sources
            await keeper.keep(Set(sources.map(\.name)))
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
        while !Task.isCancelled {
            let state = await keeper.refresh(source)
            guard !Task.isCancelled else { return }
            await tell(of: source, state)
            let share = 0.9 + 0.2 * chance()
            let seconds = Double(source.interval.components.seconds) * share
            let (clock, waiters) = (clock, waiters)
            let timer = Task {
                guard (try? await clock.sleep(for: .seconds(seconds))) != nil else { return }
                waiters.wake(source.name)
            }
            await waiters.wait(for: source.name)
            timer.cancel()
        }
    }

    /// Tells the rollout of a tip before a lane can read it, so that no tenant runs ahead of the canaries.
    func settle(_ source: Source, _ snapshot: SourceSnapshot) async {
        // Without a rollout there is nothing to look up, and one that was configured before is forgotten.
        guard source.rollout != nil else { return await rollouts.see(snapshot.commit.id, in: source, trees: [:]) }
        // An id that cannot be told would look like another folder, and lift a stop: no tenant gets the commit until it can.
        guard let ids = await ids(of: source, snapshot) else { return }
        await rollouts.see(snapshot.commit.id, in: source, trees: ids)
    }

    private func tell(of source: Source, _ state: SourceKeeper.State) async {
        let object = "Source/\(source.name)"
        var findings: [Finding] = []
        if let trouble = state.trouble {
            findings.append(
                Finding(
                    object,
                    .fetchFailed,
                    reason: Self.reason(trouble),
                    severity: .warning,
                    message: trouble.message
                )
            )
        }
        await conditions.replace([.fetchFailed], of: object, with: findings)
        guard let snapshot = state.snapshot, state.trouble == nil else { return }
        let trees = await trees(of: source, snapshot)
        var moved: [(worker: LaneWorker, tree: String)] = []
        for tenant in source.tenants {
            guard let worker = lanes[tenant.name], let tree = trees[tenant.name] else { continue }
            if !worker.knows(tree: tree, of: snapshot.commit.id) { moved.append((worker, tree)) }
        }
        let touched = moved.count { $0.worker.snapshot.memory.tree != $0.tree }
        for (worker, tree) in moved {
            worker.tell(
                .sourceMoved(revision: snapshot.commit.id, tree: tree, isSpread: touched >= Lane.spreadFrom)
            )
        }
    }

    /// What each tenant's definitions are at a commit, as ids; looked up once for each commit.
    ///
    /// A tenant of which that cannot be told has none, and hides no other.
    private func trees(of source: Source, _ snapshot: SourceSnapshot) async -> [String: String] {
        if let all = await ids(of: source, snapshot) { return all }
        let (storage, commit) = (snapshot.storage, snapshot.commit.id)
        var trees = Self.none(of: source)
        for tenant in source.tenants {
            guard let id = try? await TenantDefinitions.id(of: tenant, at: commit, in: storage, files) else { continue }
            trees[tenant.name] = id
        }
        return trees
    }

    /// The ids of all; `nil` where git does not tell one of them.
    private func ids(of source: Source, _ snapshot: SourceSnapshot) async -> [String: String]? {
        let commit = snapshot.commit.id
        if let known = folders.withLock({ $0[source.name] }), known.commit == commit { return known.trees }
        guard let all = try? await TenantDefinitions.ids(of: source.tenants, at: commit, in: snapshot.storage, files)
        else { return nil }
        let trees = Self.none(of: source).merging(all) { $1 }
        if !Task.isCancelled { folders.withLock { $0[source.name] = Folders(commit: commit, trees: trees) } }
        return trees
    }

    /// As if no tenant had its folder.
    private static func none(of source: Source) -> [String: String] {
        Dictionary(source.tenants.map { ($0.name, "") }) { first, _ in first }
    }

    private static func reason(_ stop: RunStop) -> String {
        switch stop.id {
        case let id where id.contains("authentication") || id.contains("credential"): "AuthenticationFailed"
        case let id where id.contains("signature"): "SignatureRefused"
        default: "GitOperationFailed"
        }
    }
}

extension ConditionType {
    static let fetchFailed = ConditionType(rawValue: "FetchFailed")
}
