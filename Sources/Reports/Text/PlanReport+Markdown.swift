import Connectors
import Planning
import TLSGate

/// A plan as a comment on a pull request: a table, and what is behind each row folded away.
extension PlanReport {
    /// - Parameter limit: In characters; details that would not fit are left out, and the comment says so. GitHub takes
    ///   65,536 (conventions, section 6.2).
    package static func markdown(_ document: PlanDocument, limit: Int = 60_000) -> String {
        var blocks: [String] = []
        for tenant in document.tenants { blocks += Self.blocks(tenant) }
        var text = ""
        var left = 0
        for block in blocks {
            if text.utf16.count + block.utf16.count > limit { left += 1 } else { text += block }
        }
        if left > 0 { text += "\n*\(left.counted("part")) too long for this comment; `mitregate plan` shows all.*\n" }
        return text
    }

    /// What is left out, if anything, is left out as a whole: the head and the table come first.
    private static func blocks(_ tenant: TenantPlan) -> [String] {
        let name = MarkdownText.code(tenant.tenant)
        guard let plan = tenant.plan else {
            let reasons = tenant.errors.map { error in
                "- \(MarkdownText.prose(error.place.map { "\($0): " } ?? ""))\(MarkdownText.prose(error.message)) "
                    + "\(MarkdownText.prose(error.remedy))\n"
            }
            return ["### mitregate plan · \(name) · not planned\n\n" + reasons.joined() + "\n"]
        }
        var head = "### mitregate plan · \(name) · \(plan.summary.create) to create, \(plan.summary.update) to update, "
        head += "\(plan.summary.delete) to delete\n\n"
        head += "\(plan.isOfWorkingTree ? "working tree" : "commit \(MarkdownText.code(plan.revision.shortRevision))")"
        head += " · TLS gate: **\(tenant.verdict?.rawValue ?? "not asked")**"
        head += " · digest \(MarkdownText.code(String(plan.planDigest.prefix(19))))\n\n"
        if let refusal = tenant.refusalAbove { head += "> **\(refusal)**\n\n" }
        for guardian in plan.guards {
            head += "- \(MarkdownText.code(guardian.id)): \(MarkdownText.prose(guardian.message))"
            head += guardian.remedy.map { " \($0)\n" } ?? "\n"
        }
        if !plan.guards.isEmpty { head += "\n" }
        if plan.changes.isEmpty { head += plan.nothingToDo + "\n\n" }
        return [head, deciding(plan, tenant), table(plan, tenant)] + plan.changes.map { details($0, tenant) }
            + rest(plan, tenant)
    }

    /// The findings for which the gate refuses, in full view: a reviewer must not approve without having read them.
    private static func deciding(_ plan: Plan, _ tenant: TenantPlan) -> String {
        let network = findings((tenant.judgements ?? []).aboutUs)
        var text = network.isEmpty ? "" : "**This network**\n\n\(network)\n"
        for change in plan.changes {
            guard let judgement = tenant.judgement(of: change.key), judgement.verdict >= .approve else { continue }
            let open = judgement.findings.filter {
                !$0.waived && !$0.isAboutUs && $0.outcome != .pass && $0.outcome != .info
            }
            let grave = open.filter { $0.outcome != .warn }
            text += "**\(judgement.verdict.rawValue)** \(MarkdownText.code(change.key.description))\n\n"
            text += findings(grave.isEmpty ? open : grave) + "\n"
        }
        return text
    }

    private static func table(_ plan: Plan, _ tenant: TenantPlan) -> String {
        guard !plan.changes.isEmpty else { return "" }
        var text = "| | Connector | Security risk | Cause | TLS gate |\n|---|---|---|---|---|\n"
        for change in plan.changes {
            let verdict =
                tenant.judgements == nil ? "not asked" : tenant.judgement(of: change.key)?.verdict.rawValue ?? "–"
            let risk = change.risk == .high ? "**high**" : change.risk.rawValue
            text += "| \(MarkdownText.code(change.action.symbol.text)) | \(MarkdownText.code(change.key.description)) "
            text += "\(MarkdownText.prose(change.displayName)) | \(risk) | \(change.cause.rawValue) | \(verdict) |\n"
        }
        return text + "\n"
    }

