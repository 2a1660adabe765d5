import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import TestSupport
import Testing

struct PlanReportTests {
    private static let cases: [(name: String, document: PlanDocument)] = [
        (
            "everything",
            PlanDocument(tenants: [TenantPlan(plan: .everything, judgements: nil, exitStatus: .held)])
        ),
        (
            "blocked",
            PlanDocument(tenants: [
                TenantPlan(
                    plan: .fixture(changes: [.create, .delete]),
                    judgements: [
                        .blocked, .fixture(ConnectorKey(kind: .outboundConnector, name: "other"), .warn, []),
                    ],
                    exitStatus: .blocked
                )
            ])
        ),
        (
            "passed",
            PlanDocument(tenants: [
                TenantPlan(
                    plan: .fixture(changes: [.create]),
                    judgements: [.fixture(Change.create.key, .pass, [.passed("mx1.fabrikam.com [192.0.2.6]:25")])],
                    exitStatus: .done
                )
            ])
        ),
        ("no-changes", PlanDocument(tenants: [TenantPlan(plan: .fixture(), judgements: nil, exitStatus: .done)])),
        (
            "drifted",
            PlanDocument(tenants: [
                TenantPlan(plan: .fixture(drift: Plan.everything.drift), judgements: nil, exitStatus: .done)
            ])
        ),
        (
            "several",
            PlanDocument(tenants: [
                TenantPlan(plan: .fixture("adatum"), judgements: nil, exitStatus: .done),
                TenantPlan(plan: .fixture("contoso", changes: [.delete]), judgements: nil, exitStatus: .done),
                TenantPlan(tenant: "fabrikam", error: .throttled, exitStatus: .unknown),
                TenantPlan(tenant: "woodgrove", errors: [.definition, .throttled], exitStatus: .error),
                TenantPlan(plan: .fixture("lucerne"), judgements: nil, exitStatus: .done),
            ])
        ),
        (
            "working-tree",
            PlanDocument(tenants: [
                TenantPlan(
                    plan: .fixture(revision: Plan.workingTree, changes: [.create]),
                    judgements: nil,
                    exitStatus: .done
                )
            ])
        ),
        (
            "quarantined",
            PlanDocument(tenants: [
                TenantPlan(
                    plan: .fixture(
                        changes: [.delete],
                        guards: [
                            Guard(
                                id: Guard.ID.quarantinedRevision.rawValue,
                                message:
                                    "Commit 4be2c91a0f3d was rolled back by run 01JDCVEQ52XXXX (the third write was "
                                    + "refused). Commit a correction, or run mitregate retry to try it again."
                            )
                        ]
                    ),
                    judgements: nil,
                    exitStatus: .held
                )
            ])
        ),
        (
            "proposed",
            PlanDocument(tenants: [
                TenantPlan(
                    plan: .fixture(
                        changes: [.delete],
                        guards: [
                            Guard(
                                id: Guard.ID.changesProposed.rawValue,
                                message: "Changes to this tenant are only proposed (changes: propose)."
                            )
                        ]
                    ),
                    judgements: nil,
                    exitStatus: .held
                )
            ])
        ),
        (
            "hostile",
            PlanDocument(tenants: [
                TenantPlan(plan: .fixture("contoso", changes: [.hostile]), judgements: nil, exitStatus: .done)
            ])
        ),
    ]

    @Test(arguments: cases.indices)
    func `a plan reads as its golden file`(index: Int) throws {
        let (name, document) = Self.cases[index]
        let text = PlanReport.text(document, savedTo: "plan.json")
        try expectGolden(text, "plan-\(name).txt")
        try expectGolden(PlanReport.markdown(document), "plan-\(name).md")
        try expectGolden(document.json, "plan-\(name).json")
        #expect(text.expectFits(80))
    }

    @Test(arguments: cases.indices)
    func `what is saved is read back the same`(index: Int) throws {
        let document = Self.cases[index].document
        #expect(try PlanDocument.read(Array(document.json.utf8), file: "plan.json") == document)
    }

