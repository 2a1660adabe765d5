import Connectors
import FoundationEssentials
import Planning

/// What is so about the tenant, and what became of it: conditions, and the events that are their transitions.
extension Lane {
    package var object: String { "Tenant/\(tenant)" }

    /// All conditions; `Ready` is always among them.
    package var conditions: [Condition] {
        guard !memory.ledger.has(.ready) else { return memory.ledger.conditions }
        let ready = Condition(
            object: object,
            type: .ready,
            status: .true,
            reason: "Succeeded",
            message: "Git and tenant agree.",
            since: memory.readySince ?? .distantPast
        )
        return [ready] + memory.ledger.conditions
    }

    func finding(
        _ type: ConditionType,
        status: Condition.Status = .true,
        _ reason: String,
        _ message: String,
        severity: Event.Severity = .warning,
        isTold: Bool = true
    ) -> Finding {
        Finding(
            object,
            type,
            status: status,
            reason: reason,
            severity: severity,
            message: message,
            isTold: isTold
        )
    }

    // MARK: After a round

    /// Whether it ended in time.
    mutating func state(wasOverdue: Bool, _ outcome: RoundOutcome, at now: Date) -> [EventDraft] {
        guard !wasOverdue else { return [] }
        return memory.ledger.replace([.stalled], with: [], at: now, run: outcome.run)
    }

    /// What a round learnt of the tenant itself.
    mutating func learn(_ outcome: RoundOutcome, of round: Round, at now: Date) -> [EventDraft] {
        switch outcome.live {
        case .notAsked: return []
        case .unknown(let reason, let message): return lose(reason, message, at: now)
        case .unmoved, .moved: return memory.ledger.replace([.liveStateUnknown], with: [], at: now)
        case .read(let view):
            let unknownAuthors = Set(drift.filter { $0.author == .notYetKnown }.map(\.item.key))
            trace(view, at: now)
            let findings = self.findings(view)
            var types: Set<ConditionType> = [.liveStateUnknown, .drifted]
            // What could not be asked about is neither confirmed nor over.
            if view.blockedConnectors != nil { types.insert(.connectorBlocked) }
            if view.isAuditing != nil { types.insert(.auditingOff) }
            var drafts = memory.ledger.replace(
                types,
                with: findings,
                at: now,
                run: outcome.run,
                revision: outcome.revision
            )
            // Who it was is news of its own, where the audit log told it later.
            for finding in drift where unknownAuthors.contains(finding.item.key) && finding.author != .notYetKnown {
                let identity = DriftText(finding).finding.identity
                guard !drafts.contains(where: { $0.object == identity.object && $0.condition == identity.type }) else {
                    continue
                }
                drafts += memory.ledger.tellAgain(identity, at: now)
            }
            return drafts + directSend(view, at: now)
        }
    }

    private mutating func lose(_ reason: LiveState.UnknownReason, _ message: String, at now: Date) -> [EventDraft] {
        let known = memory.ledger.conditions(of: .liveStateUnknown).first
        // Throttling, errors and silence take turns in one outage; only a refused sign-in is another matter.
        let isOther =
            reason == .authenticationFailed || known?.reason == LiveState.UnknownReason.authenticationFailed.rawValue
        let name = isOther ? reason.rawValue : known?.reason ?? reason.rawValue
        let finding = finding(
            .liveStateUnknown,
            name,
            message,
            // One failed try is nothing to wake a person for.
            isTold: unknowns > 1 || reason == .authenticationFailed
        )
        return memory.ledger.replace([.liveStateUnknown], with: [finding], at: now)
    }

    private func findings(_ view: LiveView) -> [Finding] {
        var findings = drift.filter { !$0.item.accepted }.map { DriftText($0).finding }
        findings += view.unmanaged.map(UnmanagedText.finding)
        findings += (view.blockedConnectors ?? []).map { name in
            let shown = BoundedText.name(name)
            return Finding(
                "InboundConnector/\(shown)",
                .connectorBlocked,
                reason: "ConnectorBlocked",
                severity: .high,
                message: """
                    Exchange has blocked the inbound connector "\(shown)", as mail through it looks like an attacker's. Find out \
                    who sent it before you unblock it; Mitregate never does.
                    """
            )
        }
        if view.isAuditing == false {
            findings.append(
                finding(
                    .auditingOff,
                    "AuditingOff",
                    "auditing is off in this tenant: who changes a connector cannot be told. Turn on unified auditing."
                )
            )
        }
        return findings
    }

