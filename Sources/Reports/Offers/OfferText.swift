package import Connectors
import Planning

/// The words of a change that is offered as a pull request.
package struct OfferText: Hashable, Sendable {
    package var title: String
    /// Markdown, within the limit that was given.
    package var body: String
    /// The evidence in Markdown; `nil` where the body says all.
    package var comment: String?
    /// Plain text, without a stranger's string.
    package var commitMessage: String

    /// In Unicode scalars, of what a forge takes.
    package struct Limits: Hashable, Sendable {
        package var body: Int
        package var comment: Int

        package init(body: Int, comment: Int) {
            self.body = body
            self.comment = comment
        }
    }

    /// What an offer leaves out, and why.
    package struct Left: Hashable, Sendable {
        package var connector: ConnectorKey
        /// `nil` where the connector as a whole is meant.
        package var field: String?
        /// Half a sentence; it may hold strangers' strings.
        package var reason: String
        package var place: SourcePosition?

        package init(connector: ConnectorKey, field: String? = nil, reason: String, place: SourcePosition? = nil) {
            self.connector = connector
            self.field = field
            self.reason = reason
            self.place = place
        }
    }

    /// What a request was about whose reason is gone.
    package enum End: Hashable, Sendable {
        case drift
        case revert
        case adoption
    }

    /// What is said when a request is closed because there is nothing to offer any more; Markdown.
    package static func ended(_ end: End, tenant: String) -> String {
        let name = MarkdownText.code(tenant, limit: 100)
        let why =
            switch end {
            case .drift: "git and \(name) agree again, or git has changed what this request was about"
            case .revert:
                "no commit is quarantined in \(name) any more, or git no longer has what this request takes back"
            case .adoption: "every connector of \(name) that could get a definition has one, or is gone"
            }
        return "Closed: \(why). Nothing was written to the tenant.\n"
    }

    /// The first line of the body, by which people and programs know it for ours.
    static func key(instance: String, branch: String) -> String {
        "<!-- mitregate-offer-key:\(MarkdownText.key(instance))/\(MarkdownText.key(branch)) -->\n"
    }

    /// Lays sections out between a start and an end; what finds no room there goes into a comment, where all of it is told.
    ///
    /// - Parameter evidence: What is only ever told in the comment.
    static func compose(
        start: String,
        sections: [CommentSection],
        evidence: [CommentSection] = [],
        end: String,
        limits: Limits
    ) -> (body: String, comment: String?) {
        let pointer = "\n*A comment below has the rest.*\n"
        let frame = (start + end + pointer).unicodeScalars.count
        let (text, kept) = CommentSection.compose(sections, limit: limits.body - frame)
        let isWhole = zip(sections, kept).allSatisfy { $0.count == $1.count }
        let rest = (isWhole ? [] : sections) + evidence.filter { $0.count > 0 }
        guard !rest.isEmpty else { return (start + text + end, nil) }
        let comment = CommentSection.compose(rest, limit: limits.comment).text
        return (start + text + end + pointer, comment)
    }

    /// What is not in the request, with the reasons.
    static func left(_ entries: [Left], isFull: Bool, rank: Int) -> CommentSection {
        let opening = "**Not in this request**\n\n"
        return CommentSection(opening, count: entries.count, closing: "\n", share: 0.4, rank: rank) { index in
            let entry = entries[index]
            let field = entry.field.map { " · \(MarkdownText.code($0, limit: 60))" } ?? ""
            let place = entry.place.map { " (\(MarkdownText.code($0.description, limit: 200)))" } ?? ""
            let reason = isFull ? ": \(MarkdownText.prose(entry.reason, limit: 400))" : ""
            return "- \(MarkdownText.code(entry.connector.description, limit: 120))\(field)\(reason)\(place)\n"
        } left: {
            "- \($0.counted("more"))\n\n"
        }
    }

    /// Comments of the files that went with the lines in which they stood.
    static func comments(_ comments: [String], isFull: Bool, rank: Int) -> CommentSection {
        let opening = "**Comments removed with their lines**\n\n"
        return CommentSection(opening, count: isFull ? comments.count : 0, closing: "\n", share: 0.3, rank: rank) {
            index in
            "- \(MarkdownText.code(comments[index], limit: 200))\n"
        } left: {
            "- \($0.counted("more comment"))\n\n"
        }
    }
}
