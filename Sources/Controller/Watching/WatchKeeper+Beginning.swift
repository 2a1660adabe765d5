import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
import MailWatch
import Planning
import Reconciling
import Scheduling
import StateStore

/// How watches begin: by the history, so that a run whose process died then, or after which the tenant could not be read, is watched
/// all the same.
extension WatchKeeper {
    /// The definitions that a tenant has, as the last round found that could write them.
    struct Standing: Hashable, Sendable {
        /// Their id.
        var tree: String
        /// The runs with which the tenant is ahead of them.
        var ahead: Set<String>
    }

    /// Runs of a tenant that are looked at; no more of them end between two looks.
    private static let runLimit = 50

    /// Whether a run may have ended whose watches are still to begin.
    func owes(_ tenant: String) -> Bool { owing.contains(tenant) || catchingUp.contains(tenant) }

    /// A round has ended: the watches that its runs call for begin.
    ///
    /// - Returns: Whether mail over what the tenant has is watched, or is still to be.
    func ended(_ report: RoundReport, of managed: ManagedTenant) async -> Bool {
        let (tenant, outcome) = (managed.tenant.name, report.outcome)
        switch outcome.live {
        case .unmoved, .moved: break  // a cheap round has no run
        case .read, .unknown, .notAsked: owing.insert(tenant)
        }
        if report.mayApply, let tree = outcome.tree, outcome.result == .applied || outcome.result == .inSync {
            standings[tenant] = Standing(tree: tree, ahead: Set((outcome.ahead ?? []).map(\.run.run)))
        }
        await catchUp(managed)
        guard let tree = outcome.tree, !owes(tenant), let watches = await recall(tenant) else {
            return await hasWork(tenant)
        }
        return watches.contains { $0.tree == tree && (!$0.state.isEnded || $0.isUntold) }
    }

    /// A run of a tenant has ended that was no round's.
    func endedRun(of managed: ManagedTenant) async {
        owing.insert(managed.tenant.name)
        await catchUp(managed)
    }

    /// Begins the watches that are still to begin; what cannot be done now is done at the next look.
    func catchUp(_ managed: ManagedTenant) async {
        let tenant = managed.tenant.name
        guard owing.contains(tenant), catchingUp.insert(tenant).inserted else { return }
        // A run that ends meanwhile is owed again.
        owing.remove(tenant)
        if await !isCaughtUp(managed) { owing.insert(tenant) }
        catchingUp.remove(tenant)
    }

    private func isCaughtUp(_ managed: ManagedTenant) async -> Bool {
        let tenant = managed.tenant.name
        guard let watches = await recall(tenant) else { return false }
        do throws(StateStoreError) {
            for run in try await runs(of: managed, after: begun[tenant] ?? watches.map(\.run).max()) {
                guard try await begin(after: run, of: managed) else { return false }
                begun[tenant] = run.id
            }
        } catch {
            environment.logger.warning(
                """
                \(tenant): whether its last runs are watched could not be told, which is tried again at the next look. \
                \(error.message)
                """,
                metadata: ["tenant": "\(tenant)"]
            )
            return false
        }
        return await carry(tenant)
    }

    /// What was written and is young enough to be watched, oldest first.
    private func runs(
        of managed: ManagedTenant,
        after last: String?
    ) async throws(StateStoreError) -> [RunRecord] {
        var query = RunQuery(tenant: managed.tenant.name, limit: Self.runLimit)
        query.commands = [.apply, .applyAhead]
        query.results = [.applied, .partlyApplied]
        let length = Double(managed.tenant.watch.length.components.seconds)
        let oldest = environment.timing.now().addingTimeInterval(-length)
        return try await environment.store.runs(query).filter { run in
            run.id > last ?? "" && run.endedAt ?? run.startedAt > oldest
        }.reversed()
    }

    /// Begins the watches that a finished run calls for, and ends those that it supersedes.
    ///
    /// - Returns: Whether that is done; not where the tenant cannot be read now, or nothing be stored.
    private func begin(after run: RunRecord, of managed: ManagedTenant) async throws(StateStoreError) -> Bool {
        let (tenant, settings) = (managed.tenant.name, managed.tenant.watch)
        guard let journal = try await environment.store.journal(run: run.id) else { return true }
        let written = Set(
            journal.steps.filter { $0.state == .confirmed }.map {
                ConnectorKey(kind: $0.write.kind, name: $0.write.name)
            }
        )
        let isOver = await recall(tenant)?.contains { $0.state.isReading && written.contains($0.object) } ?? true
        guard settings.mail == .trace || isOver else { return true }
        let tree = try await tree(of: run)
        let applied = try await environment.store.state(of: tenant).applied.connectors
        guard let (observed, told) = await read(managed, rules: journal.ruleNames) else {
            environment.logger.warning(
                "\(tenant): run \(run.id) is not watched yet, as the tenant cannot be read. It is tried again at the next look.",
                metadata: ["tenant": "\(tenant)", "run": "\(run.id)"]
            )
            return false
        }
        guard var watches = await recall(tenant) else { return false }
        let now = told ?? environment.timing.now()
        var notices: [WatchNotice] = []
        var inherited: [ConnectorKey: String] = [:]
        for index in watches.indices where written.contains(watches[index].object) {
            if watches[index].state.isReading { inherited[watches[index].object] = watches[index].tree }
            notices += watches[index].handle(.superseded(run: run.id), at: now)
        }
        if settings.mail == .trace {
            let age = run.endedAt.map { environment.timing.now().timeIntervalSince($0) } ?? 0
            let start = WatchStart(
                // From the run's end, however late this is.
                appliedAt: now.addingTimeInterval(-max(0, age)),
                policy: WatchPolicy(
                    length: Double(settings.length.components.seconds),
                    settle: Double(settings.settle.components.seconds),
                    onRegression: settings.onRegression
                ),
                newID: { RunID.make(now: now) },
                newKey: { (0..<32).map { _ in UInt8.random(in: 0...255) } }
            )
            for var watch in start.watches(of: journal, in: observed) {
                // A later run, such as a rollback by hand, wrote it again before this could begin.
                if applied.contains(where: { $0.key == watch.object && $0.run > run.id }) { continue }
                watch.tree = tree ?? inherited[watch.object]
                watches.append(watch)
            }
        }
        return await store(watches, notices, of: tenant)
    }

    /// The definitions that a run wrote; `nil` for a run that only put back what others had changed.
    private func tree(of run: RunRecord) async throws(StateStoreError) -> String? {
        let stored = try await environment.store.run(matching: run.id)
        guard let plan = try? stored.plan(), plan.changes.contains(where: { $0.cause != .drift }) else { return nil }
        return plan.tree
    }

    /// What is watched stands for the definitions that the tenant has now: others get with these what earlier ones changed.
    ///
    /// - Returns: Whether that is stored.
    private func carry(_ tenant: String) async -> Bool {
        guard let standing = standings[tenant] else { return true }
        guard var watches = await recall(tenant) else { return false }
        for index in watches.indices where !watches[index].state.isEnded {
            let watch = watches[index]
            // What a later run wrote over is only taken back still, or found to be changed.
            let isOver = watches.contains { $0.object == watch.object && $0.run > watch.run }
            if !isOver && !standing.ahead.contains(watch.run) { watches[index].tree = standing.tree }
        }
        guard await store(watches, [], of: tenant) else { return false }
        if standings[tenant] == standing { standings[tenant] = nil }
        return true
    }
}
