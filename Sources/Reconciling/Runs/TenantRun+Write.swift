import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import Reports
import StateStore
import TLSGate

extension TenantRun {
    /// Ends the run while a guard or the gate holds the plan.
    static let refuseUnlessClear: Step = { run throws(RunStop) in
        guard let plan = run.plan else { return }
        if plan.isOfWorkingTree {
            throw RunStop(
                .held,
                id: "working-tree",
                "A plan of files that are not committed cannot be applied.",
                remedy: "Commit them, and plan again."
            )
        }
        let verdict = run.judgements.map(\.decision).joined
        if verdict == .block && !plan.changes.isEmpty {
            throw RunStop(
                .blocked,
                id: "gate-blocked",
                "The TLS gate blocks the plan: mail would not be delivered. Nothing was written.",
                remedy: "Mend what the findings name, or record a Waiver for a finding that you accept."
            )
        }
        let guards = plan.guards.filter { !(run.options.isAttended && $0.holdsUnattendedOnly) }
        if let first = guards.first, !plan.changes.isEmpty || first.id.hasPrefix("source-") {
            throw RunStop(
                .held,
                id: first.id,
                "The plan is held: \(first.message) Nothing was written.",
                remedy: guards.count > 1 ? "There are \(guards.count - 1) more guards; the plan lists all of them." : ""
            )
        }
        if verdict >= .approve && !plan.changes.isEmpty {
            throw RunStop(
                .held,
                id: verdict == .hold ? "gate-undecided" : "gate-approval",
                verdict == .hold
                    ? "The TLS gate could not judge every partner now. Nothing was written."
                    : "The TLS gate wants a person to accept its findings. Nothing was written.",
                remedy: verdict == .hold
                    ? "Try again later; the findings say when and what would change the verdict."
                    : "Accept them with a Waiver in git, or mend what they name."
            )
        }
    }

    /// Carries out the plan, step by step, each journaled before it is sent and read back after.
    static let write: Step = { run throws(RunStop) in
        guard let plan = run.plan, let observed = run.observed, !plan.changes.isEmpty else { return }
        let record = run.newRecord(plan)
        let journal: Journal
        do throws(PlanRefusal) {
            journal = try ApplyEngine.journal(
                run: record.id,
                plan: plan,
                observed: observed,
                applied: run.applied,
                policy: TenantPolicy(run.tenant),
                isAttended: run.options.isAttended,
                at: run.surroundings.timing.now()
            )
        } catch {
            throw RunStop(error)
        }
        run.record = record
        try await run.reading { try await $0.saveRun(record) }
        if let evidence = run.evidence {
            let (tenant, now) = (run.tenant.name, run.surroundings.timing.now())
            try await run.reading {
                try await $0.saveEvidence(run: record.id, tenant: tenant, json: evidence, at: now)
            }
        }
        try await run.drive(ApplyEngine.start(journal))
    }

    /// Drives a journal to its end and says in the run's record how it ended.
    mutating func drive(_ transition: Transition) async throws(RunStop) {
        journal = transition.journal
        let connection = try workshop.connections.connection(to: tenant, surroundings)
        let driver = ApplyDriver(
            surroundings: surroundings,
            tenant: tenant.name,
            reader: TenantReader(connection),
            writer: TenantWriter(connection),
            fence: fence,
            rules: ruleNames.union(transition.journal.ruleNames)
        )
        let ending = try await driver.drive(transition)
        switch ending {
        case .finished(let journal):
            self.journal = journal
            try await close(journal)
        case .stopped(let journal, let reason):
            self.journal = journal
            throw RunStop(
                .unknown,
                id: "run-unfinished",
                "The run could not go on: \(reason) What was written so far is in the journal of run \(journal.run).",
                remedy: "Run `mitregate apply` again: it first finishes this run or takes it back."
            )
        }
    }

    /// Records a finished journal: the run's end, and after a roll-back the quarantine of its commit.
    private mutating func close(_ journal: Journal) async throws(RunStop) {
        let now = surroundings.timing.now()
        let result = journal.result ?? .failed
        var record =
            record
            ?? RunRecord(
                id: journal.run,
                tenant: tenant.name,
                command: .apply,
                revision: journal.revision,
                startedAt: now
            )
        record.endedAt = now
        record.result = result
        record.exitCode = result.exitCode
        record.message = journal.message
        self.record = record
        let saved = record
        try await reading { try await $0.saveRun(saved) }
        guard record.command == .apply, journal.quarantines else { return }
        let quarantine = Quarantine(
            tenant: tenant.name,
            revision: journal.revision,
            run: journal.run,
            reason: journal.reason ?? saved.message,
            since: now
        )
        try await reading { try await $0.saveQuarantine(quarantine) }
    }

    /// Ends the run when the journal did not end in success.
    func refuseFailure() throws(RunStop) {
        guard let journal, let result = journal.result, result != .applied, result != .unchanged else { return }
        throw RunStop(
            ExitStatus(rawValue: result.exitCode) ?? .error,
            id: result.rawValue,
            journal.message,
            remedy: result == .partlyApplied
                ? "`mitregate show \(journal.run)` lists each step and what is left to do by hand."
                : journal.isInterrupted
                    ? "Run apply again when it suits."
                    : "The commit is quarantined: mend it with a new commit, or try it again after `mitregate retry`."
        )
    }

    /// Remembers what is in force, once all of it is confirmed.
    static let remember: Step = { run throws(RunStop) in
        try run.refuseFailure()
        guard let plan = run.plan else { return }
        try await run.remember(plan, run: run.record?.id ?? "")
        if plan.changes.isEmpty && run.applied.revision != plan.revision {
            var record = run.newRecord(plan)
            record.endedAt = record.startedAt
            record.result = .unchanged
            record.exitCode = 0
            record.message = "The tenant already was as the definitions say."
            run.record = record
            let saved = record
            try await run.reading { try await $0.saveRun(saved) }
        }
    }

    func remember(_ plan: Plan, run id: String) async throws(RunStop) {
        let now = surroundings.timing.now()
        let tenant = tenant.name
        try await reading { store in
            for update in plan.recordUpdates(run: id, at: now) { try await store.save(update, tenant: tenant) }
            try await store.setAppliedRevision(tenant: tenant, revision: plan.revision)
            try await store.clearQuarantine(tenant: tenant)
        }
    }

    func newRecord(_ plan: Plan) -> RunRecord {
        let now = surroundings.timing.now()
        let entry = TenantPlan(plan: plan, judgements: options.judgesPartners ? judgements : nil, exitStatus: .done)
        return RunRecord(
            id: RunID.make(now: now),
            tenant: tenant.name,
            command: .apply,
            revision: plan.revision,
            startedAt: now,
            plan: entry.stored
        )
    }
}

extension Journal {
    /// The transport rules that the journal writes, by name and identity.
    fileprivate var ruleNames: Set<String> {
        Set(
            steps.filter { $0.write.kind == .transportRule }
                .flatMap { [$0.write.displayName, $0.write.newDisplayName, $0.guid, $0.before?.guid] }
                .compactMap { $0 }
        )
    }
}
