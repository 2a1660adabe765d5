import Connectors

/// What is written on a request that is applied before its merge: what came of it in each tenant, and what it means now.
package struct AheadComment: Sendable {
    /// How the request stands.
    package enum Standing: String, Hashable, Sendable, CaseIterable {
        case open
        /// Closed without being merged.
        case closed
        case merged
    }

    package var instance: String
    /// The login of the person who asked, and the head that was applied.
    package var by: String
    package var head: String
    package var standing: Standing
    package var rows: [OutcomeComment.Row]
    /// The runs that stand, as they are to be taken back.
    package var runs: [String]
    package var visibility: PlanComment.Visibility
    package var limit: Int

    package init(
        instance: String,
        by: String,
        head: String,
        standing: Standing,
        rows: [OutcomeComment.Row],
        runs: [String],
        visibility: PlanComment.Visibility = .full,
        limit: Int = 65_536
    ) {
        self.instance = instance
        self.by = by
        self.head = head
        self.standing = standing
        self.rows = rows
        self.runs = runs
        self.visibility = visibility
        self.limit = limit
    }

    package static func key(instance: String) -> String {
        "<!-- mitregate-applied-key:\(MarkdownText.key(instance)) -->"
    }

    package func text() -> String {
        let mark = standing == .closed && !runs.isEmpty ? "! " : ""
        let asked =
            "\(MarkdownText.code(by, limit: 60)) asked for it with \(MarkdownText.code("mitregate apply")), for the head "
            + "\(MarkdownText.code(head.shortRevision)).\n\n"
        return OutcomeLayout(
            key: Self.key(instance: instance),
            heading: "\(mark)mitregate · before the merge",
            rows: rows,
            meaning: meaning + asked,
            visibility: visibility,
            limit: limit
        ).text()
    }

    private var meaning: String {
        guard !runs.isEmpty else { return "" }
        let takeBack = runs.prefix(5).map { MarkdownText.code("mitregate rollback \($0)", limit: 80) }
            .joined(separator: ", ")
        let more = runs.count > 5 ? " and \(runs.count - 5) more, listed below" : ""
        switch standing {
        case .open:
            return
                "**The tenant runs ahead of git until this request is merged.** The merge then writes nothing more. To close "
                + "it without a merge, take the change back first, or an alarm is raised: \(takeBack)\(more).\n\n"
        case .closed:
            return "**This request was closed without a merge, so the tenant is ahead of git.** To take it back: "
                + "\(takeBack)\(more). To keep it: reopen this request and merge it.\n\n"
        case .merged: return "**It was merged**, so git says the same now.\n\n"
        }
    }
}
