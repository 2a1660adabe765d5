import Configuration
import ExchangeOnline
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Finishes, or takes back, what an earlier run of this tenant left when it was cut off.
    static let recover: Step = { run throws(RunStop) in
        let tenant = run.tenant.name
        guard let journal = try await run.reading({ try await $0.unfinishedJournal(tenant: tenant) }) else { return }
        run.surroundings.tell(tenant, "finishing run \(journal.run)")
        run.record = try? await run.reading { try await $0.run(matching: journal.run) }
        try await run.drive(ApplyEngine.start(journal))
        if let ended = run.journal, let result = ended.result {
            run.notes.append("Run \(ended.run), which was cut off, was finished first: \(ended.message)")
            if result == .applied, let plan = run.recordedPlan { try await run.remember(plan, run: ended.run) }
        }
        run.record = nil
        run.journal = nil
    }

    /// The plan that the run's record holds.
    private var recordedPlan: Plan? {
        guard let record, record.command == .apply else { return nil }
        return ShowDocument(record: record, journal: nil).plan?.plan
    }
}
