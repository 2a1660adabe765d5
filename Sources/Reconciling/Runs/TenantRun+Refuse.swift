import FoundationEssentials
import Planning
import Reports
import TLSGate

extension TenantRun {
    /// Ends a run of which it was known before that it would not come to anything, so that the history has it.
    static let refuse: Step = { run throws(RunStop) in
        let (refusal, sources, source) = (run.options.refusal, run.pass.sources, run.source)
        // The history names the commit that would have been applied; a source that cannot be read changes no refusal.
        let snapshot = try? await run.environment.untilInterrupted { () throws(RunStop) in
            try await sources.snapshot(of: source)
        }
        run.snapshot = snapshot
        throw try run.known(refusal, "the refusal")
    }

    /// Ends the run while a guard or the gate holds the plan.
    static let refuseUnlessClear: Step = { run throws(RunStop) in
        let plan = try run.known(run.plan, "the plan")
        try run.require(.reviews, .gate, .verdicts)
        try run.refuseUnlessClear(plan, isAttended: run.options.isAttended)
        run.passed.insert(.clearance)
    }

    /// Whether neither a guard nor the gate would hold the plan.
    ///
    /// A plan that is not known is not clear.
    func isClear(isAttended: Bool) -> Bool {
        guard let plan else { return false }
        do throws(RunStop) {
            try refuseUnlessClear(plan, isAttended: isAttended)
            return true
        } catch {
            return false
        }
    }

    private func refuseUnlessClear(_ plan: Plan, isAttended: Bool) throws(RunStop) {
        if plan.isOfWorkingTree {
            throw RunStop.workingTree
        }
        let verdict = plan.changes.isEmpty ? .pass : judgements.map(\.verdict).joined
        if let shown = options.acceptedVerdict, verdict > shown {
            throw .worsened(from: shown, to: verdict, until: judgements.compactMap(\.retryAt).min())
        }
        if verdict == .block { throw .blocked }
        let guards = plan.guards.filter { !(isAttended && $0.holdsUnattendedOnly) }
        if let first = guards.first { throw .held(by: first, others: guards.count - 1, verdict) }
        // A person accepted what the gate said.
        if options.acceptedVerdict != nil { return }
        switch verdict {
        case .hold: throw .undecided(until: judgements.filter { $0.verdict == .hold }.compactMap(\.retryAt).min())
        case .approve: throw .unapproved
        case .pass, .warn, .block: return
        }
    }
}

extension RunStop {
    fileprivate static let blocked = RunStop(
        .blocked,
        id: "gate-blocked",
        "The TLS gate blocks the plan: mail would not be delivered. Nothing was written.",
        remedy: "Fix what the findings name, or record a Waiver for a finding that you accept."
    )

    /// - Parameter instant: When the gate would look again: after 1, 5 and 15 minutes, then a person is asked.
    fileprivate static func undecided(until instant: Date?) -> RunStop {
        RunStop(
            .held,
            id: "gate-undecided",
            "The TLS gate could not judge every partner now. Nothing was written.",
            remedy: "Try again later; the findings say when and what would change the verdict.",
            cause: .gateUndecided,
            until: instant
        )
    }

    fileprivate static let unapproved = RunStop(
        .held,
        id: "gate-approval",
        "The TLS gate needs a person to accept its findings. Nothing was written.",
        remedy: "Accept them with a Waiver in git, or fix what they name.",
        cause: .gateApproval
    )

    /// The gate is asked again at apply, and what a person let through was better.
    fileprivate static func worsened(from shown: Verdict, to verdict: Verdict, until instant: Date?) -> RunStop {
        RunStop(
            verdict == .block ? .blocked : .held,
            id: "gate-worse",
            """
            The plan was approved when the TLS gate said \(shown.rawValue); asked again before the write, it says \
            \(verdict.rawValue), which is worse. Nothing was written.
            """,
            remedy: "Look at the findings of the plan as it is now; approve it again, or fix what they name.",
            cause: verdict == .block ? .gateBlocked : verdict == .hold ? .gateUndecided : .gateApproval,
            until: verdict == .hold ? instant : nil
        )
    }

    private static func cause(of guardian: Guard) -> StopCause {
        switch Guard.ID(rawValue: guardian.id) {
        case .freeze: .frozen
        case .quarantinedRevision: .quarantined
        case .sourceEmpty, .sourceShrunk: .sourceHeld
        case nil where guardian.id.hasPrefix("source-"): .sourceHeld
        default: .guarded
        }
    }

    /// - Parameter verdict: What the gate says of the same plan; who releases the plan accepts that too, and is told so.
    fileprivate static func held(by first: Guard, others: Int, _ verdict: Verdict) -> RunStop {
        let gate =
            verdict < .approve
            ? "" : " The TLS gate says \(verdict.rawValue) of it, and whoever approves the plan accepts that too."
        let more = others == 1 ? "There is 1 more guard" : "There are \(others) more guards"
        return RunStop(
            .held,
            id: first.id,
            "The plan is held: \(first.message)\(gate) Nothing was written.",
            remedy: others > 0 ? "\(more); the plan lists all of them." : "",
            cause: cause(of: first),
            until: first.until
        )
    }
}
