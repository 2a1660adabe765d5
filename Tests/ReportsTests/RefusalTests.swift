import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import Testing

/// What is not done, or not known, is said where it is seen, and never with a word of success.
struct RefusalTests {
    @Test func `a tenant that drifted is not in sync, although nothing was written`() {
        let tenant = TenantApply(
            tenant: "contoso",
            revision: Plan.commit,
            run: nil,
            result: .unchanged,
            written: 0,
            message: "",
            error: nil,
            exitStatus: .done,
            drifted: 6
        )
        let text = ApplyReport.text(ApplyDocument(tenants: [tenant]))
        #expect(text.contains("nothing to write; 6 connectors have drifted"))
        #expect(!text.contains("✓") && !text.contains("in sync"))
    }

    @Test func `each tenant that is refused has one line, and the others have none`() {
        let document = PlanDocument(tenants: [
            TenantPlan(plan: .fixture("adatum"), judgements: nil, exitStatus: .done),
            TenantPlan(tenant: "fabrikam", error: .throttled, exitStatus: .unknown),
            TenantPlan(plan: .everything, judgements: nil, exitStatus: .held),
        ])
        let lines = document.refusals.map(\.line)
        #expect(lines.count == 2)
        #expect(lines.first == "✗ fabrikam: \(ErrorEntry.throttled.message)")
        #expect(lines.allSatisfy { !$0.contains("\n") })
    }

    @Test func `a refusal is one line of plain text, whatever a stranger wrote`() {
        let line = Refusal(tenant: "contoso", reason: "\u{1B}[2J\u{9B}31m250 OK\r\n✓ applied \u{202E}").line
        #expect(line == "✗ contoso: \\u{1b}[2J\\u{9b}31m250 OK\\r\\n✓ applied \\u{202e}")
    }

    @Test func `an error in a file is told with its place, and with how many more there are`() {
        let error = ErrorEntry(
            id: "unknown-key",
            message: "spec has no key \"trsut\"",
            remedy: "Did you mean \"trust\"?",
            file: "tenants/contoso/a.yaml",
            line: 8,
            column: 3
        )
        func line(_ errors: [ErrorEntry]) -> String? {
            PlanDocument(tenants: [TenantPlan(tenant: "contoso", errors: errors, exitStatus: .error)]).refusals.first?
                .line
        }
        #expect(line([error]) == "✗ contoso: tenants/contoso/a.yaml:8:3: spec has no key \"trsut\"")
        #expect(line([error, .throttled])?.hasSuffix("\"trsut\" (and 1 more error)") == true)
        #expect(line([error, .throttled, error])?.hasSuffix("(and 2 more errors)") == true)
    }

    @Test func `a plan without changes says that the gate was not asked`() {
        let document = PlanDocument(tenants: [TenantPlan(plan: .fixture(), judgements: [], exitStatus: .done)])
        #expect(PlanReport.text(document).contains("TLS gate: not asked (no changes)."))
        #expect(document.json.contains("\"verdict\" : null"))
        #expect(!PlanReport.markdown(document).contains("pass"))
    }

    @Test func `a comment shows what blocks outside of what is folded away`() throws {
        let blocked = TenantPlan(
            plan: .fixture(changes: [.create]),
            judgements: [.blocked],
            exitStatus: .blocked
        )
        let text = PlanReport.markdown(PlanDocument(tenants: [blocked]))
        let open = try #require(text.range(of: "<details>")).lowerBound
        let finding = try #require(Judgement.blocked.findings.first { $0.outcome == .fail })
        #expect(text[..<open].contains(finding.check))
        #expect(text[..<open].contains("Fix the findings below."))
        #expect(!text.contains("✗ above"))
    }

