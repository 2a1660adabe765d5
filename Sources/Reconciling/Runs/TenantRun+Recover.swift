import Configuration
import ExchangeOnline
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Finishes, or takes back, what an earlier run of this tenant left when it was cut off.
    static let recover: Step = { run throws(RunStop) in
        let tenant = run.tenant.name
        if let journal = try await run.reading({ try await $0.unfinishedJournal(tenant: tenant) }) {
            run.environment.tell(tenant, "finishing run \(journal.run)")
            run.record = try? await run.reading { try await $0.run(matching: journal.run) }
            try await run.drive(ApplyEngine.start(journal))
            try await run.concludeEarlier()
        } else if let record = try await run.reading({ try await $0.runs(tenant: tenant, limit: 1).first }),
            record.result == nil
        {
            try await run.closeEarlier(record)
        }
        run.record = nil
        run.journal = nil
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
        closed.exitCode = RunRecord.Result.failed.exitCode
        closed.message = "The process ended before anything was written."
        let saved = closed
        try await reading { try await $0.saveRun(saved) }
    }

    private mutating func concludeEarlier() async throws(RunStop) {
        guard let journal, let result = journal.result else { return }
        notes.append("Run \(journal.run), which was cut off, was finished first: \(journal.message)")
        if result == .applied, let plan = recordedPlan { try await remember(plan, run: journal.run) }
    }

    /// The plan that the run's record holds.
    private var recordedPlan: Plan? {
        guard let record, record.command == .apply else { return nil }
        return ShowDocument(record: record, journal: nil).plan?.plan
    }
}
