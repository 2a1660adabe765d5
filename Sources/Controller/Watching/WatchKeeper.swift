import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
import MailWatch
import Planning
import Reconciling
import Scheduling
import Site
import StateStore

/// The watches over mail: begun after a run, moved on round by round, and stored before anything follows from them.
actor WatchKeeper {
    /// Ended watches that are kept in memory for a tenant.
    private static let endedLimit = 50

    private let newEnvironment: @Sendable () -> RunEnvironment
    private let shared: SharedResources
    private let events: EventLog
    private let observer: Observer
    private let conditions: ObjectConditions
    private let stopwatch: Stopwatch
    private var times = BelievedTime()
    /// Told which connectors have mail that fails for a reason of TLS.
    private let onTLSTrouble: @Sendable (_ tenant: String, _ connectors: Set<ConnectorKey>) -> Void
    /// By tenant, in the order in which they began.
    private var known: [String: [Watch]] = [:]
    private var isLooking: Set<String> = []
    /// Watches that ended and that the rollout has not heard of.
    private var ended: [String: [Watch]] = [:]

    init(
        environment: @escaping @Sendable () -> RunEnvironment,
        shared: SharedResources,
        events: EventLog,
        observer: Observer,
        conditions: ObjectConditions,
        onTLSTrouble: @escaping @Sendable (_ tenant: String, _ connectors: Set<ConnectorKey>) -> Void = { _, _ in }
    ) {
        newEnvironment = environment
        self.shared = shared
        self.events = events
        self.observer = observer
        self.conditions = conditions
        self.onTLSTrouble = onTLSTrouble
        stopwatch = Stopwatch(environment().timing.clock)
    }

    private var environment: RunEnvironment { newEnvironment() }

    // MARK: What is known

    /// Empty also where they could not be read: for what only shows them.
    func watches(of tenant: String) async -> [Watch] { await recall(tenant) ?? [] }

    /// `nil` where they could not be read: then nothing about them may be changed.
    private func recall(_ tenant: String) async -> [Watch]? {
        if let watches = known[tenant] { return watches }
        do throws(StateStoreError) {
            let documents = try await environment.store.documents(DocumentQuery(.watch, tenant: tenant))
            if let watches = known[tenant] { return watches }
            let watches = documents.compactMap { document -> Watch? in
                if let watch = try? JSONDecoder().decode(Watch.self, from: Data(document.json.utf8)) { return watch }
                // It stays in the store, and judges nothing.
                environment.logger.error(
                    "\(tenant): the watch \(document.key) cannot be read and is left out.",
                    metadata: ["tenant": "\(tenant)"]
                )
                return nil
            }
            .sorted { $0.appliedAt < $1.appliedAt }
            known[tenant] = watches
            return watches
        } catch {
            environment.logger.warning(
                "\(tenant): its watches could not be read. \(error.message)",
                metadata: ["tenant": "\(tenant)"]
            )
            return nil
        }
    }

    /// How many are under way, by tenant, as far as they were asked for.
    var active: [String: Int] { known.mapValues { $0.count { !$0.state.isEnded } } }

    /// Whether one is not ended; where they cannot be read one may be, and it is looked again.
    func hasWork(_ tenant: String) async -> Bool {
        guard let watches = await recall(tenant) else { return true }
        return watches.contains { !$0.state.isEnded }
    }

    /// The watches of a tenant that ended since this was last asked.
    func takeEnded(_ tenant: String) -> [Watch] { ended.removeValue(forKey: tenant) ?? [] }

    // MARK: What begins and ends

    /// Begins the watches that a finished run calls for, and ends those that it supersedes.
    func begin(after journal: Journal, of managed: ManagedTenant) async {
        let settings = managed.tenant.watch
        guard var watches = await recall(managed.tenant.name) else { return }
        let written = Set(
            journal.steps.filter { $0.state == .confirmed }.map {
                ConnectorKey(kind: $0.write.kind, name: $0.write.name)
            }
        )
        guard let (observed, told) = await read(managed, rules: journal.ruleNames) else { return }
        let now = told ?? environment.timing.now()
        var notices: [WatchNotice] = []
        for index in watches.indices where written.contains(watches[index].object) {
            notices += watches[index].handle(.superseded(run: journal.run), at: now)
        }
        if settings.mail == .trace {
            let start = WatchStart(
                appliedAt: now,
                policy: WatchPolicy(
                    length: Double(settings.length.components.seconds),
                    settle: Double(settings.settle.components.seconds),
                    onRegression: settings.onRegression
                ),
                newID: { RunID.make(now: now) },
                newKey: { (0..<32).map { _ in UInt8.random(in: 0...255) } }
            )
            watches += start.watches(of: journal, in: observed)
        }
        await store(watches, notices, of: managed.tenant.name)
    }

    /// Ends a watch, or those of a run, because a person said so.
    func end(_ id: String, reason: String, by name: String, in tenants: [String]) async -> Watch? {
        for tenant in tenants {
            guard var watches = await recall(tenant) else { continue }
            let places = watches.indices.filter { index in
                let watch = watches[index]
                return !watch.state.isEnded && (watch.id == id || watch.run.hasPrefix(id.uppercased()))
            }
            guard let first = places.first else { continue }
            var notices: [WatchNotice] = []
            let now = environment.timing.now()
            for place in places {
                notices += watches[place].handle(.endedByPerson(name: name, reason: reason), at: now)
            }
            await store(watches, notices, of: tenant)
            return watches[first]
        }
        return nil
    }

    /// What became of a run that took a change back.
    func tookBack(_ takeBack: TakeBack, _ end: TakeBackEnd, tenant: String) async {
        guard var watches = await recall(tenant) else { return }
        guard let index = watches.firstIndex(where: { $0.id == takeBack.watch }) else { return }
        let notices = watches[index].handle(.tookBack(end), at: environment.timing.now())
        // Two rounds may have asked for the same; the second changes nothing.
        if watches[index].state == .regressedTakenBack, !notices.isEmpty {
            observer.rolledBack(tenant, because: "regressed")
        }
        await store(watches, notices, of: tenant)
    }

    // MARK: One round

    /// Looks at a tenant's mail once.
    ///
    /// - Returns: What is to be taken back; it is stored that it will be.
    func look(at managed: ManagedTenant, isSuspended: Bool) async -> [TakeBack] {
        let tenant = managed.tenant.name
        guard var watches = await recall(tenant), watches.contains(where: { !$0.state.isEnded }),
            isLooking.insert(tenant).inserted
        else { return [] }
        defer { isLooking.remove(tenant) }
        let rules = Set(watches.flatMap(\.change.rules).map(\.guid))
        guard let (observed, told) = await read(managed, rules: rules),
            let now = await believed(told, of: tenant, watches)
        else { return watches.compactMap(\.pendingTakeBack) }
        var notices: [WatchNotice] = []
        let changed = watches.indices.filter { watches[$0].state.isReading && watches[$0].isChanged(in: observed) }
        if !changed.isEmpty {
            guard let state = try? await environment.store.state(of: tenant) else {
                return watches.compactMap(\.pendingTakeBack)
            }
            for index in changed where !isOurs(watches[index], in: observed, state) {
                notices += watches[index].handle(.changed(by: nil), at: now)
            }
        }
        var round = WatchRound(
            watches,
            MailRouting(observed),
            at: now,
            isTenantSuspended: isSuspended,
            newRun: { RunID.make(now: now) }
        )
        let reader = WatchReader(environment: environment, shared: shared, managed: managed, serviceTime: now)
        while !round.isFinished {
            let answers = await reader.answers(to: round.asks)
            guard !Task.isCancelled else { return [] }
            round.take(answers)
        }
        if !round.tlsTrouble.isEmpty { onTLSTrouble(tenant, round.tlsTrouble) }
        // Another caller may have ended one meanwhile; that stands.
        guard let stored = await recall(tenant) else { return [] }
        var merged = round.watches
        for index in merged.indices {
            if let other = stored.first(where: { $0.id == merged[index].id }), other.state.isEnded {
                merged[index] = other
            }
        }
        for watch in stored where !merged.contains(where: { $0.id == watch.id }) { merged.append(watch) }
        await store(merged, notices + round.notices, of: tenant)
        return merged.compactMap(\.pendingTakeBack)
    }

    /// Whether it was a later run of ours that changed what is watched: that run ends the watch itself.
    private func isOurs(_ watch: Watch, in observed: ObservedTenant, _ state: TenantState) -> Bool {
        let writing = (state.unfinished?.steps ?? []).filter(\.write.changesSettings)
        if writing.contains(where: { ConnectorKey(kind: $0.write.kind, name: $0.write.name) == watch.object }) {
            return true
        }
        let written = state.applied.connectors.first { $0.key == watch.object }
        guard let written, written.run != watch.run else { return false }
        return !DriftComparison.items(
            applied: state.applied,
            observed: observed,
            acceptedDrifts: [],
            now: environment.timing.now()
        ).contains { $0.key == watch.object }
    }

    /// The tenant as it is, with the service's own time where it tells that.
    private func read(_ managed: ManagedTenant, rules: Set<String>) async -> (ObservedTenant, Date?)? {
        guard let connection = try? shared.connections.connection(to: managed.tenant, environment) else { return nil }
        let reader = TenantReader(connection)
        guard case .known(let glance) = await reader.glance(deadline: managed.tenant.readTimeout),
            case .known(let observed) = await reader.read(rules: rules, deadline: managed.tenant.readTimeout)
        else { return nil }
        return (observed, glance.serviceTime)
    }

    /// The service's time, where it is believed; else the round is skipped, which is a condition.
    ///
    /// A doubt that lasts so long that no unit would count any more ends the watches.
    private func believed(_ told: Date?, of tenant: String, _ watches: [Watch]) async -> Date? {
        let object = ObjectConditions.watches + tenant
        let running = watches.filter { !$0.state.isEnded }
        let known = running.map(\.since).max()
        switch times.hear(told, of: tenant, after: known, uptime: stopwatch.elapsed / .seconds(1)) {
        case .believed(let time):
            await conditions.replace([.clockSkewed], of: object, with: [])
            return time
        case .doubted(let doubt, let seconds):
            let finding = Finding(
                object,
                .clockSkewed,
                reason: doubt.rawValue,
                severity: .warning,
                message: """
                    \(tenant): the service's time is not believed (\(told.map(Timestamp.text) ?? "it told none")), so this round of the \
                    watch over mail was skipped: nothing is judged by a clock that jumps.
                    """
            )
            await conditions.replace([.clockSkewed], of: object, with: [finding])
            guard let first = running.first, seconds >= first.constants.late else { return nil }
            var ended = watches
            var notices: [WatchNotice] = []
            let now = told ?? environment.timing.now()
            for index in ended.indices { notices += ended[index].handle(.clockDoubted, at: now) }
            await store(ended, notices, of: tenant)
            return nil
        }
    }

    private func store(_ watches: [Watch], _ notices: [WatchNotice], of tenant: String) async {
        let before = Dictionary((known[tenant] ?? []).map { ($0.id, $0) }) { first, _ in first }
        var kept = watches
        var forgotten: [Document] = []
        let over = kept.filter(\.state.isEnded)
        for watch in over.prefix(max(0, over.count - Self.endedLimit)) {
            kept.removeAll { $0.id == watch.id }
            forgotten.append(Document(.watch, watch.id, json: ""))
        }
        let changed = kept.filter { before[$0.id] != $0 }
        let documents = changed.compactMap { watch -> Document? in
            guard let data = try? JSONEncoder().encode(watch) else { return nil }
            return Document(.watch, watch.id, tenant: tenant, json: String(decoding: data, as: UTF8.self))
        }
        let drafts = notices.map { EventDraft($0, tenant: tenant, at: environment.timing.now()) }
        for watch in changed where watch.state.isEnded && before[watch.id]?.state.isEnded != true {
            observer.watchEnded(watch.state.rawValue, tenant: tenant)
            ended[tenant, default: []].append(watch)
        }
        guard await events.commit(drafts, documents: documents, forgotten: forgotten) else { return }
        known[tenant] = kept
    }
}

extension EventDraft {
    init(_ notice: WatchNotice, tenant: String, at now: Date) {
        self.init(
            time: now,
            tenant: tenant,
            object: "\(notice.object)",
            condition: ConditionType(rawValue: notice.word),
            reason: notice.reason.isEmpty ? notice.word : notice.reason,
            transition: notice.transition == .raised ? .raised : .cleared,
            severity: Event.Severity(rawValue: notice.severity.rawValue) ?? .info,
            message: notice.message,
            run: notice.run,
            revision: notice.revision
        )
    }
}

extension WatchView {
    var isEnded: Bool { WatchState(rawValue: state)?.isEnded ?? true }

    init(_ watch: Watch) {
        self.init(
            id: watch.id,
            tenant: watch.tenant,
            run: watch.run,
            object: "\(watch.object)",
            state: watch.state.rawValue,
            reason: watch.reason?.rawValue,
            since: watch.since,
            ends: watch.end,
            good: watch.counters.good,
            bad: watch.counters.bad,
            notCounted: watch.counters.excluded.values.reduce(0, +),
            text: watch.account.joined(separator: "\n")
        )
    }
}
