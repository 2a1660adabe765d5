package import Connectors
package import Planning

/// What a person reads who is to decide whether connectors that no definition claims become managed.
package struct AdoptionOfferText: Sendable {
    /// One connector, with its new file.
    package struct Entry: Sendable {
        package var key: ConnectorKey
        package var displayName: String
        package var path: String
        package var risks: [Risk]

        package init(key: ConnectorKey, displayName: String, path: String, risks: [Risk]) {
            self.key = key
            self.displayName = displayName
            self.path = path
            self.risks = risks
        }

        fileprivate var risk: RiskLevel { risks.map(\.level).max() ?? .low }
    }

    /// A connector that stays unmanaged.
    package struct Left: Hashable, Sendable {
        package var kind: ConnectorKind
        package var displayName: String
        /// Sentences; they may hold strangers' strings.
        package var reason: String

        package init(kind: ConnectorKind, displayName: String, reason: String) {
            self.kind = kind
            self.displayName = displayName
            self.reason = reason
        }
    }

    package var instance: String
    package var tenant: String
    package var branch: String
    package var entries: [Entry]
    package var left: [Left]
    package var visibility: PlanComment.Visibility

    package init(
        instance: String,
        tenant: String,
        branch: String,
        entries: [Entry],
        left: [Left],
        visibility: PlanComment.Visibility = .full
    ) {
        self.instance = instance
        self.tenant = tenant
        self.branch = branch
        self.entries = entries.sorted { ($1.risk, $0.key) < ($0.risk, $1.key) }
        self.left = left
        self.visibility = visibility
    }

    package func text(limits: OfferText.Limits) -> OfferText {
        let (body, comment) = OfferText.compose(
            start: start,
            sections: [table, risks, leftSection],
            end: end,
            limits: limits
        )
        return OfferText(
            title: title,
            body: body,
            comment: comment.map { "**Connectors of \(MarkdownText.code(tenant, limit: 100))**\n\n" + $0 },
            commitMessage: commitMessage
        )
    }

    private var isFull: Bool { visibility == .full }
    private var title: String { "Manage \(entries.count.counted("connector")) of \(tenant)" }

    private var start: String {
        let count = entries.count.counted("connector")
        let verb = entries.count == 1 ? "has" : "have"
        return OfferText.key(instance: instance, branch: branch)
            + "**\(count) in \(MarkdownText.code(tenant, limit: 100)) \(verb) no definition.** Merging this makes them managed as they "
            + "are. Nothing is written to the tenant; from then on, changes made there by hand show up as drift.\n\n"
    }

    private var table: CommentSection {
        let head = "| Connector | Name in Exchange | Security risk | File |\n|---|---|---|---|\n"
        return CommentSection(head, count: entries.count, closing: "\n", share: 0.6, rank: 0) { index in
            let entry = entries[index]
            let risk = entry.risk == .high ? "**high**" : entry.risk.rawValue
            let name = isFull ? MarkdownText.prose(entry.displayName, limit: 100) : ""
            return "| \(MarkdownText.code(entry.key.description, limit: 120)) | \(name) | \(risk) "
                + "| \(MarkdownText.code(entry.path, limit: 200)) |\n"
        } left: {
            "*\($0.counted("more connector")) did not fit here.*\n\n"
        }
    }

    private var risks: CommentSection {
        let all = entries.flatMap { entry in entry.risks.filter { $0.level > .low }.map { (entry.key, $0) } }
        let opening = "**Security risks today**\n\n"
        return CommentSection(opening, count: all.count, closing: "\n", share: 0.6, rank: 1) { index in
            let (key, risk) = all[index]
            let message = isFull ? ": \(MarkdownText.prose(risk.message))" : ""
            return "- **\(risk.level.rawValue)** \(MarkdownText.code(key.description, limit: 120)) · "
                + "\(MarkdownText.code(risk.id))\(message)\n"
        } left: {
            "- \($0.counted("more risk"))\n\n"
        }
    }

    private var leftSection: CommentSection {
        CommentSection("**Not in this request**\n\n", count: left.count, closing: "\n", share: 0.8, rank: 2) { index in
            let entry = left[index]
            let name = isFull ? " · \(MarkdownText.prose(entry.displayName, limit: 100))" : ""
            let reason = isFull ? ": \(MarkdownText.prose(entry.reason, limit: 600))" : ""
            return "- \(entry.kind.rawValue)\(name)\(reason)\n"
        } left: {
            "- \($0.counted("more connector"))\n\n"
        }
    }

    private var end: String {
        "---\n\n- To leave a connector unmanaged, remove its file from this branch before you merge.\n"
            + "- Once closed, this request is not opened again until another connector is found. A person's commit on this "
            + "branch is never overwritten.\n"
    }

    private var commitMessage: String {
        let list = entries.prefix(50).map { "- \($0.key)" }
        let more = entries.count > 50 ? ["- and \(entries.count - 50) more"] : []
        let why =
            "They are in the tenant but have no definition. They become managed as they are; nothing is written there."
        return ([title, "", why, ""] + list + more).joined(separator: "\n") + "\n"
    }
}
