import Configuration
import ExchangeOnline
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Remembers what is in force, once all of it is confirmed.
    static let remember: Step = { run throws(RunStop) in
        try run.refuseFailure()
        let plan = try run.known(run.plan, "the plan")
        try run.require(.clearance)
        if !plan.changes.isEmpty {
            let journal = try run.known(run.journal, "what was written")
            guard journal.isFinished else { throw run.stepMissing("whether what was written passed its checks") }
        }
        let includesCommit = run.options.scope.includesCommit
        var change = run.remembering(plan, run: run.record?.id ?? "", includesCommit: includesCommit)
        let tenant = run.tenant.name
        let standing = try await run.reading { try await $0.standing(of: tenant).quarantine }
        if standing?.outlasts(plan) == true { change.quarantine = nil }
        let message = run.messageOfNoChange(plan)
        var isKept = plan.changes.isEmpty
        if isKept && run.applied.revision == plan.revision { isKept = try await run.isNews(message) }
        if isKept {
            var record = run.newRecord(plan)
            record.endedAt = record.startedAt
            record.result = .unchanged
            record.exitCode = 0
            record.message = message
            run.record = record
            change.run = record
            change.plan = run.runPlan(plan)
        }
        try await run.commit(change)
        try await run.forgetSettledEmergencies()
        try await run.forgetAheadOver()
    }

    private static let alreadySo = "The tenant already was as the definitions say."

    /// Drift that policy only reports does not count as success, and the history says so.
    private func messageOfNoChange(_ plan: Plan) -> String {
        let drifted = plan.drift.count { !$0.accepted }
        return drifted == 0 ? Self.alreadySo : "Nothing to write; \(TenantApply.drifted(drifted))."
    }

    /// Whether the last entry of the history says something else: drift came, grew, or went.
    private func isNews(_ message: String) async throws(RunStop) -> Bool {
        let tenant = tenant.name
        let last = try await reading { try await $0.standing(of: tenant).lastRun }
        if message == Self.alreadySo { return last?.result == .unchanged && last?.message != message }
        return last?.message != message
    }

    /// What a plan says of connectors to which nothing was written, and that its commit is the one in force.
    ///
    /// - Parameter includesCommit: Whether the run with this id, which may be an earlier one, wrote what git changed.
    func remembering(_ plan: Plan, run id: String, includesCommit: Bool) -> StateChange {
        let applied = plan.recordUpdates(run: id, at: environment.timing.now())
        // What only puts drift back says nothing of the commit.
        guard includesCommit else { return StateChange(applied: applied) }
        return StateChange(applied: applied, revision: plan.revision, quarantine: .lift)
    }

    /// Ends the run when the journal did not end in success.
    func refuseFailure() throws(RunStop) {
        guard let journal, let result = journal.result, result != .applied, result != .unchanged else { return }
        throw RunStop(
            journal.exitStatus(result),
            id: journal.cause == .stale ? "plan-stale" : result.rawValue,
            journal.message,
            remedy: remedy(for: journal, result),
            cause: journal.cause,
            until: journal.until
        )
    }

    private func remedy(for journal: Journal, _ result: RunRecord.Result) -> String {
        let command = record?.command ?? .apply
        let again = [.rollback, .breakGlass].contains(command) ? "Run \(command.rawValue) again" : "Run apply again"
        if journal.cause == .stale {
            return "\(again): it plans from what the tenant is now. The commit is not to blame."
        }
        if result == .partlyApplied {
            return "`mitregate show \(journal.run)` lists each step and what is left to do by hand."
        }
        if result == .failed {
            return "\(journal.remedy.map { $0.isEmpty ? "" : "\($0) " } ?? "")\(again); the commit is not to blame."
        }
        if command == .applyAhead {
            return
                "The tenant is as it was. Push a correction to the request, or ask again with mitregate apply once the reason is gone."
        }
        if journal.isInterrupted || [.rollback, .breakGlass].contains(command) { return "\(again) when it suits." }
        if journal.includesCommit == false {
            return
                "It is not put back again: accept the deviation in git, or have it tried again with `mitregate retry`."
        }
        return "The commit is quarantined: fix it with a new commit, or try it again after `mitregate retry`."
    }
}

extension Journal {
    /// How the run ended, as its record says it: a validation that was passed and is not recorded is done in part.
    var outcome: RunRecord.Result {
        let result = result ?? .failed
        guard isOfValidation, result != .applied, result != .interrupted else { return result }
        return .partlyApplied
    }

    /// What the process exits with: a plan that turned out stale before anything was written is just that.
    func exitStatus(_ result: RunRecord.Result) -> ExitStatus {
        cause == .stale && result == .failed ? .stale : ExitStatus(result)
    }
}
