import Configuration
import ExchangeOnline
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Finishes, or rolls back, what an earlier run of this tenant left when it was cut off.
    static let recover: Step = { run throws(RunStop) in
        let tenant = run.tenant.name
        let state = try await run.reading { try await $0.standing(of: tenant) }
        if let journal = state.unfinished {
            run.environment.tell(tenant, "finishing run \(journal.run)")
            run.record = try await run.earlier(journal.run)?.record
            try await run.drive(journal, ApplyEngine.start(journal))
            try await run.checkEarlier()
            try await run.concludeEarlier()
        } else if let record = state.runs.first(where: { $0.result == nil }) {
            try await run.closeEarlier(record)
        }
        run.record = nil
        run.journal = nil
        run.passed.insert(.recovery)
    }

    /// Makes the checks that the earlier run still owes, or gives them up where a person is about to roll back.
    private mutating func checkEarlier() async throws(RunStop) {
        guard journal?.owed != nil else { return }
        if options.leavesChecks { return try await settleAll() }
        isResuming = true
        try await TenantRun.validate(&self)
        try await TenantRun.watch(&self)
        isResuming = false
    }

    /// Closes the record of a run whose process died before its first step, or after its last.
    private mutating func closeEarlier(_ earlier: RunRecord) async throws(RunStop) {
        record = earlier
        if let journal = try await reading({ try await $0.journal(run: earlier.id) }) {
            self.journal = journal
            try await close(journal)
            try await concludeEarlier()
            return
        }
        var closed = earlier
        closed.endedAt = environment.timing.now()
        closed.result = .failed
        closed.exitCode = ExitStatus.error.rawValue
        closed.message =
            earlier.command == .validateConnector
            ? "The process ended before the validation's end was recorded. Test messages may have been sent; nothing was written to the tenant."
            : "The process ended before anything was written."
        try await commit(StateChange(run: closed))
    }

    private mutating func concludeEarlier() async throws(RunStop) {
        guard let journal, let result = journal.result else { return }
        notes.append("Run \(journal.run), which was cut off, was finished first: \(journal.message)")
        // What only put drift back says nothing of the commit, and had nothing else to remember.
        guard result == .applied, journal.includesCommit != false, let earlier = try await earlier(journal.run),
            earlier.record.command == .apply
        else { return }
        let plan: Plan?
        do throws(StateStoreError) {
            plan = try earlier.plan()
        } catch {
            notes.append(
                "Commit \(journal.revision.prefix(12)) is in force, but was not remembered as applied. \(error.message) The next apply does so."
            )
            return
        }
        if let plan { try await commit(remembering(plan, run: journal.run, includesCommit: true)) }
    }

    /// A run of the history; `nil` when its process died before it was stored, or it was pruned.
    func earlier(_ id: String) async throws(RunStop) -> StoredRun? {
        try await reading { store in
            do throws(StateStoreError) {
                return try await store.run(matching: id)
            } catch .noSuchRun {
                return nil
            }
        }
    }
}
