import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import TestSupport
import Testing

/// What is read of hundreds of tenants.
struct FleetTests {
    private static func name(_ number: Int) -> String { "t\(String(1_000 + number).dropFirst())" }

    /// A change of one value in each tenant; three have another value, one is not read, one is held.
    private static let plans: PlanDocument = {
        var tenants = (1...299).map { number -> TenantPlan in
            var change = Change.delete
            change.action = .update
            change.guid = "guid-\(number)"
            change.source = SourcePosition(file: "tenants/\(name(number))/archive.yaml", line: 4)
            let host: FieldValue = number <= 3 ? ["other.archive.example"] : ["new.archive.example"]
            change.fields = [FieldChange(path: "smartHosts", before: ["smtp.archive.example"], after: host)]
            var judgement = Judgement.fixture(change.key, .pass, [.passed("new.archive.example [192.0.2.6]:25")])
            judgement.observedAt = Date.fixture.addingTimeInterval(Double(number))
            let plan = Plan.fixture(
                name(number),
                changes: [change],
                guards: number == 7 ? [Guard(id: "freeze", message: "Nothing is applied until Monday.")] : []
            )
            return TenantPlan(plan: plan, judgements: [judgement], exitStatus: number == 7 ? .held : .done)
        }
        tenants.append(TenantPlan(tenant: name(300), error: .throttled, exitStatus: .unknown))
        return PlanDocument(tenants: tenants)
    }()

    @Test func `one changed value in 300 tenants is one group, with a summary of one screen before it`() throws {
        let text = PlanReport.text(Self.plans)
        try expectGolden(text, "fleet-plan.txt")
        #expect(text.hasPrefix("300 tenants: 299 with changes, 1 held or blocked, 1 not planned.\n"))
        #expect(text.split(separator: "\n").count <= 60)
        #expect(text.contains("the same change in 296 tenants: t004, t005"))
        #expect(text.contains("3 differ: t001, t002, t003"))
        #expect(text.expectFits(80))
    }

    @Test func `JSON has each tenant whole`() throws {
        let json = Self.plans.json
        #expect(json.ranges(of: "\"planDigest\"").count == 299)
        #expect(json.ranges(of: "\"smartHosts\"").count == 299)
    }

    @Test func `two tenants with one change are told together, with another change each by themselves`() {
        let same = PlanDocument(tenants: [
            TenantPlan(plan: .fixture("adatum", changes: [.create]), judgements: nil, exitStatus: .done),
            TenantPlan(plan: .fixture("contoso", changes: [.create]), judgements: nil, exitStatus: .done),
        ])
        #expect(PlanReport.text(same).contains("the same change in 2 tenants: adatum, contoso"))
        let other = PlanDocument(tenants: [
            TenantPlan(plan: .fixture("adatum", changes: [.create]), judgements: nil, exitStatus: .done),
            TenantPlan(plan: .fixture("contoso", changes: [.update]), judgements: nil, exitStatus: .done),
        ])
        #expect(PlanReport.text(other).contains("Tenant adatum, commit") && PlanReport.text(other).contains("Digest: "))
    }

    @Test func `a refusal of one tenant among many is told, and no word of success for it`() {
        let text = PlanReport.text(Self.plans)
        #expect(text.contains("freeze: Nothing is applied until Monday."))
        #expect(text.contains("only in t007"))
        #expect(text.contains("only in t300"))
    }

    private static let drifts = DriftDocument(
        tenants: (1...300).map { number in
            guard number > 2 else { return TenantDrift(tenant: name(number)) }
            let item = DriftItem(
                form: .changed,
                kind: .inboundConnector,
                name: "bank",
                displayName: "Bank",
                fields: [.init(path: "requireTls", applied: true, observed: false)],
                accepted: false
            )
            return TenantDrift(
                tenant: name(number),
                items: [
                    AttributedDrift(
                        item: item,
                        changedBy: number < 10 ? "mallory@contoso.com" : "eve@contoso.com",
                        changedAt: Date.fixture.addingTimeInterval(Double(number))
                    )
                ]
            )
        }
    )

