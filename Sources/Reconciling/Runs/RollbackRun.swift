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
    package static func find(_ prefix: String, _ surroundings: Surroundings) async throws -> RollbackRun {
        let record = try await surroundings.store.run(matching: prefix)
        guard let entry = surroundings.configuration.tenants.first(where: { $0.tenant.name == record.tenant }) else {
            throw RunStop(
                .error,
                id: "tenant-unknown",
                "Run \(record.id) is of tenant \"\(record.tenant)\", which \(surroundings.configuration.file) does not have.",
                remedy: "Use the configuration that the run was made with."
            )
        }
        let run = TenantRun(
            surroundings: surroundings,
            workshop: Workshop(surroundings),
            source: entry.source,
            tenant: entry.tenant
        )
        return RollbackRun(earlier: record.id, revision: record.revision, run: run)
    }

    /// Takes back what a run that holds its tenant's lease has just written.
    init(taking journal: Journal, back run: TenantRun) {
        self.init(earlier: journal.run, revision: journal.revision, run: run)
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
        return await prepareRestoration()
    }

    /// Reads the tenant and compares it with the journal of the run to take back.
    mutating func prepareRestoration() async -> RunStop? {
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
            let now = run.surroundings.timing.now()
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
        let stop = await write(because: "Run \(earlier) was taken back by hand.")
        await run.release()
        return ApplyDocument(tenants: [run.ended(stop)])
    }

    /// Restores, and quarantines the commit whose run is taken back.
    mutating func write(because reason: String) async -> RunStop? {
        guard let rollback, hasWork else { return nil }
        do throws(RunStop) {
            let now = run.surroundings.timing.now()
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
            try await run.drive(ApplyEngine.start(rollback.journal))
            let quarantine = Quarantine(
                tenant: run.tenant.name,
                revision: revision,
                run: record.id,
                reason: reason,
                since: now
            )
            try await run.reading { try await $0.saveQuarantine(quarantine) }
            try run.refuseFailure()
            return nil
        } catch {
            return error
        }
    }

    package func abandon() async { await run.release() }
}
