import Connectors
import FoundationEssentials
import Planning
import Scheduling
import Testing

/// What is so about a tenant after a round, and what is told of it.
struct LaneConditionTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var result = RoundOutcome.Result.held
        var live: LiveState?
        var cause: StopCause?
        var next: NextLook?
        var guards: [String] = []
        var gate: GateWord?
        var told: [String]
        var ready: String
    }

    @Test(arguments: [
        Row(testDescription: "in sync", result: .inSync, told: [], ready: "True Succeeded"),
        Row(
            testDescription: "applied is told",
            result: .applied,
            told: ["Ready/Applied raised"],
            ready: "True Succeeded"
        ),
        Row(
            testDescription: "a limit",
            cause: .guarded,
            guards: ["delete-limit"],
            told: ["Blocked/ThresholdExceeded raised"],
            ready: "False ThresholdExceeded"
        ),
        Row(
            testDescription: "a missing approval",
            cause: .guarded,
            guards: ["approval-missing"],
            told: ["Approved/ApprovalRequired raised"],
            ready: "False ApprovalRequired"
        ),
        Row(
            testDescription: "an empty source",
            cause: .sourceHeld,
            guards: ["source-empty"],
            told: ["Blocked/SourceEmpty raised"],
            ready: "False SourceEmpty"
        ),
        Row(
            testDescription: "a rewritten source",
            cause: .sourceHeld,
            told: ["Blocked/HistoryRewritten raised"],
            ready: "False HistoryRewritten"
        ),
        Row(
            testDescription: "a name that someone else has",
            cause: .guarded,
            guards: ["name-taken"],
            told: ["Blocked/ForeignOwner raised"],
            ready: "False ForeignOwner"
        ),
        Row(
            testDescription: "a freeze",
            cause: .frozen,
            next: .at(start.addingTimeInterval(3_600)),
            guards: ["freeze"],
            told: ["Blocked/FreezeWindow raised"],
            ready: "False FreezeWindow"
        ),
        Row(
            testDescription: "a partner without STARTTLS",
            result: .blocked,
            cause: .gateBlocked,
            gate: GateWord(verdict: .block, reason: "NoStartTLS"),
            told: ["PreflightPassed/NoStartTLS raised"],
            ready: "False NoStartTLS"
        ),
        Row(
            testDescription: "a partner that cannot be judged yet is only waited for",
            cause: .gateUndecided,
            gate: GateWord(verdict: .hold, reason: "Unreachable"),
            told: [],
            ready: "False HeldByGate"
        ),
        Row(
            testDescription: "a write that Exchange refused",
            result: .rolledBack,
            cause: .refused,
            told: ["RolledBack/Refused raised"],
            ready: "False Refused"
        ),
        Row(
            testDescription: "a validation that failed",
            result: .rolledBack,
            cause: .validationFailed,
            told: ["RolledBack/HealthCheckFailed raised"],
            ready: "False HealthCheckFailed"
        ),
        Row(
            testDescription: "definitions that cannot be read",
            result: .failed,
            cause: .definitionsInvalid,
            told: ["Ready/DefinitionsInvalid raised"],
            ready: "False DefinitionsInvalid"
        ),
        Row(
            testDescription: "one failed try to read is nothing to wake a person for",
            result: .failed,
            live: .unknown(reason: .timeout, message: "no answer"),
            cause: .passing,
            told: [],
            ready: "Unknown Timeout"
        ),
        Row(
            testDescription: "a sign-in that is refused is told at once",
            result: .failed,
            live: .unknown(reason: .authenticationFailed, message: "no token"),
            cause: .permission,
            told: ["LiveStateUnknown/AuthenticationFailed raised"],
            ready: "Unknown AuthenticationFailed"
        ),
        Row(
            testDescription: "a store that fails once is waited for",
            result: .failed,
            live: .notAsked,
            cause: .storeFailed,
            told: [],
            ready: "False StoreFailed"
        ),
        Row(
            testDescription: "another run that has the tenant is no failure",
            result: .failed,
            live: .notAsked,
            cause: .leased,
            told: [],
            ready: "Unknown Progressing"
        ),
    ])
    func conditions(_ row: Row) {
        var lane = LaneDriver()
        lane.end(row.result, live: row.live, cause: row.cause, next: row.next) {
            $0.guards = row.guards
            $0.gate = row.gate
        }
        #expect(lane.told == row.told)
        let ready = lane.lane.conditions.filter { $0.type == .ready }
        #expect(ready.map { "\($0.status.rawValue) \($0.reason)" } == [row.ready])
        lane.forget()
        lane.tell(.sourceMoved(revision: "b", tree: "b", isSpread: false))
        lane.passUntilRound()
        lane.end()
        lane.passUntilRound()
        if row.cause == .frozen { return }
        #expect(lane.told.allSatisfy { $0.hasSuffix(" cleared") })
        #expect(lane.lane.conditions.map(\.reason) == ["Succeeded"])
        #expect(lane.told.count == row.told.filter { $0 != "Ready/Applied raised" }.count)
    }

    @Test func `a second failure in a row is told, with the first reason, until the tenant is read again`() {
        var lane = LaneDriver()
        for reason in [LiveState.UnknownReason.throttled, .serviceError, .timeout] {
            lane.end(.failed, live: .unknown(reason: reason, message: "no"), cause: .passing)
            lane.passUntilRound()
        }
        #expect(lane.told == ["LiveStateUnknown/Throttled raised"])
        lane.end()
        #expect(lane.told.last == "LiveStateUnknown/Throttled cleared")
    }

    @Test func `a tenant that cannot be read keeps its drift: unknown is not absent`() {
        var lane = LaneDriver()
        lane.end(live: .read(LiveView(drift: [.fixture()])))
        lane.passUntilRound()
        lane.end(.failed, live: .unknown(reason: .timeout, message: "no"), cause: .unreadable)
        #expect(lane.told == ["Drifted/FieldsChanged raised"])
        #expect(lane.lane.conditions.contains { $0.type == .drifted })
        lane.passUntilRound()
        lane.tell(.asked(id: "one", .request))
        lane.end()
        lane.end()
        #expect(lane.told == ["Drifted/FieldsChanged raised", "Drifted/FieldsChanged cleared"])
    }

    @Test func `who changed it is told when it becomes known, once`() {
        var lane = LaneDriver()
        lane.end(live: .read(LiveView(drift: [.fixture()])))
        let known = DriftAuthor.known(name: "eve@contoso.com", isApplication: false, at: start, address: "192.0.2.7")
        for index in 0..<3 {
            lane.tell(.asked(id: "\(index)", .request))
            lane.end(live: .read(LiveView(drift: [.fixture(author: known)])))
        }
        #expect(lane.told == ["Drifted/FieldsChanged raised", "Drifted/FieldsChanged reminder"])
        #expect(lane.events.last?.message.contains("eve@contoso.com changed it at") == true)
        #expect(lane.events.last?.message.contains("from 192.0.2.7") == true)
    }

    @Test func `the name and the address of an author are a stranger's text: escaped and cut`() {
        var lane = LaneDriver()
        let text = "eve\u{1B}[31m\n" + String(repeating: "x", count: 5_000)
        let author = DriftAuthor.known(name: text, isApplication: false, at: start, address: text)
        lane.end(live: .read(LiveView(drift: [.fixture(author: author)])))
        #expect(lane.told == ["Drifted/FieldsChanged raised"])
        let message = lane.events.first?.message ?? ""
        #expect(message.contains("eve"))
        #expect(!message.contains("\u{1B}") && !message.contains("\n") && message.count < 600, "\(message)")
    }

    @Test func `while an author is not known the audit log is asked every quarter of an hour`() {
        var lane = LaneDriver()
        lane.chance = 0
        lane.end(live: .read(LiveView(drift: [.fixture()])))
        while lane.begun.last?.kind == .cheap || lane.begun.count == 1 {
            lane.passUntilRound()
            if lane.begun.last?.kind == .cheap { lane.end() }
        }
        // Like every interval, by chance at least a hundredth longer.
        #expect(lane.now == start.addingTimeInterval(909))
    }

    private static func unmanaged(_ kind: ConnectorKind, _ risks: [Risk], name: String = "evil") -> UnmanagedConnector {
        UnmanagedConnector(
            kind: kind,
            displayName: name,
            origin: .standard,
            risk: risks.map(\.level).max() ?? .low,
            risks: risks
        )
    }

    @Test(
        "A connector that no definition claims is told of by danger",
        arguments: [
            (ConnectorKind.inboundConnector, ["trusts-addresses"], RiskLevel.medium, Event.Severity.high),
            (.inboundConnector, ["trusts-wide-certificate"], .medium, .high),
            (.inboundConnector, ["object-invalid"], .medium, .warning), (.inboundConnector, [], .low, .info),
            (.outboundConnector, ["tls-not-forced"], .medium, .warning), (.outboundConnector, [], .low, .info),
        ]
    )
    func danger(kind: ConnectorKind, ids: [String], level: RiskLevel, severity: Event.Severity) {
        var lane = LaneDriver()
        let risks = ids.map { Risk(id: $0, level: level, message: "It trusts strangers.") }
        lane.end(live: .read(LiveView(unmanaged: [Self.unmanaged(kind, risks)])))
        #expect(lane.events.map(\.severity) == [severity])
        #expect(lane.events.map(\.object) == ["\(kind)/evil"])
        // What is not ours does not keep git and tenant from agreeing.
        #expect(lane.lane.conditions.first { $0.type == .ready }?.status == .true)
    }

    @Test func `a blocked connector is an alarm with its name, and hostile names are escaped and bounded`() {
        var lane = LaneDriver()
        let name = "a\u{1B}[31m" + String(repeating: "x", count: 5_000)
        lane.end(live: .read(LiveView(blockedConnectors: [name])))
        #expect(lane.told == ["connector-blocked/ConnectorBlocked raised"])
        #expect(lane.events.map(\.severity) == [.high])
        #expect(lane.events.allSatisfy { !$0.message.contains("\u{1B}") && $0.message.count < 600 })
        lane.passUntilRound()
        lane.tell(.asked(id: "one", .request))
        lane.end()
        lane.end()
        #expect(lane.told.last == "connector-blocked/ConnectorBlocked cleared")
    }

    @Test func `auditing that is off is a condition, and not knowing is none`() {
        var lane = LaneDriver()
        lane.end(live: .read(LiveView(isAuditing: false)))
        #expect(lane.told == ["AuditingOff/AuditingOff raised"])
        #expect(lane.events.last?.message.contains("auditing is off") == true)
        var other = LaneDriver()
        other.end(live: .read(LiveView(isAuditing: nil)))
        #expect(other.told == [])
    }

    @Test func `a change of RejectDirectSend is told once, and what was never known is no change`() {
        func live(_ rejects: Bool?) -> LiveState {
            var view = LiveView()
            view.rejectsDirectSend = rejects
            return .read(view)
        }
        var lane = LaneDriver()
        for rejects in [true, true, nil, false, false, true] {
            lane.tell(.stirred(.request))
            lane.end(live: live(rejects))
        }
        #expect(lane.told == ["direct-send/Allowed raised", "direct-send/Rejected raised"])
    }

    @Test func `what could not be asked about is not over`() {
        var lane = LaneDriver()
        lane.end(live: .read(LiveView(blockedConnectors: ["From Fabrikam"], isAuditing: false)))
        let told = lane.told
        lane.passUntilRound()
        lane.tell(.asked(id: "one", .request))
        lane.end(live: .read(LiveView(blockedConnectors: nil, isAuditing: nil)))
        #expect(lane.told == told)
        #expect(lane.lane.conditions.count { [.connectorBlocked, .auditingOff].contains($0.type) } == 2)
    }

    @Test func `a tenant that proposes says what an approval needs`() {
        var lane = LaneDriver(LanePolicy(changes: .propose))
        #expect(lane.begun.last?.mayApply == false)
        lane.end(.pending) { $0.waiting = WaitingPlan(planDigest: "sha256:1", changesDigest: "sha256:2") }
        #expect(lane.told == ["Approved/ApprovalRequired raised"])
        #expect(lane.events.last?.message.contains("mitregate approve sha256:2") == true)
        let approval = Approval(digest: "sha256:2", reason: "seen", by: "ops", at: start)
        lane.tell(.approved(approval))
        #expect(lane.begun.last?.mayApply == true)
        #expect(lane.begun.last?.approvals == [approval])
        #expect(lane.begun.last?.causes == [.approval])
        lane.end(.applied)
        #expect(lane.lane.memory.approvals == [])
        #expect(lane.told.suffix(2) == ["Approved/ApprovalRequired cleared", "Ready/Applied raised"])
    }

    @Test func `what the gate said of one commit is over when the next waits for its approval`() {
        var lane = LaneDriver(LanePolicy(changes: .propose))
        lane.end(.blocked, cause: .gateBlocked) { $0.gate = GateWord(verdict: .block, reason: "NoStartTLS") }
        #expect(lane.told == ["PreflightPassed/NoStartTLS raised"])
        lane.tell(.sourceMoved(revision: "b", tree: "2", isSpread: false))
        lane.passUntilRound()
        lane.end(.pending) {
            $0.waiting = WaitingPlan(planDigest: "sha256:1", changesDigest: "sha256:2")
            $0.gate = GateWord(verdict: .pass)
        }
        #expect(lane.told.suffix(2).contains("PreflightPassed/NoStartTLS cleared"), "\(lane.told)")
        #expect(lane.lane.conditions.first { $0.type == .ready }?.reason != "NoStartTLS")
    }

    @Test func `what was rolled back stays so through rounds that only read, until a commit goes through`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        lane.end(.rolledBack, cause: .refused)
        for _ in 0..<30 {
            lane.passUntilRound()
            lane.end(lane.begun.last?.kind == .full ? .pending : .inSync)
        }
        #expect(lane.told.filter { $0.hasSuffix("cleared") } == [])
        lane.tell(.sourceMoved(revision: "b", tree: "2", isSpread: false))
        lane.passUntilRound()
        lane.end(.applied)
        #expect(lane.told.suffix(2) == ["RolledBack/Refused cleared", "Ready/Applied raised"])
    }
}
