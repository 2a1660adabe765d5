import Connectors
import Planning
import TLSGate

/// One tenant's plan as sections of a comment.
struct TenantSections {
    let tenant: TenantPlan
    /// Twelve digits of the digest over the changes.
    let digest: String
    let visibility: PlanComment.Visibility
    /// The other open requests that touch the same connectors, as they are written on the forge: `#12`.
    let also: [ConnectorKey: [String]]
    /// Whether the comment has other tenants too, so that each section says whose it is.
    let isOneOfMany: Bool
    /// Where in turn its sections come.
    let rank: Int
    /// Worst first.
    let changes: [Change]
    private let judgements: [ConnectorKey: Judgement]

    init(
        tenant: TenantPlan,
        digest: String,
        visibility: PlanComment.Visibility,
        also: [ConnectorKey: [String]] = [:],
        isOneOfMany: Bool = false,
        rank: Int = 0
    ) {
        self.tenant = tenant
        self.digest = digest
        self.visibility = visibility
        self.also = also
        self.isOneOfMany = isOneOfMany
        self.rank = rank
        changes = tenant.changesWorstFirst
        judgements = Dictionary(
            (tenant.judgements ?? []).map { ($0.connector, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private var isFull: Bool { visibility == .full }
    private var whose: String { isOneOfMany ? " in \(MarkdownText.code(tenant.tenant))" : "" }

    /// In the order in which they are read.
    var all: [CommentSection] {
        guard tenant.plan != nil else { return [errors] }
        return [obstacles, table, details, rest]
    }

    static let tableIndex = 1

    private var errors: CommentSection {
        let opening = isOneOfMany ? "**Why there is no plan\(whose)**\n\n" : ""
        return CommentSection(opening, count: tenant.errors.count, closing: "\n", share: 0.5, rank: rank) { index in
            let error = tenant.errors[index]
            let place = error.place.map { "\(MarkdownText.code($0)) " } ?? ""
            guard isFull else { return "- \(place)\(MarkdownText.code(error.id))\n" }
            return "- \(place)\(prose(error.message)) \(prose(error.remedy))\n"
        } left: {
            "- \($0.counted("more error"))\n\n"
        }
    }

    // MARK: What decides

    /// Guards and the findings for which the gate refuses, in full view, so that whoever approves has read them.
    private var obstacles: CommentSection {
        guard let plan = tenant.plan else { return errors }
        let judged = changes.compactMap { judgements[$0.key] }
        // A connector that stays as it is holds the plan as well.
        let held = (plan.changes.isEmpty ? [] : judged + tenant.otherJudgements).filter { $0.verdict >= .approve }
        var reasons = plan.lastingGuards.map { Reason.guardian($0) }
        for judgement in held { reasons += deciding(judgement).map { .finding($0, judgement.connector) } }
        reasons += FindingReport.groups((tenant.judgements ?? []).aboutUs).map { .finding($0, nil) }
        reasons += plan.waits.map { .guardian($0) }
        let title = plan.lastingGuards.isEmpty && held.isEmpty ? "Good to know" : "What stands in the way"
        let opening = "**\(title)\(whose)**\n\n"
        return CommentSection(opening, count: reasons.count, closing: "\n", share: 0.5, rank: rank) { index in
            switch reasons[index] {
            case .guardian(let guardian): item(guardian)
            case .finding(let group, let key): finding(group, of: key)
            }
        } left: {
            "- \($0.counted("more reason")) of this kind\n\n"
        }
    }

    private enum Reason {
        case guardian(Guard)
        case finding(FindingReport.Group, ConnectorKey?)
    }

    private func item(_ guardian: Guard) -> String {
        let word = guardian.isWait ? "waits" : "held"
        let message = isFull ? ": \(prose(guardian.message))" : ""
        return "- **\(word)** \(MarkdownText.code(guardian.id))\(message)"
            + (guardian.remedy.map { " *Do:* \(prose($0))" } ?? "") + "\n"
    }

    /// The findings for which a verdict is what it is.
    private func deciding(_ judgement: Judgement) -> [FindingReport.Group] {
        let open = judgement.findings.filter {
            !$0.waived && !$0.isAboutUs && $0.outcome != .pass && $0.outcome != .info
        }
        let grave = open.filter { $0.outcome != .warn || ($0.demands ?? .pass) >= .approve }
        return FindingReport.groups(grave.isEmpty ? open : grave)
    }

    private func finding(_ group: FindingReport.Group, of key: ConnectorKey?) -> String {
        let finding = group.finding
        let subjects = Set(group.subjects).count
        let place = key.map { " · \(MarkdownText.code($0.name, limit: 100))" } ?? " · this network"
        let mark =
            switch finding.outcome {
            case _ where finding.waived: "waived"
            case .info, .pass: finding.outcome.rawValue
            case .warn, .fail, .unknown: "\(finding.symbol) \(finding.outcome.rawValue)"
            }
        var text = "- **\(mark)** \(MarkdownText.code(finding.check))\(place)"
        guard isFull else { return text + " (\(subjects.counted("subject")))\n" }
        let shown = group.subjects.prefix(3).map { MarkdownText.code($0, limit: 120) }.joined(separator: ", ")
        text += " · \(shown)" + (group.subjects.count > 3 ? " and \(group.subjects.count - 3) more" : "") + "<br>"
        text += prose(finding.message)
        if !finding.remedy.isEmpty { text += "<br>*Do:* \(prose(finding.remedy))" }
        return text + "\n"
    }

    // MARK: The changes

    private var table: CommentSection {
        let head = "| | Connector\(whose) | Security risk | TLS gate | Digest |\n|---|---|---|---|---|\n"
        return CommentSection(head, count: changes.count, closing: "\n", share: 0.6, rank: rank + 1) { index in
            row(changes[index])
        } left: { left in
            "*\(left.counted("more change")) did not fit here; digest \(MarkdownText.code(digest)) covers them all. "
                + "mitregate plan shows all.*\n\n"
        }
    }

    private func row(_ change: Change) -> String {
        let risk = change.risk == .high ? "**high**" : change.risk.rawValue
        let word =
            tenant.judgements == nil ? "not asked" : judgements[change.key]?.verdict.rawValue ?? "nothing to judge"
        let verdict = (judgements[change.key]?.verdict ?? .pass) >= .approve ? "**\(word)**" : word
        let others = also[change.key].map { "<br>also touched by \($0.joined(separator: ", "))" } ?? ""
        return "| \(change.action.rawValue) | \(name(change))\(others) | \(risk) | \(verdict) "
            + "| \(MarkdownText.code(change.digest.twelveDigits)) |\n"
    }

    private func name(_ change: Change) -> String {
        let key = MarkdownText.code(change.key.description, limit: 120)
        return isFull ? "\(key)<br>\(MarkdownText.prose(change.displayName, limit: 100))" : key
    }

    private var details: CommentSection {
        CommentSection(count: changes.count, rank: rank + 2) { index in
            block(changes[index])
        } left: { left in
            "*The details of \(left.counted("change")) did not fit here.*\n\n"
        }
    }

    /// What happens to mail in the open, and the fields folded away.
    private func block(_ change: Change) -> String {
        let title =
            "\(change.action.verb) \(MarkdownText.code(change.key.description, limit: 120))"
        var text = "#### \(title)\(whose)\n\n"
        if isFull { for sentence in change.effect { text += "- \(prose(sentence))\n" } }
        for risk in change.risks {
            let message = isFull ? ": \(prose(risk.message))" : ""
            text += "- **\(risk.level.rawValue) security risk** \(MarkdownText.code(risk.id))\(message)\n"
        }
        if let reason = change.acceptedRisk {
            text += isFull ? "- risk accepted: \(prose(reason))\n" : "- risk accepted\n"
        }
        if change.cause != .git {
            let author = isFull ? tenant.told.first { $0.item.key == change.key }?.namedAuthor : nil
            text += "- cause: \(prose(change.cause.sentence(by: author)))\n"
        }
        if let former = change.formerName, isFull { text += "- named \(MarkdownText.code(former)) in git before\n" }
        let findings = judgements[change.key].map { quiet($0) } ?? ""
        let place = change.source.map { " · \(MarkdownText.code($0.description, limit: 200))" } ?? ""
        if !text.hasSuffix("\n\n") { text += "\n" }
        text += "<details><summary>\(change.fields.count.counted("field"))\(place)</summary>\n\n"
        text += fields(change) + findings
        if !text.hasSuffix("\n\n") { text += "\n" }
        return text + "</details>\n\n"
    }

    private func fields(_ change: Change) -> String {
        guard !change.fields.isEmpty else { return "" }
        guard isFull else {
            return
                "- \(change.fields.prefix(60).map { MarkdownText.code($0.path, limit: 60) }.joined(separator: ", "))\n\n"
        }
        var lines: [String] = []
        for field in change.fields { lines += self.lines(field, change.action) }
        for key in change.companions.keys {
            lines.append("= \(key): \(change.companions[key].shown) (sent along, unchanged)")
        }
        return MarkdownText.block(lines, language: "diff") + "\n"
    }

    private func lines(_ field: FieldChange, _ action: Change.Action) -> [String] {
        switch action {
        case .create: return ["+ \(field.path): \(field.after.shown)"]
        case .delete: return ["- \(field.path): \(field.before.shown)"]
        case .update: break
        }
        return FieldLines.lines(field.path, before: field.before, after: field.after)
    }

    /// The findings that decide nothing.
    private func quiet(_ judgement: Judgement) -> String {
        let isRefused = judgement.verdict >= .approve
        let loud = isRefused ? Set(deciding(judgement).map(\.finding)) : []
        var text = ""
        for group in FindingReport.groups(judgement.findings.filter { !$0.isAboutUs }).prefix(12)
        where !loud.contains(group.finding) {
            text += finding(group, of: judgement.connector)
        }
        let passed = judgement.findings.filter { $0.outcome == .pass }
        guard let passes = FindingReport.passes(judgement.findings) else { return text }
        return text + "- ✓ \(isFull ? prose(passes) : "\(passed.count.counted("check")) passed")\n"
    }

    private func prose(_ text: String) -> String { MarkdownText.prose(text) }
}

extension String {
    /// Twelve hex digits of a digest: as many as `mitregate approve` needs.
    var twelveDigits: String { String((hasPrefix("sha256:") ? dropFirst(7) : self[...]).prefix(12)) }
}

extension Change.Action {
    fileprivate var verb: String {
        switch self {
        case .create: "Create"
        case .update: "Update"
        case .delete: "Delete"
        }
    }
}
