import Planning
import TLSGate

/// A plan in Markdown, for whoever posts it where people review.
extension PlanReport {
    /// - Parameter limit: In Unicode scalars; the worst comes first, and what finds no room is left out whole and told of.
    ///   GitHub takes 65,536 (conventions, section 6.2).
    package static func markdown(_ document: PlanDocument, limit: Int = 60_000) -> String {
        let tenants = document.tenants.sorted { TenantStanding($0) > TenantStanding($1) }
        var room = limit
        var parts: [String] = []
        for (index, tenant) in tenants.enumerated() {
            // What follows keeps room for the heads of the others.
            let share = room / (tenants.count - index > 1 ? 2 : 1)
            let digest = tenant.plan?.changesDigest.twelveDigits ?? ""
            let head = headline(tenant, digest)
            guard head.unicodeScalars.count + 200 <= room else {
                parts.append("*\((tenants.count - index).counted("more tenant")) did not fit here.*\n")
                break
            }
            let sections = TenantSections(tenant: tenant, digest: digest, visibility: .full).all
            let text = head + CommentSection.compose(sections, limit: share - head.unicodeScalars.count).text
            room -= text.unicodeScalars.count
            parts.append(text)
        }
        return parts.joined()
    }

    private static func headline(_ tenant: TenantPlan, _ digest: String) -> String {
        let standing = TenantStanding(tenant)
        var text =
            "### \(standing.symbol) mitregate · \(MarkdownText.code(tenant.tenant, limit: 100)): \(standing.word)\n\n"
        text += "**\(tenant.mergeSentence)**\n\n"
        guard let plan = tenant.plan else { return text }
        if !plan.changes.isEmpty {
            let summary = plan.summary
            text += "\(summary.create) to create, \(summary.update) to update, \(summary.delete) to delete · "
            text +=
                "security risk **\(tenant.highestRisk.rawValue)** · TLS gate **\(tenant.gateWord)** · "
            text += "digest \(MarkdownText.code(digest)) · "
        }
        return text
            + "\(plan.isOfWorkingTree ? "working tree" : "commit \(MarkdownText.code(plan.revision.shortRevision))")\n\n"
    }
}
