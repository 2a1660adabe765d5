import Connectors
import Foundation
import Planning
import Reports
import TestSupport
import Testing
import TLSGate

/// What is written on a request that is applied before its merge.
@Suite struct AheadCommentTests {
    private func comment(
        _ standing: AheadComment.Standing,
        visibility: PlanComment.Visibility = .full,
        rows: [OutcomeComment.Row]? = nil,
        limit: Int = 65_536
    ) -> AheadComment {
        AheadComment(
            instance: "mitregate",
            by: "alice",
            head: "77d0e12b5c6a77d0e12b5c6a77d0e12b5c6a77d0",
            standing: standing,
            rows: rows ?? [
                OutcomeComment.Row(
                    tenant: "contoso",
                    word: "applied",
                    text: "1 change was applied.",
                    run: "01KB7Z2M3N4P5Q6R7S8T9V0W1X",
                    at: .fixture,
                    gravity: 1
                ),
                OutcomeComment.Row(
                    tenant: "lucerne",
                    word: "held",
                    text: "The branch has moved since it was looked at. Nothing was written.",
                    run: "01KB7Z2M3N4P5Q6R7S8T9V0W1Y",
                    at: .fixture,
                    gravity: 3
                ),
            ],
            runs: rows == nil ? ["01KB7Z2M3N4P5Q6R7S8T9V0W1X"] : rows?.compactMap(\.run) ?? [],
            visibility: visibility,
            limit: limit
        )
    }

    @Test(arguments: [
        (AheadComment.Standing.open, "ahead"), (.closed, "ahead-closed"), (.merged, "ahead-merged"),
    ])
    func `it says what came of it, and what it means for the request`(
        standing: AheadComment.Standing,
        name: String
    ) throws {
        try expectGolden(comment(standing).text(), "comment-\(name).md")
    }

    @Test func `where anybody may read it, it tells no reasons`() {
        let text = comment(.open, visibility: .summary).text()
        #expect(!text.contains("The branch has moved") && text.contains("lucerne"))
    }

    @Test func `it keeps within its limit, and what to type stays`() {
        let rows = (0..<2_000).map { number in
            OutcomeComment.Row(
                tenant: "tenant-\(number)",
                word: "applied",
                text: String(repeating: "x", count: 500),
                run: "R\(number)",
                at: .fixture,
                gravity: 1
            )
        }
        let text = comment(.closed, rows: rows, limit: 8_000).text()
        #expect(text.unicodeScalars.count <= 8_000)
        #expect(text.contains("mitregate rollback R0") && text.contains("1995 more"))
    }

    @Test func `the comment on a plan says that it was applied, and how to have it applied`() throws {
        var ahead = PlanComment.Tenant.fixture(.fixture(changes: []), judgements: [])
        ahead.ahead = PlanComment.Tenant.Ahead(run: "01KB7Z2M3N4P5Q6R7S8T9V0W1X", by: "alice", at: .fixture)
        try expectGolden(PlanComment.fixture([ahead]).text().text, "comment-applied-before.md")
        var comment = PlanComment.fixture([
            .fixture(
                .fixture(changes: [.create]),
                judgements: [.fixture(Change.create.key, .pass, [.passed("mx1.fabrikam.com [192.0.2.6]:25")])]
            )
        ])
        #expect(!comment.text().text.contains("mitregate apply"))
        comment.applyApprovals = 1
        try expectGolden(comment.text().text, "comment-to-apply.md")
        comment.applyApprovals = 2
        #expect(comment.text().text.contains("once 2 other people approved it"))
    }

    @Test func `help speaks of it where it is taken`() {
        #expect(!CommandHelp.markdown().contains("mitregate apply"))
        #expect(CommandHelp.markdown(appliesByComment: true).contains("<code>mitregate apply</code>"))
    }
}
