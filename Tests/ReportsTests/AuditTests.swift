import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import TestSupport
import Testing

/// The audit of the history, in each of its forms.
struct AuditTests {
    private static let hostile = "\u{1B}[2J</td><script>alert(1)</script>\u{202E}\"'&"

    private static func rows() -> [AuditRow] {
        let plan = Plan.fixture(changes: [.create, .update, .hostile])
        var journal = Journal(run: "", tenant: "contoso", revision: Plan.commit, planDigest: "", steps: [])
        for (change, state) in zip(plan.changes, [Journal.Step.State.confirmed, .undone]) {
            journal.steps.append(step(change, state))
        }
        let entry = TenantPlan(plan: plan, judgements: [.blocked], exitStatus: .done)
        var record = RunRecord(
            id: "01JDCVEQ50XXXXXXXXXXXX0000",
            tenant: "contoso",
            command: .apply,
            revision: Plan.commit,
            startedAt: .fixture,
            endedAt: Date.fixture.addingTimeInterval(12),
            result: .applied,
            author: "Ada Lovelace <ada@contoso.com>",
            subject: "=HYPERLINK(\"http://evil.example\") \(hostile)",
            startedBy: "ada",
            startedFrom: "ops1"
        )
        var rows = AuditRow.rows(of: record, plan, judgements: entry.judgementsText, journal)
        record.command = .breakGlass
        record.reason = "The partner was breached."
        record.startedBy = nil
        rows += AuditRow.rows(of: record, .fixture("northwind", changes: [.delete]), judgements: "", nil)
        return rows
    }

    private static func step(_ change: Change, _ state: Journal.Step.State) -> Journal.Step {
        let write = Write(
            action: change.action,
            kind: change.kind,
            name: change.name,
            displayName: change.displayName,
            settings: [:],
            expected: [:]
        )
        return Journal.Step(write: write, before: nil, state: state)
    }

    private static var document: AuditDocument {
        AuditDocument(since: .fixture, until: nil, rows: rows(), unreadableRuns: ["01JDCVEQ51"])
    }

    @Test func `the audit reads as its golden files`() throws {
        try expectGolden(AuditTable.text(Self.document), "audit.csv")
        try expectGolden(AuditPage.html(Self.document, version: "mitregate 1.2.3", at: .fixture), "audit.html")
        try expectGolden(Self.document.json, "audit.json")
    }

    @Test func `each change of a run has a row that says what became of it`() {
        #expect(Self.rows().map(\.outcome) == [.written, .undone, .notSent, .notSent])
        #expect(Self.rows().map(\.name) == ["fabrikam", "bank", "evil", "archive"])
        #expect(Self.rows()[0].evidence.verdict == .block && Self.rows()[1].evidence.verdict == nil)
    }

    private static let outcomes: [([Journal.Step.State], AuditRow.Outcome)] = [
        ([], .notSent), ([.planned], .notSent), ([.confirmed], .written), ([.confirmed, .confirmed], .written),
        ([.failed], .refused), ([.failed, .planned], .refused), ([.undone], .undone), ([.undone, .failed], .undone),
        ([.sending], .unsettled), ([.sent], .unsettled), ([.undoing], .unsettled), ([.undoRefused], .unsettled),
        ([.confirmed, .sending], .unsettled), ([.undone, .sending], .unsettled),
    ]

    @Test(arguments: outcomes)
    func `only what surely has no effect was refused, and what is not known is unsettled`(
        states: [Journal.Step.State],
        outcome: AuditRow.Outcome
    ) {
        let record = RunRecord(
            id: "01JDCVEQ50XXXXXXXXXXXX0000",
            tenant: "contoso",
            command: .apply,
            revision: Plan.commit,
            startedAt: .fixture
        )
        let steps = states.map { Self.step(.update, $0) }
        let journal = Journal(run: record.id, tenant: "contoso", revision: Plan.commit, planDigest: "", steps: steps)
        let rows = AuditRow.rows(of: record, .fixture(changes: [.update]), judgements: "", journal)
        #expect(rows.map(\.outcome) == [outcome])
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "|cmd", "%0", "\u{FF1D}1"])
    func `no cell of the table is a formula`(text: String) throws {
        var row = Self.rows()[0]
        row.subject = text
        let table = AuditTable.text(AuditDocument(since: nil, until: nil, rows: [row]))
        let line = try #require(table.split(separator: "\r\n").last)
        #expect(line.contains(",\"'"), "\(line)")
    }

    @Test func `the table is as RFC 4180 has it`() throws {
        var row = Self.rows()[0]
        row.subject = "one, \"two\"\nthree"
        let table = AuditTable.text(AuditDocument(since: nil, until: nil, rows: [row]))
        #expect(table.contains("\"one, \"\"two\"\"\\nthree\""), "\(table)")
        #expect(table.hasSuffix("\r\n") && table.split(separator: "\r\n").count == 2)
    }

    @Test func `the page has no markup of strangers, and needs no other file`() {
        let page = AuditPage.html(Self.document, version: "mitregate 1.2.3", at: .fixture)
        for mark in ["<script", "<img", "\u{1B}", "\u{202E}", "src=", "href=", "url("] { #expect(!page.contains(mark)) }
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("default-src 'none'"))
        for tag in ["table", "tbody", "tr", "td", "ul", "li"] {
            let opened = page.ranges(of: "<\(tag)>").count + page.ranges(of: "<\(tag) ").count
            #expect(opened == page.ranges(of: "</\(tag)>").count, "\(tag)")
        }
    }
}
