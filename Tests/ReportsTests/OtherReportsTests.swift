import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import TestSupport
import Testing

struct OtherReportsTests {
    @Test func `drift reads as its golden file`() throws {
        let items = [
            AttributedDrift(item: Plan.everything.drift[0], changedBy: "eve@contoso.com", changedAt: .fixture),
            AttributedDrift(
                item: DriftItem(
                    form: .missing,
                    kind: .inboundConnector,
                    name: "bank",
                    displayName: "Bank",
                    fields: [],
                    accepted: false
                )
            ),
            AttributedDrift(
                item: DriftItem(
                    form: .recreated,
                    kind: .transportRule,
                    name: "courts",
                    displayName: "Courts",
                    fields: [],
                    accepted: false
                ),
                changedAt: .fixture
            ),
            AttributedDrift(
                item: DriftItem(
                    form: .changed,
                    kind: .inboundConnector,
                    name: "lab",
                    displayName: "Lab \u{1B}[31m",
                    fields: [.init(path: "enabled", applied: true, observed: false, accepted: true)],
                    accepted: true
                ),
                changedBy: "\u{202E}eve"
            ),
        ]
        let document = DriftDocument(tenants: [
            TenantDrift(tenant: "adatum"), TenantDrift(tenant: "contoso", items: items, exitStatus: .changes),
            TenantDrift(tenant: "fabrikam", error: .throttled, exitStatus: .unknown),
        ])
        try check(DriftReport.text(document), document.json, "drift")
        #expect(document.exitStatus == .unknown)
    }

    @Test func `history reads as its golden file`() throws {
        let document = HistoryDocument(runs: Self.runs)
        try check(HistoryReport.text(document), document.json, "history")
        #expect(HistoryReport.text(HistoryDocument(runs: [])) == "Nothing was done yet.\n")
    }