    @Test func `the same drift in many tenants is one group, with who made it`() throws {
        let text = DriftReport.text(Self.drifts)
        try expectGolden(text, "fleet-drift.txt")
        #expect(text.hasPrefix("300 tenants: 298 drifted, 2 without drift.\n"))
        #expect(text.contains("the same drift in 298 tenants"))
        #expect(text.contains("mallory@contoso.com (7 tenants), eve@contoso.com (291 tenants)"))
        #expect(Self.drifts.onlyProblems.tenants.count == 298)
    }

    private static let gates: GateDocument = {
        let key = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
        let forecast = CertificateForecast(
            connector: key,
            subjects: ["mx1.fabrikam.com [192.0.2.6]:25"],
            name: "mx1.fabrikam.com",
            sha256: String(repeating: "ab", count: 32),
            names: "DNS:mx1.fabrikam.com",
            issuer: "A CA",
            notAfter: Date.fixture.addingTimeInterval(20 * 86_400),
            isLeaf: true
        )
        return GateDocument(
            tenants: (1...300).map { number in
                var judgement = Judgement.fixture(
                    key,
                    number == 5 ? .warn : .pass,
                    [.passed("mx1.fabrikam.com [192.0.2.6]:25")]
                )
                judgement.observedAt = Date.fixture.addingTimeInterval(Double(number))
                judgement.forecasts = [forecast]
                if number == 5 { judgement.forecasts[0].subjects = ["mx2.fabrikam.com [192.0.2.7]:25"] }
                return TenantVerdict(tenant: name(number), judgements: [judgement])
            }
        )
    }()

