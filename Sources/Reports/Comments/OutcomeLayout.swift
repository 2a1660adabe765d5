/// How outcomes are laid out in a comment: a heading that counts them, what they mean, and a row for each tenant.
struct OutcomeLayout {
    /// The first line, by which the comment is found again.
    var key: String
    /// What the heading says before the outcomes, such as `mitregate · merged`.
    var heading: String
    var rows: [OutcomeComment.Row]
    /// Markdown between the heading and the rows; empty, or with a blank line at its end.
    var meaning = ""
    var visibility: PlanComment.Visibility
    /// In Unicode scalars.
    var limit: Int

    func text() -> String {
        let ordered = rows.sorted { ($1.gravity, $0.tenant) < ($0.gravity, $1.tenant) }
        let start = "\(key)\n### \(heading): \(Self.sum(of: ordered))\n\n\(meaning)"
        let title = "| Tenant | Outcome | Since | Why | Run |\n|---|---|---|---|---|\n"
        let table = CommentSection(title, count: ordered.count, rank: 0) { index in
            line(ordered[index])
        } left: {
            "\n*\($0.counted("more tenant")) did not fit here; see \(MarkdownText.code("mitregate status")).*\n"
        }
        return start + CommentSection.compose([table], limit: limit - start.unicodeScalars.count).text
    }

    /// The one outcome with its tenant, or how many tenants have each.
    private static func sum(of ordered: [OutcomeComment.Row]) -> String {
        if ordered.count == 1, let only = ordered.first {
            return "\(only.word) in \(MarkdownText.code(only.tenant, limit: 100))"
        }
        let counts = Dictionary(grouping: ordered, by: \.word)
            .sorted { (-($0.value.first?.gravity ?? 0), $0.key) < (-($1.value.first?.gravity ?? 0), $1.key) }
            .map { "\($0.key) in \($0.value.count)" }
        return "\(counts.joined(separator: ", ")) of \(ordered.count.counted("tenant"))"
    }

    private func line(_ row: OutcomeComment.Row) -> String {
        let why = visibility == .full ? MarkdownText.prose(row.text, limit: 800) : ""
        return "| \(MarkdownText.code(row.tenant, limit: 100)) | **\(row.word)** | \(PlanComment.minute(row.at)) "
            + "| \(why) | \(MarkdownText.code((row.run ?? ""), limit: 60)) |\n"
    }
}
