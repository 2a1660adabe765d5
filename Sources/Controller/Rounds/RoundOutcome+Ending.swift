import Connectors
import ExchangeOnline
import FoundationEssentials
import Planning
import Reconciling
import Reports
import Scheduling
import Site
import TLSGate

extension RoundOutcome {
    /// A round that was ended before there was a run, or by it.
    init(round: Int, stoppedBy stop: RunStop, live: LiveState) {
        self.init(
            round: round,
            result: Result(stop),
            live: live,
            cause: stop.cause,
            nextLook: stop.next,
            message: stop.told,
            exitCode: stop.status.rawValue
        )
    }

    /// What a run came to; `live` is known only as far as the run asked.
    init(round: Int, _ ending: RunEnding, mayWrite: Bool) {
        let plan = ending.made?.plan
        let changes = plan?.changes ?? []
        var live = LiveState.notAsked
        if let stop = ending.stop, ending.observed == nil, stop.cause.isOfTheTenant { live = .unknown(stop) }
        self.init(
            round: round,
            result: ending.stop.map { Result($0) } ?? Result(ending, mayWrite: mayWrite),
            live: live,
            cause: ending.stop?.cause,
            nextLook: ending.stop?.next,
            message: ending.stop?.told ?? ending.outcome.message,
            exitCode: ending.stop?.status.rawValue ?? 0,
            revision: ending.outcome.revision ?? plan?.revision,
            tree: plan?.tree,
            run: ending.outcome.run,
            guards: plan?.guards.map(\.id) ?? [],
            gate: ending.made?.judgements.flatMap { GateWord($0) }
        )
        ahead = ending.ahead
        let asksForWord = cause.map { [.guarded, .gateApproval, .gateUndecided].contains($0) } ?? true
        if let plan, !changes.isEmpty, asksForWord, [.pending, .held].contains(result) { waiting = WaitingPlan(plan) }
        written = Set(
            (ending.outcome.journal?.steps ?? []).filter { $0.state == .confirmed }.map {
                ConnectorKey(kind: $0.write.kind, name: $0.write.name)
            }
        )
    }
}

extension RunStop {
    /// What an event says of it: of definitions that are wrong the first error and its place.
    fileprivate var told: String {
        guard !diagnostics.isEmpty, let first = entries.first else { return message }
        let place = [first.file, first.line.map(String.init), first.column.map(String.init)]
            .compactMap(\.self).joined(separator: ":")
        let more = diagnostics.count > 1 ? " and \(diagnostics.count - 1) more" : ""
        return "\(first.message) (\(place))\(more)".escapingControls
    }
}

extension RoundOutcome {
    /// Whether the round read the tenant in full.
    var hasLooked: Bool {
        if case .read = live { return true }
        return false
    }
}

extension RoundOutcome.Result {
    init(_ stop: RunStop) {
        // What others changed meanwhile is planned again, whatever was written before it.
        guard stop.cause != .stale else {
            self = .held
            return
        }
        self =
            switch stop.status {
            case .blocked: .blocked
            case .held, .stale: .held
            case .interrupted: .interrupted
            case .rolledBack: .rolledBack
            case .partlyApplied: .partlyApplied
            default: .failed
            }
    }

    /// Of a run that came to its end.
    init(_ ending: RunEnding, mayWrite: Bool) {
        let hasChanges = ending.plan.plan?.changes.isEmpty == false
        self =
            switch ending.outcome.result {
            case .applied: .applied
            case .rolledBack: .rolledBack
            case .partlyApplied: .partlyApplied
            case .failed: .failed
            case .interrupted: .interrupted
            case .held: .held
            case .blocked: .blocked
            case .unchanged, nil: hasChanges && !mayWrite ? .pending : .inSync
            }
    }
}

extension LiveState {
    /// The tenant could not be read.
    static func unknown(_ stop: RunStop) -> LiveState {
        let reason: UnknownReason =
            switch stop.id {
            case "throttled": .throttled
            case "token-refused", "token-rejected", "permission-missing", "credential-invalid", "certificate-ended",
                "credential-unreadable":
                .authenticationFailed
            case "deadline-passed", "reading-timed-out": .timeout
            default: .serviceError
            }
        return .unknown(reason: reason, message: stop.message)
    }
}

extension WaitingPlan {
    init(_ plan: Plan) { self.init(planDigest: plan.planDigest, changesDigest: plan.changesDigest) }
}

extension GateWord {
    /// The gravest of what the gate said, with the first finding that counts; `nil` where nothing was judged.
    init?(_ judgements: [Judgement]) {
        guard let gravest = judgements.max(by: { $0.verdict < $1.verdict }) else { return nil }
        guard let verdict = Self.Verdict(rawValue: gravest.verdict.rawValue) else { return nil }
        self.init(verdict: verdict)
        guard verdict != .pass else { return }
        let finding =
            gravest.findings.first { !$0.waived && $0.outcome == .fail }
            ?? gravest.findings.first { !$0.waived && $0.outcome != .pass }
        guard let finding else { return }
        reason = Self.reason(of: finding.check)
        message = "\(gravest.connector): \(finding.message)"
    }

    /// The reason of the condition `PreflightPassed` for a check of the gate.
    static func reason(of check: String) -> String {
        switch check {
        case let id where id.hasPrefix("starttls"): "NoStartTLS"
        case "cert-name-mismatch": "NameMismatch"
        case "cert-expired", "cert-chain-expired": "Expired"
        case let id where id.hasPrefix("cert-expir"): "Expiring"
        case let id where id.hasPrefix("cert") || id.hasPrefix("dane") || id.hasPrefix("mtasts"): "ChainInvalid"
        case let id where id.hasPrefix("tls-version") || id.hasPrefix("tls-cipher"): "WeakProtocol"
        default: "Unreachable"
        }
    }
}

extension PlanView {
    /// `nil` where the run made no plan.
    init?(_ ending: RunEnding, _ outcome: RoundOutcome, at now: Date) {
        guard let made = ending.made, let plan = made.plan else { return nil }
        let text = PlanReport.text(PlanDocument(tenants: [made]), style: TextStyle())
        self.init(
            tenant: plan.tenant,
            revision: plan.revision,
            planDigest: plan.planDigest,
            changesDigest: plan.changesDigest,
            made: now,
            isWaiting: outcome.waiting?.planDigest == plan.planDigest,
            create: plan.summary.create,
            update: plan.summary.update,
            delete: plan.summary.delete,
            drift: plan.summary.drift,
            text: String(text.prefix(200_000)),
            verdict: GateWord(made.judgements ?? [])?.verdict.rawValue
        )
    }
}
