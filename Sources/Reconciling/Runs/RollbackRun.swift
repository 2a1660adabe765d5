package import Configuration
package import Connectors
import ExchangeOnline
import FoundationEssentials
package import Planning
package import Reports
import StateStore

/// Restoring what an earlier run touched: only that, in reverse order, never over someone else's later change.
package struct RollbackRun: Sendable {
    /// The run that is rolled back.
    package let earlier: RunRecord
    private let managed: ManagedTenant
    private let reconciler: Reconciler
    private let consent: Consent
    /// Only these objects are restored; `nil`: all that the run touched.
    private let objects: Set<ConnectorKey>?
    /// The id that the new run is to have; `nil`: a new one.
    private let id: String?
    /// Why the commit is quarantined; `nil`: a person asked.
    private let reason: String?

    /// What the person who asks has agreed to beforehand.
    package struct Consent: Hashable, Sendable {
        /// Restore the rest where someone else has changed some of it since.
        package var skipsChanged = false
        /// Restore even where what was before is less secure than what is now.
        package var acceptsWeaker = false

        package init(skipsChanged: Bool = false, acceptsWeaker: Bool = false) {
            self.skipsChanged = skipsChanged
            self.acceptsWeaker = acceptsWeaker
        }
    }

    package var tenant: String { managed.tenant.name }

    /// Finds the run in the store and its tenant in the configuration.
    ///
    /// - Parameters:
    ///   - prefix: The run's id, or the beginning of it where only one run begins so.
    ///   - objects: Restores only these of what it touched.
    ///   - id: The id that the new run is to have, where that was stored before.
    ///   - reason: Why, for the commit's quarantine; `nil`: a person asked.
    package static func find(
        _ prefix: String,
        _ environment: RunEnvironment,
        consent: Consent = Consent(),
        objects: Set<ConnectorKey>? = nil,
        id: String? = nil,
        reason: String? = nil
    ) async throws -> RollbackRun {
        let record = try await environment.store.run(matching: prefix).record
        guard let managed = environment.configuration.tenants.first(where: { $0.tenant.name == record.tenant }) else {
            throw RunStop(
                .error,
                id: "tenant-unknown",
                "Run \(record.id) is of tenant \"\(record.tenant)\", which \(environment.configuration.file) does not have.",
                remedy: "Use the configuration that the run was made with."
            )
        }
        return RollbackRun(
            earlier: record,
            managed: managed,
            reconciler: Reconciler(environment),
            consent: consent,
            objects: objects,
            id: id,
            reason: reason
        )
    }

    /// Finds what a commit's runs changed in several tenants: for each the runs that wrote something, newest first.
    ///
    /// - Parameter revision: The commit's id, or the beginning of it, in lower-case hex digits.
    package static func find(
        revision: String,
        of tenants: [ManagedTenant],
        _ environment: RunEnvironment,
        consent: Consent = Consent()
    ) async throws -> [[RollbackRun]] {
        var query = RunQuery(tenants: tenants.map(\.tenant.name), limit: maximumRuns)
        query.revision = revision
        query.commands = [.apply, .applyAhead]
        let records = try await environment.store.runs(query)
        let commits = Set(records.map(\.revision))
        guard commits.count == 1, records.count < maximumRuns else {
            let shown = commits.sorted().prefix(5).map { String($0.prefix(12)) }.joined(separator: ", ")
            throw RunStop(
                .error,
                id: commits.isEmpty ? "commit-unknown" : "commit-ambiguous",
                commits.isEmpty
                    ? "No run of these tenants applied a commit that begins with \(revision)."
                    : commits.count == 1
                        ? "More than \(maximumRuns) runs applied commit \(shown)."
                        : "Several commits begin with \(revision): \(shown).",
                remedy: commits.count > 1
                    ? "Give more of its digits."
                    : "`mitregate history` lists the runs with their commits; name fewer tenants with --tenant."
            )
        }
        let reconciler = Reconciler(environment)
        var runs: [String: [RollbackRun]] = [:]
        for record in records.sorted(by: { $0.id > $1.id }) {
            guard let managed = tenants.first(where: { $0.tenant.name == record.tenant }),
                try await environment.store.journal(run: record.id) != nil
            else { continue }
            runs[record.tenant, default: []].append(
                RollbackRun(
                    earlier: record,
                    managed: managed,
                    reconciler: reconciler,
                    consent: consent,
                    objects: nil,
                    id: nil,
                    reason: "Commit \(record.revision.prefix(12)) was rolled back by hand."
                )
            )
        }
        return tenants.compactMap { runs[$0.tenant.name] }
    }

    private static var maximumRuns: Int { 20_000 }

    /// How many tenants are rolled back at once.
    package static var window: Int { Reconciler.window }

    /// Finishes what was cut off in the tenant, and works out what would be restored; no lease is held afterwards.
    ///
    /// - Throws: Why it cannot be done.
    package func plan() async throws(RunStop) -> Plan {
        if let stop = await reconciler.finishUnfinished([managed], leavesChecks: true)[tenant] { throw stop }
        var run = reconciler.run(of: managed)
        defer { run.environment.tell(tenant, nil) }
        return try await run.rollback(of: earlier, consent, objects).plan
    }

    /// Writes and reads back, under a lease of its own.
    ///
    /// - Parameter expected: What a person saw; where it does not come out again, nothing is written.
    package func perform(expecting expected: Plan? = nil) async -> ApplyDocument {
        ApplyDocument(tenants: [await ending(expecting: expected).outcome])
    }

    /// The same, with the cause of its end.
    package func ending(expecting expected: Plan? = nil) async -> RunEnding {
        let (earlier, consent, objects, reason) = (earlier, consent, objects, reason)
        let restore: TenantRun.Step = { run throws(RunStop) in
            try await run.restore(earlier, consent, objects, because: reason, expecting: expected)
        }
        var options = TenantRun.Options()
        options.leavesChecks = true
        options.runID = id
        return await reconciler.run(managed, TenantRun.recovering + [restore], options: options)
    }
}