    private static func details(_ change: Change, _ tenant: TenantPlan) -> String {
        var text = "<details><summary>\(MarkdownText.code("\(change.action.symbol.text) \(change.key)"))</summary>\n\n"
        if !change.fields.isEmpty {
            text += "| Field | Before | After |\n|---|---|---|\n"
            for field in change.fields {
                let before = change.action == .create ? "" : MarkdownText.code(field.before.shown)
                let after = change.action == .delete ? "" : MarkdownText.code(field.after.shown)
                text += "| \(MarkdownText.code(field.path)) | \(before) | \(after) |\n"
            }
            text += "\n"
        }
        for sentence in change.effect { text += "- \(MarkdownText.prose(sentence))\n" }
        for risk in change.risks {
            text +=
                "- **\(risk.level.rawValue) security risk** \(MarkdownText.code(risk.id)): \(MarkdownText.prose(risk.message))\n"
        }
        if let reason = change.acceptedRisk { text += "- accepted: \(MarkdownText.prose(reason))\n" }
        if let judgement = tenant.judgement(of: change.key) {
            text += findings(judgement.findings.filter { !$0.isAboutUs })
        }
        if let source = change.source { text += "- source: \(MarkdownText.code(source.description))\n" }
        return text + "\n</details>\n\n"
    }

    private static func findings(_ findings: [Finding]) -> String {
        var text = ""
        for group in FindingReport.groups(findings) {
            let finding = group.finding
            let word = finding.waived ? "waived" : finding.outcome.rawValue
            text += "- **\(word)** \(MarkdownText.code(finding.check)) "
            text +=
                "\(MarkdownText.code(group.subjects.joined(separator: ", "))): \(MarkdownText.prose(finding.message))"
            if !finding.remedy.isEmpty { text += " *\(MarkdownText.prose(finding.remedy))*" }
            text += "\n"
        }
        if let passes = FindingReport.passes(findings) { text += "- \(MarkdownText.prose(passes))\n" }
        return text
    }

    private static func rest(_ plan: Plan, _ tenant: TenantPlan) -> [String] {
        var blocks: [String] = []
        if !plan.drift.isEmpty {
            var text = "<details><summary>\(plan.drift.count.counted("connector")) drifted</summary>\n\n"
            text += "| Connector | Field | Written | Found | Security risk | By |\n|---|---|---|---|---|---|\n"
            for attributed in tenant.told {
                let item = attributed.item
                let key = MarkdownText.code("\(item.kind)/\(item.name)")
                let end = "\(item.risk.rawValue) | \(attributed.namedAuthor.map(MarkdownText.prose) ?? "not known") |\n"
                if item.fields.isEmpty { text += "| \(key) | | | \(item.form.rawValue) | \(end)" }
                for field in item.fields {
                    text += "| \(key) | \(MarkdownText.code(field.path)) | \(MarkdownText.code(field.applied.shown)) "
                    text += "| \(MarkdownText.code(field.observed.shown)) | \(end)"
                }
            }
            blocks.append(text + "\n</details>\n\n")
        }
        if !plan.unmanaged.isEmpty {
            var text = "<details><summary>\(plan.unmanaged.count.counted("connector")) not managed</summary>\n\n"
            for connector in plan.unmanaged {
                text +=
                    "- \(connector.kind) \(MarkdownText.code(connector.displayName)), security risk \(connector.risk.rawValue)\n"
            }
            blocks.append(text + "\n</details>\n\n")
        }
        if !plan.notes.isEmpty {
            blocks.append(plan.notes.map { "- \(MarkdownText.prose($0))\n" }.joined() + "\n")
        }
        return blocks
    }
}
