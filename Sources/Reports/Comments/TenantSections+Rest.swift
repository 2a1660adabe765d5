import Connectors
import Planning
import TLSGate

/// What the reviewer should also know: drift, what is not managed, notes.
extension TenantSections {
    var rest: CommentSection {
        let items = drift + unmanaged + others + notes
        return CommentSection(count: items.count, rank: rank + 3) { index in
            items[index]
        } left: {
            "*\($0.counted("more part")) did not fit here.*\n\n"
        }
    }

    private var isFull: Bool { visibility == .full }

    private var drift: [String] {
        let told = tenant.told.filter { !$0.item.accepted }
        guard !told.isEmpty else { return [] }
        let head = "\(told.count.counted("connector")) drifted: the tenant is not as it was last written"
        guard isFull else { return ["- \(head)\n\n"] }
        var text = "<details><summary>\(head)</summary>\n\n"
        text += "| Connector | Field | Written | Found | Security risk | By |\n|---|---|---|---|---|---|\n"
        var rows = 0
        for attributed in told {
            let item = attributed.item
            let key = MarkdownText.code("\(item.kind)/\(item.name)", limit: 120)
            let author = attributed.namedAuthor.map { MarkdownText.prose($0, limit: 120) } ?? "not known"
            let end = "\(item.risk.rawValue) | \(author) |\n"
            if item.fields.isEmpty { text += "| \(key) | | | \(item.form.rawValue) | \(end)" }
            for field in item.fields where rows < 40 {
                rows += 1
                text += "| \(key) | \(MarkdownText.code(field.path, limit: 60)) "
                text += "| \(MarkdownText.code(field.applied.shown, limit: 200)) "
                text += "| \(MarkdownText.code(field.observed.shown, limit: 200)) | \(end)"
            }
        }
        let all = told.reduce(0) { $0 + $1.item.fields.count }
        // A list ends the table only behind an empty line.
        let rest = all > rows ? "\n" + Self.more(all - rows) : ""
        return [text + rest + "\n</details>\n\n"]
    }

    private static func more(_ count: Int) -> String { count > 0 ? "- and \(count) more\n" : "" }

    private var unmanaged: [String] {
        guard let plan = tenant.plan, !plan.unmanaged.isEmpty else { return [] }
        let high = plan.unmanaged.count { $0.risk == .high }
        let danger = high > 0 ? ", \(high) of high security risk" : ""
        let head = "\(plan.unmanaged.count.counted("connector")) not managed, and left alone\(danger)"
        guard isFull else { return ["- \(head)\n\n"] }
        var text = "<details><summary>\(head)</summary>\n\n"
        for connector in plan.unmanaged.sorted(by: { $0.risk > $1.risk }).prefix(40) {
            text += "- \(connector.kind) \(MarkdownText.code(connector.displayName, limit: 100)), "
            text += "\(connector.risk.rawValue) security risk\n"
        }
        return [text + Self.more(plan.unmanaged.count - 40) + "\n</details>\n\n"]
    }

    /// Connectors that the plan leaves as they are, and of which the gate has something to say.
    private var others: [String] {
        let told = tenant.otherJudgements.filter { $0.verdict != .pass }
        guard !told.isEmpty else { return [] }
        var text =
            "<details><summary>TLS gate, on \(told.count.counted("connector")) that stay as they are</summary>\n\n"
        for judgement in told.sorted(by: { $0.verdict > $1.verdict }).prefix(40) {
            text +=
                "- \(judgement.verdict.rawValue) \(MarkdownText.code(judgement.connector.description, limit: 120))\n"
        }
        return [text + Self.more(told.count - 40) + "\n</details>\n\n"]
    }

    private var notes: [String] {
        guard isFull, let plan = tenant.plan, !plan.notes.isEmpty else { return [] }
        let told = plan.notes.prefix(20).map { "- \(MarkdownText.prose($0, limit: 600))\n" }.joined()
        return [told + Self.more(plan.notes.count - 20) + "\n"]
    }
}
