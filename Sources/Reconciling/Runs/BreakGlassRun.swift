package import Configuration
package import Connectors
import Definitions
import ExchangeOnline
package import FoundationEssentials
package import Planning
package import Reports
import StateStore
import YAML

/// An emergency: connectors or rules are switched off by a person's word, or on again, by the engine's ordinary path, and stay
/// so until git says so too or the time ends.
package struct BreakGlassRun: Sendable {
    private let managed: ManagedTenant
    private let reconciler: Reconciler
    private let wish: Wish

    /// What the person wants.
    package struct Wish: Hashable, Sendable {
        package var action: EmergencyPlanner.Action
        /// The slug; where several kinds have it, all of them are meant.
        package var name: String
        /// Only of this kind; `nil`: of any.
        package var kind: ConnectorKind?
        package var reason: String
        /// Until when it is not put back; it has no meaning when the connector is enabled again.
        package var until: Date

        package init(
            _ action: EmergencyPlanner.Action,
            name: String,
            kind: ConnectorKind? = nil,
            reason: String,
            until: Date
        ) {
            self.action = action
            self.name = name
            self.kind = kind
            self.reason = reason
            self.until = until
        }
    }

    package init(_ wish: Wish, in managed: ManagedTenant, _ reconciler: Reconciler) {
        self.wish = wish
        self.managed = managed
        self.reconciler = reconciler
    }

    /// Finishes what was cut off in the tenant, and works out what would be written; no lease is held afterwards.
    ///
    /// - Throws: Why it cannot be done.
    package func plan() async throws(RunStop) -> Plan {
        if let stop = await reconciler.finishUnfinished([managed], leavesChecks: true)[managed.tenant.name] {
            throw stop
        }
        var run = reconciler.run(of: managed)
        defer { run.environment.tell(managed.tenant.name, nil) }
        return try await run.emergency(wish).plan
    }

    /// Writes and reads back, under a lease of its own.
    ///
    /// - Parameter expected: What the person saw; where it does not come out again, nothing is written.
    package func perform(expecting expected: Plan? = nil) async -> BreakGlassDocument {
        let wish = wish
        let step: TenantRun.Step = { run throws(RunStop) in try await run.carryOut(wish, expecting: expected) }
        var options = TenantRun.Options()
        options.leavesChecks = true
        var outcome = await reconciler.run(managed, TenantRun.recovering + [step], options: options).outcome
        var own: [BreakGlass] = []
        if wish.action == .disable, outcome.exitStatus == .done {
            do throws(StateStoreError) {
                own = try await reconciler.environment.store.emergencies(of: managed.tenant.name).filter {
                    $0.connector.name == wish.name && (wish.kind ?? $0.connector.kind) == $0.connector.kind
                }
            } catch {
                let stop = RunStop.withoutPatch(wish, in: managed.tenant.name, error)
                (outcome.exitStatus, outcome.error) = (stop.status, stop.entry)
            }
        }
        return BreakGlassDocument(
            action: wish.action,
            outcome: outcome,
            emergencies: own,
            folder: managed.tenant.path
        )
    }
}

extension TenantRun {
    /// What a wish comes to in the tenant as it is now.
    fileprivate struct Emergency {
        var plan: Plan
        var policy: TenantPolicy
        /// What was written last to the connectors that are meant.
        var connectors: [AppliedConnector]
    }

    fileprivate mutating func emergency(_ wish: BreakGlassRun.Wish) async throws(RunStop) -> Emergency {
        let name = tenant.name
        applied = try await reading { try await $0.state(of: name).applied }
        let connectors = applied.connectors.filter { connector in
            connector.key.name == wish.name && (wish.kind ?? connector.key.kind) == connector.key.kind
        }
        guard !connectors.isEmpty else { throw .notManaged(wish, in: name, applied) }
        if wish.action == .enable {
            let held = try await emergencies().map(\.connector)
            guard connectors.contains(where: { held.contains($0.key) }) else { throw .notDisabled(wish, in: name) }
        }
        try await TenantRun.observe(&self)
        let observed = try known(observed, "the tenant's state")
        let there = Set(observed.connectors.map(\.guid))
        if let gone = connectors.first(where: { !there.contains($0.guid) }) {
            throw RunStop(
                .held,
                id: "connector-gone",
                "\(gone.key) (\"\(gone.displayName.escapingControls)\") is gone from \(name), so it cannot be switched. Nothing was written.",
                remedy: "See who removed it: mitregate drift --tenant \(name)"
            )
        }
        let plan = EmergencyPlanner.plan(
            wish.action,
            of: connectors,
            tenant: name,
            revision: applied.revision ?? String(repeating: "0", count: 40),
            observed: observed,
            reason: wish.reason,
            policy: tenant.policy,
            now: environment.timing.now()
        )
        if let guardian = plan.guards.first {
            throw RunStop(
                .held,
                id: guardian.id,
                "It cannot be done in an emergency: \(guardian.message) Nothing was written.",
                remedy: "Name what the message names as well, or change it in git.",
                cause: .guarded
            )
        }
        return Emergency(plan: plan, policy: EmergencyPlanner.policy(tenant.policy), connectors: connectors)
    }