    @Test func `the gate's word on one partner of many tenants is one group, and so is the partner's certificate`()
        throws
    {
        let text = GateReport.text(Self.gates, now: .fixture)
        try expectGolden(text, "fleet-gate.txt")
        #expect(text.hasPrefix("300 tenants: 1 warn, 299 pass.\n"))
        #expect(
            text.ranges(of: "2026-12-13").count == 2,
            "the certificate once, and once where another server bears it"
        )
        let wide = GateReport.text(Self.gates, style: TextStyle(width: 200), now: .fixture)
        #expect(wide.contains("(fabrikam of 299 tenants: t001, t002") && wide.contains("(fabrikam of t005)"))
        #expect(Self.gates.onlyProblems.tenants.map(\.tenant) == ["t005"])
    }

    @Test(arguments: [(19.0, false), (21.0, true)]) func `a certificate that ends in time is found`(
        days: Double,
        isFound: Bool
    ) {
        let end = Date.fixture.addingTimeInterval(days * 86_400)
        #expect(Self.gates.hasCertificate(endingBefore: end) == isFound)
        let text = GateReport.expiring(Self.gates, before: end, now: .fixture)
        #expect(text.contains("mx1.fabrikam.com") == isFound)
        #expect(text.contains("No certificate that was seen ends before") == !isFound)
    }

    @Test(arguments: [
        ("from 198.51.100.0/28.", "from 198.51.100.32/28 or 203.0.113.9.", true),
        ("at mx.a.example, mx.b.example and mx.c.example it", "at mx.d.example it", true),
        ("✓ 1 check passed: mx.a.example [192.0.2.6]:25", "✓ 1 check passed: mx.b.example\n  [2001:db8::1]:25", true),
        ("for mx.a.example; it waits", "for mx.a.example; it is refused", false),
        ("ends 2026-12-13", "ends 2026-12-14", false),
        ("2 checks passed", "3 checks passed", false),
        ("mail to a.example will be sent", "mail to a.example or anyone will be sent", false),
        ("TLSv1.3 at a.example", "TLSv1.2 at b.example", false), ("score 3.5", "score 9.5", false),
        ("since 12:30:45Z", "since 12:30:46Z", false), ("at mx1.a.example:25", "at mx.xn--p1ai:2525", true),
    ])
    func `sentences are told together where only names and addresses differ`(one: String, other: String, isOne: Bool) {
        let tenants = [one, other].enumerated().map { number, effect in
            var change = Change.create
            change.effect = [effect]
            return TenantPlan(plan: .fixture(Self.name(number), changes: [change]), judgements: nil, exitStatus: .done)
        }
        // A third one, so that there is something to tell together in any case.
        let text = PlanReport.text(
            PlanDocument(
                tenants: tenants + [
                    TenantPlan(
                        plan: .fixture("third", changes: tenants[0].plan?.changes ?? []),
                        judgements: nil,
                        exitStatus: .done
                    )
                ]
            )
        )
        #expect(text.contains("the same change in \(isOne ? 3 : 2) tenants"), "\(text)")
        #expect(text.contains("names and addresses in it are those of t000") == isOne, "\(text)")
    }

    @Test func `certificates that an earlier run saw are told with when it did`() {
        let end = Date.fixture.addingTimeInterval(21 * 86_400)
        let fresh = GateReport.expiring(Self.gates, before: end, now: .fixture.addingTimeInterval(300))
        #expect(!fresh.contains("--evidence-age"))
        let wide = TextStyle(width: 200)
        let old = GateReport.expiring(Self.gates, before: end, style: wide, now: .fixture.addingTimeInterval(7_200))
        #expect(
            old.contains(
                "Some servers were not asked now: runs saw them, the earliest at \(Timestamp.text(.fixture.addingTimeInterval(1)))."
            ),
            "\(old)"
        )
        #expect(old.contains("--evidence-age 0s asks them all."))
    }

    @Test func `without problems nothing is hidden silently`() {
        #expect(OnlyProblems.line(left: 0, of: 300, "tenant") == "No problems in 300 tenants.\n")
        #expect(OnlyProblems.line(left: 2, of: 300, "tenant") == "\n298 tenants without problems are not shown.\n")
        #expect(OnlyProblems.line(left: 300, of: 300, "tenant").isEmpty)
    }

    @Test func `doctor leaves out what is in order, and counts it`() {
        let checks = (1...3).map { DoctorCheck(name: "token", tenant: Self.name($0), outcome: .ok, message: "fine") }
        let document = DoctorDocument(checks: checks + [DoctorCheck(name: "clock", outcome: .warn, message: "late")])
        let text = DoctorReport.text(document.onlyProblems, of: document)
        #expect(text.contains("clock: late") && !text.contains("fine"))
        #expect(text.hasPrefix("4 checks: 1 to look at, 3 in order.\n"), "\(text)")
    }

    @Test func `status hides a tenant only where there is nothing to tell of it`() {
        func tenant(_ name: String, _ change: (inout TenantStatus) -> Void = { _ in }) -> TenantStatus {
            var status = TenantStatus(
                tenant: name,
                source: "mail-flow",
                head: Plan.commit,
                appliedRevision: Plan.commit
            )
            change(&status)
            return status
        }
        let quarantine = Quarantine(
            tenant: "quarantine",
            revision: String(repeating: "9", count: 40),
            run: "01JDCVEQ50",
            reason: "an older commit",
            since: .fixture
        )
        let emergency = BreakGlass(
            tenant: "break-glass",
            connector: Change.update.key,
            displayName: "Bank",
            owner: "ada",
            reason: "The partner was breached.",
            since: .fixture,
            until: .fixture,
            run: "01JDCVEQ50"
        )
        let document = StatusDocument(tenants: [
            tenant("applied"), tenant("in-sync") { $0.drift = .known(open: 0, accepted: 1) },
            tenant("quarantine") { $0.quarantine = quarantine }, tenant("break-glass") { $0.breakGlass = [emergency] },
            tenant("head") { $0.headErrors = [.throttled] }, tenant("run") { $0.lastRun = OtherReportsTests.runs[3] },
            tenant("drifted") { $0.drift = .known(open: 1, accepted: 0) },
        ])
        let shown = document.onlyProblems.tenants.map(\.tenant)
        #expect(shown == ["quarantine", "break-glass", "head", "run", "drifted"])
    }
}
