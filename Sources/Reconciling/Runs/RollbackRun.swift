import Configuration
import Connectors
import ExchangeOnline
package import Planning
package import Reports
import StateStore

/// Taking back an earlier run: only what it touched, in reverse order, never over somebody else's later change.
package struct RollbackRun: Sendable {
    /// The run that is taken back.
    private let earlier: String
    private let revision: String
    private var run: TenantRun
    private var rollback: Rollback?

    /// What will be written; empty before `prepare`.
    package var plan: Plan? { rollback?.plan }
    package var tenant: String { run.tenant.name }
    package var earlierRun: String { earlier }

    /// Finds the run in the store and its tenant in the configuration.
    package static func find(_ prefix: String, _ environment: RunEnvironment) async throws -> RollbackRun {
        let record = try await environment.store.run(matching: prefix)
        guard let entry = environment.configuration.tenants.first(where: { $0.tenant.name == record.tenant }) else {
            throw RunStop(
                .error,
                id: "tenant-unknown",
                "Run \(record.id) is of tenant \"\(record.tenant)\", which \(environment.configuration.file) does not have.",
                remedy: "Use the configuration that the run was made with."
            )
        }
        let run = TenantRun(
            environment: environment,
            shared: SharedResources(environment),
            pass: Pass(environment),
            of: entry
        )
        return RollbackRun(earlier: record.id, revision: record.revision, run: run)
    }

    private init(earlier: String, revision: String, run: TenantRun) {
        self.earlier = earlier
        self.revision = revision
        self.run = run
    }

    /// Claims the tenant, finishes what was cut off in it, and works out what is to be restored.
    ///
    /// - Returns: Why it cannot be done; `nil` when it can.
    package mutating func prepare() async -> RunStop? {
        if let stop = await run.perform([TenantRun.claim, TenantRun.recover]) { return stop }
        do throws(RunStop) {
            let (id, tenant) = (earlier, run.tenant.name)
            run.applied = try await run.reading { try await $0.applied(tenant: tenant) }
            guard let journal = try await run.reading({ try await $0.journal(run: id) }) else {
                throw RunStop(
                    .error,
                    id: "nothing-to-restore",
                    "Run \(id) wrote nothing to \(tenant), so there is nothing to restore.",
                    remedy: "`mitregate history` lists the runs; those that were applied wrote something."
                )
            }
            try await TenantRun.observe(&run)
            guard let observed = run.observed else { throw .interrupted }
            let now = run.environment.timing.now()
            let rollback = Rollback(
                run: RunID.make(now: now),
                of: journal,
                observed: observed,
                applied: run.applied,
                policy: TenantPolicy(run.tenant),
                at: now
            )
            guard rollback.refusals.isEmpty else {
                throw RunStop(
                    .held,
                    id: "changed-since",
                    "Run \(id) cannot be taken back: \(rollback.refusals.joined(separator: " ")) Nothing was written.",
                    remedy: "Settle these by hand or in git; what somebody else changed later is never overwritten."
                )
            }
            self.rollback = rollback
            return nil
        } catch {
            return error
        }
    }

    package var hasWork: Bool { rollback?.journal.steps.isEmpty == false }

    /// Writes, reads back, and gives the lease back.
    package mutating func perform() async -> ApplyDocument {
        let stop = await write()
        await run.release()
        return ApplyDocument(tenants: [run.ended(stop)])
    }

    /// Restores, and quarantines the commit that would do it all again.
    private mutating func write() async -> RunStop? {
        guard let rollback, hasWork else { return nil }
        do throws(RunStop) {
            let now = run.environment.timing.now()
            let entry = TenantPlan(plan: rollback.plan, judgements: nil, exitStatus: .done)
            let record = RunRecord(
                id: rollback.journal.run,
                tenant: run.tenant.name,
                command: .rollback,
                revision: revision,
                startedAt: now,
                plan: entry.stored
            )
            run.record = record
            try await run.reading { try await $0.saveRun(record) }
            let former = try await quarantine(by: record)
            try await run.drive(ApplyEngine.start(rollback.journal))
            if run.journal?.result == .rolledBack || run.journal?.result == .interrupted {
                try await lift(insteadHaving: former)
            }
            try run.refuseFailure()
            return nil
        } catch {
            return error
        }
    }

    /// Before anything is restored, so that a process that dies meanwhile leaves it behind.
    ///
    /// The commit that was tried last is what the next apply would try again. Unless it is held, that apply would do anew
    /// what is taken back here, whichever run's it was.
    ///
    /// - Returns: The quarantine that there was before.
    private func quarantine(by record: RunRecord) async throws(RunStop) -> Quarantine? {
        let earlier = earlier
        return try await run.reading { store in
            let runs = try await store.runs(tenant: record.tenant, limit: 100)
            let former = try await store.quarantine(tenant: record.tenant)
            try await store.saveQuarantine(
                Quarantine(
                    tenant: record.tenant,
                    revision: runs.first { $0.command == .apply }?.revision ?? record.revision,
                    run: record.id,
                    reason: "Run \(earlier) was taken back by hand.",
                    since: record.startedAt
                )
            )
            return former
        }
    }

    /// For a rollback that was itself undone.
    private func lift(insteadHaving former: Quarantine?) async throws(RunStop) {
        let tenant = run.tenant.name
        try await run.reading { store in
            if let former {
                try await store.saveQuarantine(former)
            } else {
                try await store.clearQuarantine(tenant: tenant)
            }
        }
    }

    package func abandon() async { await run.release() }
}
