import FoundationEssentials
package import Planning

/// What a person reads who is to decide whether git goes back to what a tenant was rolled back to.
package struct RevertOfferText: Sendable {
    /// One file that is put back.
    package struct Entry: Hashable, Sendable {
        package enum Form: Hashable, Sendable {
            /// As it was before the commit.
            case restored
            /// The commit had added it.
            case removed
            /// Other commits have changed it since, and only what the commit did to it is taken back.
            case merged
        }

        package var path: String
        package var form: Form

        package init(path: String, form: Form) {
            self.path = path
            self.form = form
        }
    }

    /// A file that stays as it is, and why.
    package struct Left: Hashable, Sendable {
        package var path: String
        /// Half a sentence; it may hold strangers' strings.
        package var reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    package var instance: String
    package var tenant: String
    package var branch: String
    package var quarantine: Quarantine
    package var entries: [Entry]
    package var left: [Left]
    /// The figures on which the run was taken back, a sentence each.
    package var evidence: [String]
    package var visibility: PlanComment.Visibility

    package init(
        instance: String,
        tenant: String,
        branch: String,
        quarantine: Quarantine,
        entries: [Entry],
        left: [Left],
        evidence: [String],
        visibility: PlanComment.Visibility = .full
    ) {
        self.instance = instance
        self.tenant = tenant
        self.branch = branch
        self.quarantine = quarantine
        self.entries = entries.sorted { $0.path < $1.path }
        self.left = left.sorted { $0.path < $1.path }
        self.evidence = evidence
        self.visibility = visibility
    }

    package func text(limits: OfferText.Limits) -> OfferText {
        let (body, comment) = OfferText.compose(
            start: start,
            sections: [leftSection, files],
            evidence: isFull ? [figures] : [],
            end: end,
            limits: limits
        )
        return OfferText(
            title: "Revert \(commit) in \(tenant), which was rolled back",
            body: body,
            comment: comment.map { "**Why \(code(commit)) was rolled back in \(code(tenant))**\n\n" + $0 },
            commitMessage: commitMessage
        )
    }

    private var isFull: Bool { visibility == .full }
    private var commit: String { quarantine.revision.shortRevision }
    private var hasMoved: Bool { entries.contains { $0.form == .merged } || !left.isEmpty }

    private func code(_ text: String) -> String { MarkdownText.code(text, limit: 200) }

    private var start: String {
        let since = PlanComment.minute(quarantine.since)
        var text =
            OfferText.key(instance: instance, branch: branch)
            + "**Commit \(code(commit)) was rolled back in \(code(tenant)) at \(since)** by run \(code(quarantine.run)): the tenant is "
            + "back as it was before the commit, and git is not. Merging this brings git back too.\n\n"
        if isFull { text += "- Why: \(MarkdownText.prose(quarantine.reason, limit: 800))\n" }
        text +=
            "- The commit is quarantined in this tenant: it is not tried again. Merging this request, like any commit that "
            + "changes these definitions, lifts the quarantine; \(code("mitregate retry --tenant \(tenant)")) tries the commit again instead.\n"
        if hasMoved {
            text +=
                "- Files have changed since that commit, so this takes back only the commit's own changes to them.\n"
        }
        return text + "\n"
    }

    private var files: CommentSection {
        CommentSection("**Files**\n\n", count: entries.count, closing: "\n", share: 0.6, rank: 1) { index in
            let entry = entries[index]
            let what =
                switch entry.form {
                case .restored: "as it was before the commit"
                case .removed: "removed, because the commit had added it"
                case .merged: "without the commit's changes; later changes stay"
                }
            return "- \(MarkdownText.code(entry.path, limit: 300)): \(what)\n"
        } left: {
            "- \($0.counted("more file"))\n\n"
        }
    }

    private var leftSection: CommentSection {
        CommentSection("**Not in this request**\n\n", count: left.count, closing: "\n", share: 0.5, rank: 0) { index in
            let reason = isFull ? ": \(MarkdownText.prose(left[index].reason, limit: 400))" : ""
            return "- \(MarkdownText.code(left[index].path, limit: 300))\(reason)\n"
        } left: {
            "- \($0.counted("more file"))\n\n"
        }
    }

    private var figures: CommentSection {
        CommentSection("**What was seen**\n\n", count: evidence.count, closing: "\n", rank: 2) { index in
            "- \(MarkdownText.prose(evidence[index], limit: 800))\n"
        } left: {
            "- \($0.counted("more figure"))\n\n"
        }
    }

    private var end: String {
        let show = code("mitregate show \(quarantine.run)")
        return "---\n\n- \(show) shows what the run wrote and what it put back.\n"
            + "- Once closed, this request is not opened again for this commit. A person's commit on this branch is never "
            + "overwritten.\n"
    }

    private var commitMessage: String {
        let list = entries.count.counted("file")
        return """
            Revert \(commit) in \(tenant), which was rolled back

            Run \(quarantine.run) rolled it back in the tenant; this takes it back in git, in \(list).
            """ + "\n"
    }
}