    @Test func `colour adds nothing but colour`() {
        for (_, document) in Self.cases {
            let painted = PlanReport.text(document, style: TextStyle(usesColour: true))
            #expect(painted.contains("\u{1B}["))
            let bare = painted.replacing(/\u{1B}\[[0-9]+m/, with: "")
            #expect(bare == PlanReport.text(document))
        }
    }

    @Test(arguments: [40, 60, 80, 132]) func `no line is longer than the page is wide`(width: Int) {
        for (_, document) in Self.cases {
            #expect(PlanReport.text(document, style: TextStyle(width: width)).expectFits(width))
        }
    }

    @Test func `a refusal has no word of success`() {
        for (_, document) in Self.cases where document.exitStatus != .done {
            let text = PlanReport.text(document, savedTo: "plan.json")
            for tenant in document.tenants where tenant.exitStatus == .held || tenant.exitStatus == .blocked {
                #expect(!text.contains("No changes"))
                #expect(!text.contains("To apply exactly this"))
                #expect(text.contains("\n! Held") || text.contains("\n! Blocked"))
            }
        }
    }

    private static func document(_ verdict: Verdict) -> PlanDocument {
        let judgement = Judgement.fixture(Change.create.key, verdict, [])
        let plan = Plan.fixture(changes: [.create])
        return PlanDocument(tenants: [TenantPlan(plan: plan, judgements: [judgement], exitStatus: .done)])
    }

    private static let refusals: [(Verdict, String?)] = [
        (.pass, nil), (.warn, nil), (.approve, "! Held by the TLS gate: a person must accept"),
        (.hold, "! Held by the TLS gate: what is marked ?"), (.block, "! Blocked by the TLS gate: nothing is applied."),
    ]

    @Test(arguments: refusals)
    func `how to apply a plan is said only where the gate lets it be applied`(verdict: Verdict, refusal: String?) {
        let text = PlanReport.text(Self.document(verdict), savedTo: "plan.json")
        #expect(text.contains("To apply exactly this: mitregate apply plan.json") == (refusal == nil))
        if let refusal { #expect(text.contains("\n\(refusal)")) }
    }

    @Test(arguments: [
        (Verdict.warn, Verdict.warn, true), (.hold, .pass, true), (.pass, .warn, false), (.warn, .approve, false),
    ])
    func `a plan is as in the saved one only where the gate says nothing worse of it`(
        old: Verdict,
        new: Verdict,
        isKnown: Bool
    ) {
        let text = PlanReport.text(Self.document(new), reviewed: Self.document(old))
        #expect(text.contains("as in the saved plan") == isKnown)
        #expect(text.contains("fabrikam") != isKnown)
    }

    @Test func `JSON has no order to a pipeline's agent, and is read back the same`() throws {
        let error = ErrorEntry(
            id: "smtp-reply",
            message: "250 ##vso[task.setvariable variable=PATH]a ###[error]b",
            remedy: "##[section]c"
        )
        let document = PlanDocument(tenants: [TenantPlan(tenant: "contoso", error: error, exitStatus: .unknown)])
        #expect(!document.json.contains("##vso[") && !document.json.contains("##["))
        #expect(try PlanDocument.read(Array(document.json.utf8), file: "plan.json") == document)
    }

    @Test func `a comment for a pull request stays within its limit and says what it left out`() {
        let many = (0..<2_000).map { number in
            var change = Change.update
            change.name = "partner-\(number)"
            return change
        }
        let document = PlanDocument(tenants: [
            TenantPlan(plan: .fixture(changes: many), judgements: nil, exitStatus: .done)
        ])
        let text = PlanReport.markdown(document)
        #expect(text.unicodeScalars.count <= 60_000)
        #expect(text.contains("did not fit here"))
    }

    @Test func `strangers' strings are text in Markdown, whatever they hold`() {
        let text = PlanReport.markdown(Self.cases[Self.cases.count - 1].document)
        for mark in ["<script", "<img", "](http", "https://", "@admin", "@team", "\u{1B}", "\u{202E}", "*bold*"] {
            #expect(!text.contains(mark))
        }
        #expect(text.ranges(of: "</details>").count == 1)
    }
}

extension String {
    /// Whether every line takes at most so many columns, counted in characters: the fixtures have no wide ones.
    func expectFits(_ width: Int) -> Bool {
        split(separator: "\n").allSatisfy { line in
            // What is there to be copied is kept whole, on a line of its own, behind a mark or a label.
            let words = line.split(separator: " ").dropLast()
            return line.count <= width || line.contains("mitregate ") || words.joined(separator: " ").count <= 10
        }
    }
}