extension TenantRun {
    /// What restoring an earlier run would write to the tenant as it is now.
    fileprivate mutating func rollback(
        of earlier: RunRecord,
        _ consent: RollbackRun.Consent,
        _ objects: Set<ConnectorKey>?
    ) async throws(RunStop) -> Rollback {
        let name = tenant.name
        applied = try await reading { try await $0.state(of: name).applied }
        guard earlier.command != .validateConnector else {
            throw RunStop(
                .error,
                id: "nothing-to-restore",
                "Run \(earlier.id) had Exchange validate a connector of \(name) and changed no setting, so there is nothing to restore.",
                remedy: "`mitregate history` lists the runs; those that were applied wrote something."
            )
        }
        guard let journal = try await reading({ try await $0.journal(run: earlier.id) }) else {
            throw RunStop(
                .error,
                id: "nothing-to-restore",
                "Run \(earlier.id) wrote nothing to \(name), so there is nothing to restore.",
                remedy: "`mitregate history` lists the runs; those that were applied wrote something."
            )
        }
        try await TenantRun.observe(&self)
        let now = environment.timing.now()
        let rollback = Rollback(
            run: id,
            of: journal,
            observed: try known(observed, "the tenant's state"),
            applied: applied,
            policy: tenant.policy,
            at: now,
            objects: objects
        )
        guard rollback.refusals.isEmpty || consent.skipsChanged else {
            throw RunStop(
                .held,
                id: "changed-since",
                "Run \(earlier.id) cannot be rolled back: \(rollback.refusals.joined(separator: " ")) Nothing was written.",
                remedy: """
                    Settle these by hand or in git, as what someone else changed later is never overwritten; or restore \
                    the rest with --skip-changed.
                    """
            )
        }
        guard !rollback.plan.changes.isEmpty else {
            throw RunStop(
                .error,
                id: "nothing-to-restore",
                "Everything that run \(earlier.id) touched is as it was before it, so there is nothing to restore.",
                remedy: "`mitregate history` lists the runs."
            )
        }
        if !consent.acceptsWeaker, let stop = RunStop(weakening: rollback.plan, of: earlier.id) { throw stop }
        return rollback
    }

