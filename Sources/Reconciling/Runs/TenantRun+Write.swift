import Configuration
import ExchangeOnline
import GitRepositories
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Carries out the plan, step by step, each journaled before it is sent and read back after.
    static let write: Step = { run throws(RunStop) in
        let plan = try run.known(run.plan, "the plan")
        let observed = try run.known(run.observed, "the tenant's state")
        try run.require(.recovery, .clearance)
        guard !plan.changes.isEmpty else { return }
        let record = run.newRecord(plan)
        let journal: Journal
        do throws(PlanRefusal) {
            journal = try ApplyEngine.journal(
                run: record.id,
                plan: plan,
                observed: observed,
                applied: run.applied,
                policy: run.tenant.policy,
                isAttended: run.options.isAttended,
                mayWeaken: run.mayWeaken,
                owing: run.checks,
                includesCommit: run.options.scope.includesCommit,
                at: run.environment.timing.now()
            )
        } catch {
            throw RunStop(error)
        }
        run.record = record
        let at = run.environment.timing.now()
        let evidence = run.evidence.map { $0.evidence(of: record, at: at) }
        try await run.commit(
            StateChange(run: record, plan: run.runPlan(plan), evidence: evidence, ahead: run.writingAhead(plan))
        )
        try await run.drive(
            journal,
            ApplyEngine.start(journal, plannedFrom: observed, at: run.environment.timing.now())
        )
    }

    /// Drives a journal to its end and says in the run's record how it ended.
    ///
    /// - Parameters:
    ///   - journal: What is stored of the run, or nothing was sent of yet.
    ///   - transition: The first that is to be carried out.
    mutating func drive(_ journal: Journal, _ transition: Transition) async throws(RunStop) {
        self.journal = journal
        let connection = try shared.connections.connection(to: tenant, environment)
        let driver = ApplyDriver(
            environment: environment,
            tenant: tenant.name,
            reader: TenantReader(connection),
            writer: TenantWriter(connection),
            lease: try known(lease, "the lease"),
            rules: ruleNames.union(transition.journal.ruleNames),
            readTimeout: tenant.readTimeout
        )
        let ending = try await driver.drive(transition, keeping: &self.journal)
        switch ending {
        case .finished(let journal):
            self.journal = journal
            if journal.isFinished { try await close(journal) }
        case .stopped(let journal, let why):
            self.journal = journal
            throw RunStop(
                why.cause == .interrupted ? .interrupted : .unknown,
                id: "run-unfinished",
                """
                The run could not go on: \(why.reason) What was written so far stands, and is in the journal of run \
                \(journal.run); the commit is not to blame.
                """,
                remedy:
                    "\(why.remedy.isEmpty ? "" : "\(why.remedy) ")Run `mitregate apply` again: it first finishes this run.",
                cause: why.cause,
                until: why.until
            )
        }
    }

    /// Records a finished journal: what becomes of a quarantine and of words for emergencies, and with it the run's end, by
    /// which a later run sees that nothing is left to do for it.
    ///
    /// - Parameters:
    ///   - note: Why what was applied stays although a check failed.
    ///   - remark: What is to be told behind how the run ended.
    mutating func close(_ journal: Journal, note: RunStop? = nil, remark: String = "") async throws(RunStop) {
        var change = StateChange(journal: journal)
        let now = environment.timing.now()
        let result = journal.outcome
        var record =
            record
            ?? RunRecord(
                id: journal.run,
                tenant: tenant.name,
                command: journal.isOfValidation ? .validateConnector : .apply,
                revision: journal.revision,
                startedAt: now
            )
        record.endedAt = now
        record.result = result
        record.exitCode = journal.exitStatus(result).rawValue
        record.message = remark.isEmpty ? journal.message : "\(journal.message) \(remark)"
        record.cause = journal.cause
        record.nextLook = journal.cause?.nextLook(until: journal.until)
        if let note { record.tell(note) }
        change.quarantine = try await quarantine(after: journal, record)
        if record.command == .breakGlass || record.command == .rollback {
            (change.emergenciesOver, change.emergencies) = journal.settling(try await emergencies())
        }
        self.record = record
        change.run = record
        try await commit(change)
    }

    /// What a run's end says of the quarantine; `nil`: nothing.
    private func quarantine(after journal: Journal, _ record: RunRecord) async throws(RunStop) -> QuarantineChange? {
        switch record.command {
        case .apply:
            guard journal.quarantines else { return nil }
            return .set(quarantine(of: journal.revision, by: journal, record))
        case .applyAhead:
            // It may have been merged while it was checked or waited out its bake.
            guard journal.quarantines, let commit = try await merged(journal.run) else { return nil }
            return .set(quarantine(of: commit, by: journal, record))
        case .rollback:
            let name = tenant.name
            let standing = try await reading { try await $0.standing(of: name).quarantine }
            let settled = journal.settling(standing)
            guard settled != standing else { return nil }
            return settled.map { QuarantineChange.set($0) } ?? .lift
        case .breakGlass, .validateConnector: return nil
        }
    }

    private func quarantine(of commit: String, by journal: Journal, _ record: RunRecord) -> Quarantine {
        var quarantine = Quarantine(
            tenant: tenant.name,
            revision: commit,
            run: journal.run,
            reason: journal.reason ?? record.message,
            since: record.endedAt ?? record.startedAt
        )
        quarantine.holdsCorrections = journal.includesCommit == false ? true : nil
        return quarantine
    }

    /// What the tenant's settings ask for once everything is written.
    private var checks: [Journal.Check] {
        (tenant.validate == .afterApply ? [.validation] : []) + (tenant.bake > .zero ? [.bake] : [])
    }

    func newRecord(_ plan: Plan) -> RunRecord {
        // What only puts drift back is not of the commit that was read.
        let isOfTip = plan.revision == snapshot?.commit.id
        return RunRecord(
            id: id,
            tenant: tenant.name,
            command: options.wish == nil ? .apply : .applyAhead,
            revision: plan.revision,
            startedAt: environment.timing.now(),
            author: isOfTip ? author : nil,
            subject: isOfTip ? subject : nil,
            startedBy: environment.startedBy,
            startedFrom: environment.startedFrom,
            reason: options.wish?.reason
        )
    }

    /// The commit's author, as git writes one.
    var author: String? { snapshot.map { "\($0.commit.author.name) <\($0.commit.author.email)>" } }

    /// The first line of the commit's message, as much of it as a list shows.
    var subject: String? { snapshot.map { String($0.commit.subject.prefix(200)) } }

    /// What the history keeps of a plan.
    func runPlan(_ plan: Plan) -> RunPlan {
        let entry = TenantPlan(plan: plan, judgements: options.judgesPartners ? judgements : nil, exitStatus: .done)
        return RunPlan(plan: plan, judgements: entry.judgementsText)
    }
}
