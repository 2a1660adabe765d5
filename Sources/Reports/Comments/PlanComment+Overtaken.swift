import Connectors

extension PlanComment {
    /// A comment as it reads once another head was merged than it shows: what reviewers saw stays below.
    ///
    /// - Parameters:
    ///   - text: As we wrote it; `nil` where it is not known, so that nothing of it stays.
    ///   - key: Its first line.
    ///   - limit: In Unicode scalars.
    package static func overtaken(
        _ text: String?,
        key: String,
        shown: String,
        merged: String,
        limit: Int = 65_536
    ) -> String {
        let heads =
            "\(MarkdownText.code(shown.shortRevision)), and the request was merged with "
            + "\(MarkdownText.code(merged.shortRevision)), which no comment had shown"
        let start =
            "\(key)\n### ! mitregate: not what was merged\n\n**This was shown for the head \(heads).** "
            + "The outcome is in a comment of its own.\n"
        guard let text, let end = text.firstIndex(of: "\n") else { return start }
        let below = text[text.index(after: end)...]
        // One grade smaller, so that it does not pass for the heading.
        let whole = start + "\n" + (below.hasPrefix("### ") ? "#" : "") + below
        return whole.unicodeScalars.count <= limit ? whole : start
    }
}
