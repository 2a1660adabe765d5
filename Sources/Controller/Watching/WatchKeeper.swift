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

/// The watches over mail: begun after a run (`WatchKeeper+Beginning`), moved on round by round, and stored before anything follows from them.
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
    /// Tenants of which a run may have ended whose watches are still to begin; those of `catchingUp` are just seen to.
    var owing: Set<String> = []
    var catchingUp: Set<String> = []
    /// By tenant, the last run whose watches have begun in this process.
    var begun: [String: String] = [:]
    /// By tenant, what watches are still to be told of the definitions that they stand for.
    var standings: [String: Standing] = [:]

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

    var environment: RunEnvironment { newEnvironment() }

    // MARK: What is known

    /// Empty also where they could not be read: for what only shows them.
    func watches(of tenant: String) async -> [Watch] { await recall(tenant) ?? [] }

    /// `nil` where they could not be read: then nothing about them may be changed.
    func recall(_ tenant: String) async -> [Watch]? {
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

    /// Whether one goes on, is still to begin, or ended and that is to be told; where they cannot be read it may be, and it is looked
    /// again.
    func hasWork(_ tenant: String) async -> Bool {
        guard !owes(tenant), let watches = await recall(tenant) else { return true }
        return watches.contains { !$0.state.isEnded || $0.isUntold }
    }

    /// The watches of a tenant that ended and of which that is to be told, those that regressed first: what is said of them must
    /// be known before anything is called good.
    ///
    /// - Returns: Each with whether no other goes on over the same definitions.
    func untold(_ tenant: String) async -> [(watch: Watch, isLast: Bool)] {
        guard let watches = await recall(tenant) else { return [] }
        let ended = watches.filter(\.isUntold)
        var untold: [(watch: Watch, isLast: Bool)] = ended.filter(\.isRegressed).map { (watch: $0, isLast: true) }
        guard !owes(tenant) else { return untold }
        for watch in ended where !watch.isRegressed {
            untold.append((watch, !watches.contains { !$0.state.isEnded && $0.tree == watch.tree }))
        }
        return untold
    }

    /// The end of these was told.
    func markTold(_ ids: Set<String>, of tenant: String) async {
        guard !ids.isEmpty, var watches = await recall(tenant) else { return }
        for index in watches.indices where ids.contains(watches[index].id) { watches[index].markTold() }
        await store(watches, [], of: tenant)
    }

    // MARK: What ends

    /// Ends a watch, or those of a run, because a person said so.
    ///
    /// - Parameter id: Of the watch or of the run, or the beginning of a run's id where the history has only one that begins so.
    /// - Returns: One that it ended; `nil` where none goes on.
    /// - Throws: Where the beginning is not that of one run, or the end cannot be stored.
    func end(
        _ id: String,
        reason: String,
        by name: String,
        in tenants: [String]
    ) async throws(StateStoreError) -> Watch? {
        var whole = id.uppercased()
        if await !isKnown(whole, in: tenants) { whole = try await environment.store.run(matching: id).record.id }
        for tenant in tenants {
            guard var watches = await recall(tenant) else { continue }
            let places = watches.indices.filter { index in
                let watch = watches[index]
                return !watch.state.isEnded && (watch.id == whole || watch.run == whole)
            }
            guard let first = places.first else { continue }
            var notices: [WatchNotice] = []
            let now = environment.timing.now()
            for place in places {
                notices += watches[place].handle(.endedByPerson(name: name, reason: reason), at: now)
            }
            guard await store(watches, notices, of: tenant) else {
                throw .cannotUse(place: environment.store.place, detail: "the end of the watch was not stored")
            }
            return watches[first]
        }
        return nil
    }

    /// Whether an id is that of a watch, or of the run of one.
    private func isKnown(_ id: String, in tenants: [String]) async -> Bool {
        for tenant in tenants where await recall(tenant)?.contains(where: { $0.id == id || $0.run == id }) == true {
            return true
        }
        return false
    }

    /// What became of a run that took a change back.
    func tookBack(_ takeBack: TakeBack, _ end: TakeBackEnd, tenant: String) async {
        guard var watches = await recall(tenant) else { return }
        guard let index = watches.firstIndex(where: { $0.id == takeBack.watch }) else { return }
        // It was asked for twice, and the next try has an id already.
        if case .postponed = end, watches[index].takeBackRun != takeBack.run { return }
        let notices = watches[index].handle(.tookBack(end), at: environment.timing.now())
        guard await store(watches, notices, of: tenant) else { return }
        // Two rounds may have asked for the same; the second changes nothing.
        if watches[index].state == .regressedTakenBack, !notices.isEmpty {
            observer.rolledBack(tenant, because: "regressed")
        }
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
            idle: times.pause(of: tenant),
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
        // Another caller may have ended one meanwhile, or moved it on; that stands.
        guard let stored = await recall(tenant) else { return [] }
        var merged = round.watches
        for index in merged.indices {
            guard let other = stored.first(where: { $0.id == merged[index].id }) else { continue }
            if other.state.isReading { merged[index].tree = other.tree } else { merged[index] = other }
        }
        for watch in stored where !merged.contains(where: { $0.id == watch.id }) { merged.append(watch) }
        // What could not be stored is decided again, and nothing follows from it.
        guard await store(merged, notices + round.notices, of: tenant) else {
            return stored.compactMap(\.pendingTakeBack)
        }
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
    func read(_ managed: ManagedTenant, rules: Set<String>) async -> (ObservedTenant, Date?)? {
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

    /// Stores what became of a tenant's watches, with what is told of it, in one transaction.
    ///
    /// - Returns: Whether it is stored; if not, all is as it was.
    @discardableResult
    func store(_ watches: [Watch], _ notices: [WatchNotice], of tenant: String) async -> Bool {
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
        // What is not stored is decided again in the next round, from what is.
        guard await events.commit(drafts, documents: documents, forgotten: forgotten, keeps: false) else {
            return false
        }
        for watch in changed where watch.state.isEnded && before[watch.id]?.state.isEnded != true {
            observer.watchEnded(watch.state.rawValue, tenant: tenant)
        }
        // Another caller may have stored others meanwhile.
        var current = known[tenant] ?? []
        current.removeAll { watch in forgotten.contains { $0.key == watch.id } }
        for watch in changed {
            if let place = current.firstIndex(where: { $0.id == watch.id }) {
                current[place] = watch
            } else {
                current.append(watch)
            }
        }
        known[tenant] = current
        return true
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
