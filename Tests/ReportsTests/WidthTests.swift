import Connectors
import Foundation
import Planning
import Reports
import TestSupport
import Testing

/// What a text looks like in a narrow window, in the usual one, and in a wide one.
struct WidthTests {
    private static let commit = Plan.commit

    @Test(arguments: [40, 80, 200])
    func `a plan, the history and the status read as their golden files`(width: Int) throws {
        let style = TextStyle(width: width)
        let plan = PlanDocument(tenants: [TenantPlan(plan: .everything, judgements: nil, exitStatus: .held)])
        let status = StatusDocument(tenants: [
            TenantStatus(
                tenant: "contoso",
                source: "mail-flow",
                head: Self.commit,
                appliedRevision: String(repeating: "0", count: 40),
                lastRun: OtherReportsTests.runs[4]
            ),
            TenantStatus(tenant: "st-elsewhere-hospital-group", source: "mail-flow", head: nil, appliedRevision: nil),
        ])
        let texts = [
            ("plan", PlanReport.text(plan, style: style, savedTo: "plans/of/today/plan.json")),
            ("history", HistoryReport.text(HistoryDocument(runs: OtherReportsTests.runs), style: style)),
            ("status", StatusReport.text(status, style: style)),
        ]
        for (name, text) in texts {
            try expectGolden(text, "width-\(width)-\(name).txt")
            #expect(text.expectFits(width), "\(name)")
        }
    }

    @Test func `a style is never narrower than 40 columns, nor wider than 200`() {
        #expect([1, 40, 80, 200, 900].map { TextStyle(width: $0).width } == [40, 40, 80, 200, 200])
    }

    @Test(arguments: [
        "mitregate plan --out plan.json", "`mitregate suspend --tenant contoso --reason \"migration weekend\"`",
        "mitregate break-glass disable fabrikam --tenant contoso", "git revert 4be2c91a0f3d4be2",
        "tenants/contoso/a/very/long/folder/with/many/parts/fabrikam-forced-tls.yaml:41:7",
        "sha256:2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c",
    ])
    func `what is there to be copied stands whole on one line`(unit: String) {
        let entry = ErrorEntry(id: "x", message: "Something is wrong", remedy: "To put it right, run this: \(unit)")
        let text = ErrorReport.text(ErrorDocument([entry]), style: TextStyle(width: 40))
        #expect(text.split(separator: "\n").contains { $0.hasSuffix(unit) }, "\(text)")
    }

    @Test func `a command in a sentence ends where the sentence goes on`() {
        let remedy = "With mitregate plan --out FILE and mitregate apply FILE a person has seen what is written to it."
        let text = ErrorReport.text(
            ErrorDocument([ErrorEntry(id: "x", message: "It is held.", remedy: remedy)]),
            style: TextStyle(width: 40)
        )
        #expect(text.expectFits(40), "\(text)")
        #expect(text.contains("mitregate plan --out FILE") && text.contains("mitregate apply FILE"))
    }

    @Test func `a script without spaces is broken where the window ends`() {
        let words = String(repeating: "\u{90F5}\u{4EF6}", count: 60)
        let text = ErrorReport.text(
            ErrorDocument([ErrorEntry(id: "x", message: words, remedy: "")]),
            style: TextStyle(width: 40)
        )
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 22 }, "\(text)")
    }
}