    fileprivate mutating func carryOut(_ wish: BreakGlassRun.Wish, expecting expected: Plan?) async throws(RunStop) {
        let emergency = try await emergency(wish)
        if let expected, expected.planDigest != emergency.plan.planDigest {
            throw RunStop(
                .stale,
                id: "plan-stale",
                Staleness(of: expected, against: emergency.plan).sentence,
                remedy: "Run it again, and look at what it shows now."
            )
        }
        let now = environment.timing.now()
        var record = RunRecord(
            id: id,
            tenant: tenant.name,
            command: .breakGlass,
            revision: emergency.plan.revision,
            startedAt: now,
            startedBy: environment.startedBy,
            startedFrom: environment.startedFrom,
            reason: "\(wish.action.rawValue) \(wish.name): \(wish.reason)"
        )
        let keys = emergency.connectors.map(\.key)
        var change = StateChange()
        if wish.action == .disable {
            change.emergencies = emergency.connectors.map { word(for: $0, wish, record.id, now) }
        }
        guard !emergency.plan.changes.isEmpty else {
            record.endedAt = now
            record.result = .unchanged
            record.exitCode = 0
            record.message =
                wish.action == .disable ? "It was disabled already, and stays so." : "It was enabled already."
            self.record = record
            change.run = record
            if wish.action == .enable { change.emergenciesOver = keys }
            return try await commit(change)
        }
        var journal = try steps(of: emergency, record, now)
        journal.former = Journal.Former(emergencies: try await emergencies().filter { keys.contains($0.connector) })
        self.record = record
        change.run = record
        change.plan = RunPlan(plan: emergency.plan)
        // With the words, before anything is written: whoever goes on, should this process end in between, finds all of it.
        change.journal = journal
        try await commit(change)
        try await drive(journal, ApplyEngine.start(journal, plannedFrom: observed, at: now))
        try refuseFailure()
    }

    private func steps(of emergency: Emergency, _ record: RunRecord, _ now: Date) throws(RunStop) -> Journal {
        let observed = try known(observed, "the tenant's state")
        let journal: Journal
        do throws(PlanRefusal) {
            journal = try ApplyEngine.journal(
                run: record.id,
                plan: emergency.plan,
                observed: observed,
                applied: applied,
                policy: emergency.policy,
                isAttended: true,
                at: now
            )
        } catch {
            throw RunStop(error)
        }
        return EmergencyPlanner.keepingMemory(journal, of: emergency.connectors)
    }

    private func word(
        for connector: AppliedConnector,
        _ wish: BreakGlassRun.Wish,
        _ run: String,
        _ now: Date
    ) -> BreakGlass {
        let owner = [environment.startedBy, environment.startedFrom].compactMap { $0 }.joined(separator: " on ")
        return BreakGlass(
            tenant: tenant.name,
            connector: connector.key,
            displayName: connector.displayName,
            owner: owner.isEmpty ? "an operator" : owner,
            reason: wish.reason,
            since: now,
            until: wish.until,
            run: run
        )
    }

    /// The words that stand for the tenant.
    func emergencies() async throws(RunStop) -> [BreakGlass] {
        let name = tenant.name
        return try await reading { try await $0.emergencies(of: name) }
    }

    /// Forgets emergencies of which nothing is left to say.
    func forgetSettledEmergencies() async throws(RunStop) {
        let words = try await emergencies()
        guard !words.isEmpty, let desired = definitions?.desired, let observed else { return }
        let (connectors, now) = (applied.connectors, environment.timing.now())
        var change = StateChange()
        change.emergenciesOver = words.filter { $0.isOver(desired, observed, connectors, at: now) }.map(\.connector)
        if !change.emergenciesOver.isEmpty { try await commit(change) }
    }
}

extension RunStop {
    fileprivate static func notManaged(
        _ wish: BreakGlassRun.Wish,
        in tenant: String,
        _ applied: AppliedTenant
    ) -> RunStop {
        let names = Array(Set(applied.connectors.map(\.key.name))).sorted()
        let question = Nearest.question(wish.name, among: names)
        return RunStop(
            .usage,
            id: "name-unknown",
            "Nothing of the name \"\(wish.name.escapingControls)\" was ever applied to \(tenant), and only what is managed is switched.",
            remedy: question
                ?? (names.isEmpty
                    ? "Use the Exchange admin center for what Mitregate does not manage."
                    : "Managed there: \(names.prefix(20).joined(separator: ", ")).")
        )
    }

    /// It is done, and what the repository needs so that it stays so could not be told.
    fileprivate static func withoutPatch(
        _ wish: BreakGlassRun.Wish,
        in tenant: String,
        _ error: StateStoreError
    ) -> RunStop {
        RunStop(
            .error,
            id: "patch-missing",
            "\(wish.name.escapingControls) in \(tenant) is disabled, but the patch for git could not be made. "
                + error.message,
            remedy:
                "Once the store can be read, run the same command again: it writes nothing more, and prints the patch.",
            cause: .storeFailed
        )
    }

    fileprivate static func notDisabled(_ wish: BreakGlassRun.Wish, in tenant: String) -> RunStop {
        RunStop(
            .usage,
            id: "not-disabled",
            "\(wish.name.escapingControls) in \(tenant) is not disabled by break-glass, so there is nothing to undo.",
            remedy: "What git says of it is brought about by: mitregate apply --tenant \(tenant)"
        )
    }
}