    /// What a full round says of the commit.
    mutating func judge(_ outcome: RoundOutcome, of round: Round, at now: Date) -> [EventDraft] {
        guard round.kind == .full else { return [] }
        var types: Set<ConditionType> = []
        var drafts: [EventDraft] = []
        let isDone = outcome.cause == nil && (outcome.result == .inSync || outcome.result == .applied && round.mayApply)
        if isDone { types = [.blocked, .approved, .preflightPassed, .rolledBack] }
        if outcome.cause == .gateUndecided { types = [.preflightPassed, .approved] }
        // What the gate said of an earlier commit does not stand in the way of this one.
        if outcome.cause == nil && outcome.result == .pending && policy.changes == .propose {
            types = [.approved, .preflightPassed]
        }
        if let cause = outcome.cause, cause != .gateUndecided, cause == .frozen || cause.nextLook() == .afterPerson {
            types = [.blocked, .approved, .preflightPassed]
            if cause != .quarantined { types.insert(.rolledBack) }
        }
        if !types.isEmpty {
            drafts += memory.ledger.replace(
                types,
                with: CommitFindings(lane: self, outcome: outcome).all,
                at: now,
                run: outcome.run,
                revision: outcome.revision
            )
        }
        if outcome.result == .applied { drafts.append(applied(outcome, of: round, at: now)) }
        return drafts
    }

    private func applied(_ outcome: RoundOutcome, of round: Round, at now: Date) -> EventDraft {
        EventDraft(
            time: now,
            tenant: tenant,
            object: object,
            condition: .ready,
            reason: round.mayApply ? "Applied" : "Corrected",
            severity: .info,
            message: outcome.message,
            run: outcome.run,
            revision: outcome.revision
        )
    }

    // MARK: At any time

    /// What the lane's own state says, as transitions.
    mutating func told(at now: Date) -> [EventDraft] {
        var findings: [Finding] = []
        if let suspension = memory.suspension {
            let until = suspension.until.ISO8601Format()
            findings.append(
                finding(
                    .suspended,
                    "Suspended",
                    "Suspended until \(until) by \(BoundedText.name(suspension.by)): \(BoundedText.text(suspension.reason))",
                    severity: .info
                )
            )
        }
        for trace in memory.traces where trace.isFight && policy.drift == .correct {
            findings.append(
                Finding(
                    "\(trace.connector.kind)/\(trace.connector.name)",
                    .fight,
                    reason: "ChangedAgain",
                    severity: .high,
                    message: """
                        Someone else changed \(trace.connector) three times within a day, so it is corrected no more. Agree on one \
                        value with them; mitregate retry takes up the correcting again.
                        """
                )
            )
        }
        switch memory.rollout {
        case .go: break
        case .waiting(let text):
            findings.append(finding(.rolloutWaiting, "WaitsForCanaries", text, severity: .info, isTold: false))
        case .stopped(let tenant, let reason):
            findings.append(
                finding(
                    .rolloutStopped,
                    "rollout-stopped",
                    "The commit is held here, as it failed in \(tenant): \(reason)"
                )
            )
        }
        let types: Set<ConditionType> = [.suspended, .fight, .rolloutWaiting, .rolloutStopped, .stalled]
        findings += memory.ledger.conditions(of: .stalled).map { condition in
            finding(.stalled, condition.reason, condition.message)
        }
        if isEnding, let running {
            findings.append(
                finding(
                    .stalled,
                    "DeadlineExceeded",
                    "Round \(running.number) has not ended within \(Int(policy.deadline.seconds)) seconds, and was ended."
                )
            )
        }
        let drafts = memory.ledger.replace(types, with: findings, at: now)
        return drafts + tellReady(at: now)
    }

    private mutating func tellReady(at now: Date) -> [EventDraft] {
        let ready = Readiness(self).finding
        if ready == nil {
            memory.readySince = memory.readySince ?? now
        } else {
            memory.readySince = nil
        }
        return memory.ledger.replace([.ready], with: ready.map { [$0] } ?? [], at: now)
    }
}
