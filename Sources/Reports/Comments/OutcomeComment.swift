package import FoundationEssentials

/// What is written on a request after the merge: what became of it in each tenant, and why.
package struct OutcomeComment: Sendable {
    package struct Row: Sendable {
        package var tenant: String
        /// Such as `applied`, `held`, `blocked`, `rolled back`.
        package var word: String
        /// Why, with the figures; it may hold strangers' strings.
        package var text: String
        package var run: String?
        package var at: Date
        /// The graver ones come first.
        package var gravity: Int

        package init(tenant: String, word: String, text: String, run: String?, at: Date, gravity: Int) {
            self.tenant = tenant
            self.word = word
            self.text = text
            self.run = run
            self.at = at
            self.gravity = gravity
        }
    }

    package var instance: String
    package var rows: [Row]
    package var visibility: PlanComment.Visibility
    package var limit: Int

    package init(
        instance: String,
        rows: [Row],
        visibility: PlanComment.Visibility = .full,
        limit: Int = 65_536
    ) {
        self.instance = instance
        self.rows = rows
        self.visibility = visibility
        self.limit = limit
    }

    package static func key(instance: String) -> String {
        "<!-- mitregate-outcome-key:\(MarkdownText.key(instance)) -->"
    }

    package func text() -> String {
        let ordered = rows.sorted { ($1.gravity, $0.tenant) < ($0.gravity, $1.tenant) }
        var start = Self.key(instance: instance) + "\n### mitregate · merged: "
        if ordered.count == 1, let only = ordered.first {
            start += "\(only.word) in \(MarkdownText.code(only.tenant, limit: 100))\n\n"
        } else {
            let counts = Dictionary(grouping: ordered, by: \.word)
                .sorted { (-($0.value.first?.gravity ?? 0), $0.key) < (-($1.value.first?.gravity ?? 0), $1.key) }
                .map { "\($0.key) in \($0.value.count)" }
            start += "\(counts.joined(separator: ", ")) of \(ordered.count.counted("tenant"))\n\n"
        }
        let head = "| Tenant | Outcome | Since | Why | Run |\n|---|---|---|---|---|\n"
        let table = CommentSection(head, count: ordered.count, rank: 0) { index in
            row(ordered[index])
        } left: {
            "\n*\($0.counted("more tenant")) found no room here; see \(MarkdownText.code("mitregate status")).*\n"
        }
        return start + CommentSection.compose([table], limit: limit - start.unicodeScalars.count).text
    }

    private func row(_ row: Row) -> String { row.line(visibility) }
}

extension OutcomeComment.Row {
    /// As a row of a table: tenant, outcome, since, why, run.
    func line(_ visibility: PlanComment.Visibility) -> String {
        let row = self
        let why = visibility == .full ? MarkdownText.prose(row.text, limit: 800) : ""
        return "| \(MarkdownText.code(row.tenant, limit: 100)) | **\(row.word)** | \(PlanComment.minute(row.at)) "
            + "| \(why) | \(MarkdownText.code((row.run ?? ""), limit: 60)) |\n"
    }
}
