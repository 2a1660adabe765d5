package import Connectors
import FoundationEssentials
import Planning

/// What a person reads who is to decide whether git takes over what was changed in a tenant.
package struct DriftOfferText: Sendable {
    /// One connector, and what of its deviation the request takes over.
    package struct Entry: Sendable {
        package var drift: AttributedDrift
        /// The fields that git is made to say; empty where the connector is gone, and its definition with it.
        package var fields: Set<String>
        /// The document that is edited.
        package var place: SourcePosition

        package init(drift: AttributedDrift, fields: Set<String>, place: SourcePosition) {
            self.drift = drift
            self.fields = fields
            self.place = place
        }
    }

    package var instance: String
    package var tenant: String
    package var branch: String
    package var entries: [Entry]
    package var left: [OfferText.Left]
    package var removedComments: [String]
    /// What the tenant's configuration says of drift.
    package var policy: TenantPolicy.Drift
    package var visibility: PlanComment.Visibility

    package init(
        instance: String,
        tenant: String,
        branch: String,
        entries: [Entry],
        left: [OfferText.Left],
        removedComments: [String],
        policy: TenantPolicy.Drift,
        visibility: PlanComment.Visibility = .full
    ) {
        self.instance = instance
        self.tenant = tenant
        self.branch = branch
        // The worst first, as it must be read.
        self.entries = entries.sorted {
            ($1.drift.item.risk, $0.drift.item.key) < ($0.drift.item.risk, $1.drift.item.key)
        }
        self.left = left
        self.removedComments = removedComments
        self.policy = policy
        self.visibility = visibility
    }

    package func text(limits: OfferText.Limits) -> OfferText {
        let (body, comment) = OfferText.compose(
            start: start,
            sections: [
                weakening, table, OfferText.left(left, isFull: isFull, rank: 2), details,
                OfferText.comments(removedComments, isFull: isFull, rank: 4),
            ],
            end: end,
            limits: limits
        )
        return OfferText(
            title: title,
            body: body,
            comment: comment.map { "**What changed in \(name)**\n\n" + $0 },
            commitMessage: commitMessage
        )
    }

    private var isFull: Bool { visibility == .full }
    private var name: String { MarkdownText.code(tenant, limit: 100) }
    private var weak: [Entry] { entries.filter { $0.drift.item.risk == .high } }

    private var title: String {
        guard entries.count == 1, let only = entries.first else {
            return "Drift in \(tenant): take over \(entries.count.counted("changed connector"))"
        }
        let key = only.drift.item.key
        guard only.drift.item.form != .missing else { return "Drift in \(tenant): \(key) is gone" }
        let fields = only.fields.sorted()
        let more = fields.count > 3 ? " and \(fields.count - 3) more" : ""
        return "Drift in \(tenant): \(fields.prefix(3).joined(separator: ", "))\(more) of \(key)"
    }

    private var commitMessage: String {
        let list = entries.prefix(50).map { entry in
            let item = entry.drift.item
            return item.form == .missing
                ? "- \(item.key) is gone" : "- \(item.key): \(entry.fields.sorted().joined(separator: ", "))"
        }
        let more = entries.count > 50 ? ["- and \(entries.count - 50) more"] : []
        let why =
            "Someone changed the tenant by hand; this commit makes git match it. Nothing is written to the tenant."
        return ([title, "", why, ""] + list + more).joined(separator: "\n") + "\n"
    }

    private var start: String {
        let what = entries.count == 1 ? "A connector" : "\(entries.count.counted("connector"))"
        let verb = entries.count == 1 ? "matches" : "match"
        return OfferText.key(instance: instance, branch: branch)
            + "**\(what) in \(name) no longer \(verb) git: someone changed the tenant itself.** "
            + "Merging this makes git match the tenant. Nothing is written to the tenant.\n\n"
    }

    // MARK: What weakens

    private var weakening: CommentSection {
        let opening =
            "**This weakens security.** Merging it accepts that in git. To agree, say why in each of these documents, "
            + "under \(MarkdownText.code("metadata.annotations")), on this branch:\n\n"
        let weak = weak
        let closing = "\n\(annotation(weak))\(tombstones(weak))"
        return CommentSection(opening, count: weak.count, closing: closing, share: 0.4, rank: 0, isWarning: true) {
            index in
            let entry = weak[index]
            let isGone = entry.drift.item.form == .missing
            let gone = isGone ? ", whose document is removed: it takes a \(MarkdownText.code("Tombstone"))" : ""
            return "- \(MarkdownText.code(entry.place.description, limit: 200)): "
                + "\(MarkdownText.code(entry.drift.item.key.description, limit: 120))\(gone)\n"
        } left: {
            "- \($0.counted("more document"))\n\n"
        }
    }

    private func annotation(_ weak: [Entry]) -> String {
        guard weak.contains(where: { $0.drift.item.form != .missing }) else { return "" }
        return "```yaml\nannotations:\n  \(Annotation.acceptRisk): \"<who accepts the risk, and why>\"\n```\n\n"
    }

    /// The document that approves the end of a connector, as its own can say so no more.
    private func tombstones(_ weak: [Entry]) -> String {
        guard let gone = weak.first(where: { $0.drift.item.form == .missing })?.drift.item else { return "" }
        let yaml = [
            "apiVersion: mitregate.dev/v1", "kind: Tombstone", "metadata:", "  name: \(gone.name)-gone", "spec:",
            "  connector: \(gone.name)", "  kind: \(gone.kind)", "  owner: \"<who accepts the risk>\"",
            "  reason: \"<why>\"",
        ]
        return "For each connector that is gone, in place of its document:\n\n"
            + MarkdownText.block(yaml, language: "yaml") + "\n"
    }

    // MARK: What changed

    private var table: CommentSection {
        let head = "| Connector | What changed | Security risk | Last changed by |\n|---|---|---|---|\n"
        return CommentSection(head, count: entries.count, closing: "\n", share: 0.5, rank: 1) { index in
            row(entries[index])
        } left: {
            "*\($0.counted("more connector")) did not fit here.*\n\n"
        }
    }

    private func row(_ entry: Entry) -> String {
        let item = entry.drift.item
        let key = MarkdownText.code(item.key.description, limit: 120)
        let shown = isFull ? "\(key)<br>\(MarkdownText.prose(item.displayName, limit: 100))" : key
        let what =
            item.form == .missing
            ? "gone from the tenant"
            : entry.fields.sorted().prefix(20).map { MarkdownText.code($0, limit: 60) }.joined(separator: ", ")
        let risk = item.risk == .high ? "**high**" : item.risk.rawValue
        let author = isFull ? authors(of: entry).joined(separator: "<br>") : "see mitregate drift"
        return "| \(shown) | \(what) | \(risk) | \(author) |\n"
    }

    /// Whoever changed some of the fields that are taken over, and which, where they are several.
    private func authors(of entry: Entry) -> [String] {
        let authors = entry.drift.authors(of: entry.fields)
        let shown = authors.prefix(5).map { author in
            let who = MarkdownText.prose(author.who, limit: 200)
            let fields = author.fields.prefix(10).map { MarkdownText.code($0, limit: 60) }.joined(separator: ", ")
            return fields.isEmpty ? who : "\(who): \(fields)"
        }
        return authors.count > 5 ? shown + ["and \(authors.count - 5) more"] : shown
    }

    private var details: CommentSection {
        CommentSection("**What this does to mail in the tenant**\n\n", count: entries.count, rank: 3) {
            index in
            block(entries[index])
        } left: {
            "*The details of \($0.counted("connector")) did not fit here.*\n\n"
        }
    }

    private func block(_ entry: Entry) -> String {
        let item = entry.drift.item
        var text = "#### \(MarkdownText.code(item.key.description, limit: 120))\n\n"
        if isFull { for sentence in item.effect { text += "- \(MarkdownText.prose(sentence))\n" } }
        for risk in item.risks {
            let message = isFull ? ": \(MarkdownText.prose(risk.message))" : ""
            text += "- **\(risk.level.rawValue) security risk** \(MarkdownText.code(risk.id))\(message)\n"
        }
        if isFull { for author in authors(of: entry) { text += "- last changed by \(author)\n" } }
        text += "- \(MarkdownText.code(entry.place.description, limit: 200))"
        text += item.form == .missing ? ": the document is removed\n\n" : "\n\n"
        guard isFull, item.form != .missing else { return text }
        let lines = item.fields.filter { entry.fields.contains($0.path) }
            .flatMap { FieldLines.lines($0.path, before: $0.applied, after: $0.observed) }
        return lines.isEmpty ? text : text + MarkdownText.block(lines, language: "diff") + "\n"
    }

    // MARK: The other direction

    private var end: String {
        let code: (String) -> String = { MarkdownText.code($0, limit: 200) }
        let first =
            policy == .report
            ? "set \(code("drift: propose")) for the tenant in \(code("mitregate.yaml")), then close this request and run "
            : "close this request and run "
        return "---\n\n- **To put the tenant back instead**, \(first)"
            + "\(code("mitregate plan --tenant \(tenant) --out back.plan")), read the plan, then run \(code("mitregate apply back.plan")).\n"
            + "- **To leave it as it is for a while**, close this request and add an \(code("AcceptedDrift")) with an owner, "
            + "a reason and an end.\n"
            + "- Once closed, this request is not opened again until something else changes. A person's commit on this "
            + "branch is never overwritten.\n"
    }
}