    /// Restores, and quarantines the commit that would do it all again.
    fileprivate mutating func restore(
        _ earlier: RunRecord,
        _ consent: RollbackRun.Consent,
        _ objects: Set<ConnectorKey>?,
        because reason: String?,
        expecting expected: Plan?
    ) async throws(RunStop) {
        let rollback = try await rollback(of: earlier, consent, objects)
        if let expected, expected.planDigest != rollback.plan.planDigest {
            throw RunStop(
                .stale,
                id: "plan-stale",
                Staleness(of: expected, against: rollback.plan).sentence,
                remedy: "Run rollback again, and look at what it shows now."
            )
        }
        let record = RunRecord(
            id: rollback.journal.run,
            tenant: tenant.name,
            command: .rollback,
            revision: earlier.revision,
            startedAt: environment.timing.now(),
            author: earlier.author,
            subject: earlier.subject,
            startedBy: environment.startedBy,
            startedFrom: environment.startedFrom,
            reason: reason
        )
        self.record = record
        let (quarantine, former) = try await quarantine(by: record, rollback.journal, of: earlier)
        var journal = rollback.journal
        journal.former = Journal.Former(quarantine: former)
        // Stored together, so that a process that dies meanwhile leaves all of it behind.
        try await commit(
            StateChange(
                journal: journal,
                quarantine: quarantine.map { .set($0) },
                run: record,
                plan: RunPlan(plan: rollback.plan)
            )
        )
        try await drive(
            journal,
            ApplyEngine.start(journal, plannedFrom: observed, at: environment.timing.now())
        )
        try refuseFailure()
        guard rollback.refusals.isEmpty else {
            throw RunStop(
                .partlyApplied,
                id: "partly-restored",
                "The rest was restored. Left as it is, because someone changed it since: \(rollback.refusals.joined(separator: " "))",
                remedy: "Settle these by hand or in git."
            )
        }
    }

    /// What is to be quarantined before anything is restored.
    ///
    /// The commit that was tried last is what the next apply would try again. Unless it is held, that apply would do again
    /// what is rolled back here.
    ///
    /// - Returns: The new quarantine, `nil` where nothing would do it again; and the one that there was before.
    private func quarantine(
        by record: RunRecord,
        _ journal: Journal,
        of earlier: RunRecord
    ) async throws(RunStop) -> (new: Quarantine?, former: Quarantine?) {
        let former = try await reading { try await $0.standing(of: record.tenant).quarantine }
        // An emergency is a person's alone: no commit would switch the connector off again.
        guard earlier.command != .breakGlass else { return (nil, former) }
        var new = Quarantine(
            tenant: record.tenant,
            revision: try await triedLast() ?? record.revision,
            run: record.id,
            reason: record.reason ?? "Run \(earlier.id) was rolled back by hand.",
            since: record.startedAt
        )
        if earlier.command == .applyAhead {
            // What was not merged is in no commit of the branch.
            guard let commit = try await merged(earlier.id) else { return (nil, former) }
            new.revision = commit
        }
        if journal.includesCommit == false {
            // The next correction would do it again, and no commit.
            new.revision = applied.revision ?? record.revision
            new.holdsCorrections = true
        }
        return (new, former)
    }

    /// The commit that was tried last; what only put drift back tried none.
    private func triedLast() async throws(RunStop) -> String? {
        var query = RunQuery(tenant: tenant.name, limit: 50)
        query.commands = [.apply]
        for run in try await reading({ [query] in try await $0.runs(query) }) {
            let journal = try await reading { try await $0.journal(run: run.id) }
            if journal?.includesCommit != false { return run.revision }
        }
        return nil
    }
}

extension RunStop {
    /// A rollback that would leave the tenant less secure than it is; `nil` where it would not.
    fileprivate init?(weakening plan: Plan, of run: String) {
        let risky = plan.changes.filter { $0.risk == .high }
        guard !risky.isEmpty else { return nil }
        let told = risky.prefix(3).map { change in
            let risk = change.risks.first { $0.level == .high }
            return "\(change.action) \(change.key): \(risk?.message ?? "high risk")"
        }
        let more = risky.count > 3 ? " And \(risky.count - 3) more." : ""
        self.init(
            .held,
            id: "rollback-weakens",
            "Rolling back run \(run) would weaken security. \(told.joined(separator: " "))\(more) Nothing was written.",
            remedy: "If that is meant, give --accept-weaker."
        )
    }
}