    @Test func `status reads as its golden file`() throws {
        let commit = Plan.commit
        let older = String(repeating: "0", count: 40)
        var unfinished = Journal(run: Self.runs[1].id, tenant: "x", revision: commit, planDigest: "", steps: [])
        unfinished.phase = .rollingBack
        let document = StatusDocument(tenants: [
            TenantStatus(
                tenant: "contoso",
                source: "mail-flow",
                head: commit,
                appliedRevision: commit,
                lastRun: Self.runs[4],
                drift: .known(open: 0, accepted: 1)
            ),
            TenantStatus(tenant: "quiet", source: "mail-flow", head: commit, appliedRevision: commit),
            TenantStatus(tenant: "new", source: "mail-flow", head: commit, appliedRevision: nil),
            TenantStatus(
                tenant: "behind",
                source: "mail-flow",
                head: commit,
                appliedRevision: older,
                lastRun: Self.runs[0],
                quarantine: Quarantine(
                    tenant: "behind",
                    revision: String(repeating: "9", count: 40),
                    run: "r",
                    reason: "an older commit",
                    since: .fixture
                )
            ),
            TenantStatus(
                tenant: "drifted",
                source: "mail-flow",
                head: commit,
                appliedRevision: commit,
                lastRun: Self.runs[4],
                drift: .known(open: 2, accepted: 0)
            ),
            TenantStatus(
                tenant: "a-tenant-with-a-very-long-name",
                source: "mail-flow",
                head: commit,
                appliedRevision: commit,
                drift: .unknown([.throttled])
            ),
            TenantStatus(
                tenant: "nowhere",
                source: "gone",
                head: nil,
                headErrors: [
                    ErrorEntry(id: "git-unreachable", message: "The server does not answer.", remedy: "Wait.")
                ],
                appliedRevision: nil
            ),
            TenantStatus(
                tenant: "cut-off",
                source: "mail-flow",
                head: commit,
                appliedRevision: older,
                lastRun: Self.runs[1],
                unfinished: unfinished
            ),
            TenantStatus(
                tenant: "quarantined",
                source: "mail-flow",
                head: commit,
                appliedRevision: older,
                lastRun: Self.runs[2],
                quarantine: Quarantine(
                    tenant: "quarantined",
                    revision: commit,
                    run: Self.runs[2].id,
                    reason: "Exchange refused New-TransportRule: The rule can't be created.",
                    since: .fixture
                )
            ),
        ])
        #expect(
            document.tenants.map(\.state) == [
                .inSync, .applied, .neverApplied, .behind, .drifted, .unknown, .unknown, .unfinished, .quarantined,
            ]
        )
        try check(StatusReport.text(document), document.json, "status")
    }

    @Test func `a run reads as its golden file`() throws {
        let plan = Plan.fixture(changes: [.create, .update])
        let document = ShowDocument(record: Self.runs[2], plan: plan, journal: Self.journal)
        #expect(document.plan?.plan?.changes == [.create, .update])
        try check(ShowReport.text(document), document.json, "show")
    }

    @Test func `a run shows the gate's words as it kept them, and none that it cannot read`() {
        let plan = Plan.fixture(changes: [.update])
        let judgement = Judgement.blocked
        let kept = TenantPlan(plan: plan, judgements: [judgement], exitStatus: .done)
        let shown = ShowDocument(record: Self.runs[0], plan: plan, judgements: kept.judgementsText)
        #expect(shown.plan == kept)
        #expect(ShowDocument(record: Self.runs[0], plan: plan, judgements: "[{}]").plan?.judgements == nil)
        #expect(ShowDocument(record: Self.runs[0], plan: plan).plan?.judgements == nil)
        #expect(ShowDocument(record: Self.runs[0]).plan == nil)
        let other = ShowDocument(ofUnreadablePlan: Self.runs[0], journal: nil)
        #expect(ShowReport.text(other).contains("! Another version of Mitregate stored the plan of this run"))
        #expect(other.json.contains("\"planProblem\""))
        #expect(!shown.json.contains("\"planProblem\""))
    }

    @Test func `what an apply did reads as its golden file`() throws {
        func outcome(
            _ tenant: String,
            _ result: RunRecord.Result?,
            _ status: Reports.ExitStatus,
            message: String = "",
            error: ErrorEntry? = nil,
            journal: Journal? = nil
        ) -> TenantApply {
            TenantApply(
                tenant: tenant,
                revision: Plan.commit,
                run: result == nil || result == .unchanged ? nil : Self.runs[0].id,
                result: result,
                written: 2,
                message: message,
                error: error,
                exitStatus: status,
                journal: journal
            )
        }
        let document = ApplyDocument(tenants: [
            outcome("adatum", .applied, .done), outcome("contoso", .unchanged, .done),
            outcome(
                "fabrikam",
                .rolledBack,
                .rolledBack,
                message: "The third write was refused.",
                journal: Self.journal
            ),
            outcome("lucerne", .partlyApplied, .partlyApplied, journal: Self.journal),
            outcome("tailspin", nil, .unknown, error: .throttled),
            outcome("wingtip", .interrupted, .interrupted, message: "After 1 of 3 writes; all of it was taken back."),
        ])
        let text = ApplyReport.text(document)
        try check(text, document.json, "apply")
        #expect(document.exitStatus == .interrupted)
        for line in text.split(separator: "\n") where line.hasPrefix("!") || line.hasPrefix("✗") {
            #expect(!line.contains("✓"))
        }
    }

    @Test func `the doctor's words read as their golden file`() throws {
        let document = DoctorDocument(checks: [
            DoctorCheck(name: "store", outcome: .ok, message: "mitregate.db is in order."),
            DoctorCheck(
                name: "port-25",
                outcome: .unknown,
                message: "Port 25 seems closed on this network, so partners cannot be judged from here.",
                remedy: "Run the gate where port 25 is open, or ask the provider to open it."
            ),
            DoctorCheck(name: "token", tenant: "contoso", outcome: .ok, message: "A token was issued."),
            DoctorCheck(
                name: "permission-exchange",
                tenant: "contoso",
                outcome: .fail,
                message: "The app registration may not read connectors: it has no role in Exchange.",
                remedy: "Assign it the role Exchange Administrator."
            ),
            DoctorCheck(name: "clock", outcome: .warn, message: "The clock is 3 seconds ahead.", remedy: "Run NTP."),
        ])
        try check(DoctorReport.text(document), document.json, "doctor")
        #expect(document.exitStatus == .error)
    }

    @Test func `errors read as their golden file`() throws {
        let document = ErrorDocument([.definition, .throttled])
        try check(ErrorReport.text(document), document.json, "errors")
    }

    private func check(_ text: String, _ json: String, _ name: String) throws {
        try expectGolden(text, "\(name).txt")
        try expectGolden(json, "\(name).json")
        #expect(text.expectFits(80))
        for hostile in ["\u{1B}", "\u{202E}"] {
            #expect(!text.contains(hostile))
            #expect(!json.contains(hostile))
        }
    }
}