    @Test func `a stale plan is told from the one that was reviewed`() {
        let document = PlanDocument(tenants: [
            TenantPlan(plan: .fixture(changes: [.create]), judgements: nil, exitStatus: .stale)
        ])
        #expect(
            PlanReport.text(document, style: TextStyle(width: 200)).contains(
                "what a new plan would be; nothing of it was applied"
            )
        )
    }

    @Test func `drift names its author in a plan too`() {
        let item = Plan.everything.drift[0]
        let document = PlanDocument(tenants: [
            TenantPlan(
                plan: .fixture(drift: [item]),
                judgements: nil,
                drift: [AttributedDrift(item: item, changedBy: "eve@contoso.com", changedAt: .fixture)],
                exitStatus: .done
            )
        ])
        #expect(PlanReport.text(document).contains("eve@contoso.com"))
        #expect(PlanReport.markdown(document).contains("contoso.com (2026-"))
        #expect(document.json.contains("\"changedBy\" : \"eve@contoso.com\""))
    }

    @Test func `the question names the changes and the tenants`() {
        let one = TenantPlan(plan: .fixture(changes: [.create]), judgements: nil, exitStatus: .done)
        #expect(PlanReport.question([one]) == "Apply 1 change to contoso?")
        let many = (1...5).map { number in
            TenantPlan(
                plan: .fixture("tenant\(number)", changes: [.create, .delete]),
                judgements: nil,
                exitStatus: .done
            )
        }
        #expect(PlanReport.question(many) == "Apply 10 changes to 5 tenants (tenant1, tenant2, tenant3, …)?")
    }

    @Test func `a list of verdicts ends with its sum and the reason for the exit code`() {
        let document = ProbeDocument(servers: [
            .init(target: "mx1", judgement: .blocked),
            .init(target: "mx2", judgement: .fixture(Change.create.key, .pass, [])),
        ])
        #expect(
            GateReport.text(document, style: TextStyle(width: 200)).hasSuffix(
                "2 servers: 1 block, 1 pass. Exit code 3: mail would not flow where it says block.\n"
            )
        )
    }

    @Test func `a digest is never broken, as it is there to be copied`() {
        let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
        let document = ErrorDocument([
            ErrorEntry(id: "x", message: "The certificate has the digest \(digest) and no other.", remedy: "")
        ])
        let text = ErrorReport.text(document, style: TextStyle(width: 40))
        #expect(text.split(separator: "\n").contains { $0.trimmingCharacters(in: .whitespaces) == digest })
    }
}

/// What is remembered of the tenants, for a machine without the store.
struct StateFileTests {
    private static let document = StateDocument(tenants: [
        RememberedTenant(
            tenant: "contoso",
            applied: AppliedTenant(connectors: [], revision: Plan.commit),
            quarantine: nil,
            unfinishedRun: "01M8"
        )
    ])

    @Test func `an export is read back the same`() throws {
        let bytes = Array(Self.document.json.utf8)
        #expect(try StateDocument.read(bytes, file: "state.json") == Self.document)
    }

    @Test(arguments: [
        ("{}", "state-file-unreadable"),
        ("{\"kind\": \"Plan\", \"formatVersion\": \"1.0\", \"tenants\": []}", "state-file-unreadable"),
        ("{\"kind\": \"State\", \"formatVersion\": \"2.0\", \"tenants\": []}", "state-file-version"),
        ("{\"kind\": \"State\", \"formatVersion\": \"1.0\"}", "state-file-damaged"),
    ])
    func `what is not an export is refused`(text: String, id: String) {
        let error = #expect(throws: ReportError.self) { try StateDocument.read(Array(text.utf8), file: "state.json") }
        #expect(error?.entry.id == id)
    }

    @Test func `two entries for one tenant are refused`() {
        let twice = StateDocument(tenants: Self.document.tenants + Self.document.tenants)
        let error = #expect(throws: ReportError.self) {
            try StateDocument.read(Array(twice.json.utf8), file: "state.json")
        }
        #expect(error?.entry.id == "state-file-damaged")
    }
}
