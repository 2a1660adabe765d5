import Foundation
import Planning
import Reports
import Testing

struct HistoryReportTests {
    private func run(_ number: Int, _ result: RunRecord.Result, tenant: String = "contoso") -> RunRecord {
        RunRecord(
            id: "01JDCVEQ50000000000000\(1_000 - number)",
            tenant: tenant,
            command: .apply,
            revision: Plan.commit,
            startedAt: Date.fixture.addingTimeInterval(-60 * Double(number)),
            endedAt: .fixture,
            result: result,
            message: "it was so"
        )
    }

    @Test func `passes that were refused alike are one row, and no other run is hidden`() {
        let held = (1...30).map { run($0, .held) }
        let others = (1...30).map { run($0, .held, tenant: "northwind") }
        let all = [run(0, .applied)] + zip(held, others).flatMap { [$0, $1] } + [run(31, .applied), run(32, .held)]
        #expect(HistoryReport.rowCount(all) == 5)
        let text = HistoryReport.text(HistoryDocument(runs: all))
        #expect(text.contains("and 29 runs before it, since 2026-11-23T22:58:57Z, came to the same."))
        #expect(text.ranges(of: "applied").count == 2)
        #expect(HistoryDocument(runs: all).json.ranges(of: "\"run\"").count == all.count, "JSON has each of them")
    }

    @Test func `runs that were rolled back are each a row, however alike`() {
        #expect(HistoryReport.rowCount((0..<5).map { run($0, .rolledBack) }) == 5)
    }

    @Test func `a list that was cut says so`() {
        let runs = (0..<5).map { run($0, .applied) }
        #expect(HistoryReport.text(HistoryDocument(runs: runs), limit: 3).contains("There are older runs; --limit"))
        #expect(
            HistoryReport.text(HistoryDocument(runs: runs, hasMore: true)).contains("There are older runs; --limit")
        )
        #expect(!HistoryReport.text(HistoryDocument(runs: runs)).contains("older runs"))
    }
}