extension OtherReportsTests {
    private static func run(
        _ number: Int,
        _ result: RunRecord.Result?,
        _ code: Int32?,
        _ message: String = "",
        tenant: String = "contoso"
    ) -> RunRecord {
        RunRecord(
            id: "01JDCVEQ5\(number)" + String(repeating: "X", count: 12) + "000\(number)",
            tenant: tenant,
            command: number == 0 ? .rollback : .apply,
            revision: Plan.commit,
            startedAt: .fixture.addingTimeInterval(-60 * Double(number)),
            endedAt: result == nil ? nil : .fixture.addingTimeInterval(-60 * Double(number) + 12),
            result: result,
            exitCode: code,
            message: message,
            author: number == 1 ? nil : "Ada Lovelace <ada@contoso.com>",
            subject: number == 1 ? nil : "Renew the bank's certificate \u{1B}[31m",
            startedBy: number < 3 ? "ada" : nil,
            startedFrom: number < 3 ? "ops1" : "controller mitregate on ops2",
            planDigest: number == 2 ? "sha256:" + String(repeating: "2c", count: 32) : nil,
            connectors: number == 2 ? [Change.update.key, Change.create.key] : []
        )
    }

    static let runs = [
        run(0, .applied, 0),
        run(1, nil, nil),
        run(
            2,
            .rolledBack,
            8,
            "New-TransportRule was refused: The rule can't be created. \u{1B}[31mThe writes before it were taken back."
        ),
        run(
            3,
            .held,
            4,
            "change-limit: the plan holds 25 changes, and the limit is 20.",
            tenant: "st-elsewhere-hospital-group"
        ),
        run(4, .unchanged, 0),
    ]

    fileprivate static let journal: Journal = {
        let before = ObservedConnector(
            kind: .inboundConnector,
            guid: "9d1fc07e-0000-0000-0000-000000000001",
            displayName: "The Bank",
            settings: ["senderIPAddresses": ["192.0.2.1", "203.0.113.0/25"], "comment": "by hand", "enabled": true]
        )
        func step(_ change: Change, _ state: Journal.Step.State, _ problem: String? = nil) -> Journal.Step {
            let write = Write(
                action: change.action,
                kind: change.kind,
                name: change.name,
                displayName: change.displayName,
                newDisplayName: change.action == .update ? "Bank" : nil,
                guid: change.guid,
                settings: [:],
                expected: change.action == .update
                    ? ["senderIPAddresses": ["192.0.2.1", "203.0.113.0/24"], "comment": .none, "enabled": true] : [:]
            )
            return Journal.Step(
                write: write,
                before: change.action == .create ? nil : before,
                state: state,
                problem: problem
            )
        }
        return Journal(
            run: runs[2].id,
            tenant: "contoso",
            revision: Plan.commit,
            planDigest: "sha256:00",
            phase: .finished,
            steps: [
                step(.create, .undone), step(.update, .undoRefused, "Someone changed it after us: look at comment."),
                step(.delete, .failed, "Exchange refused it: \u{1B}[31min use."),
            ],
            reason: "the third write was refused",
            result: .rolledBack
        )
    }()
}
