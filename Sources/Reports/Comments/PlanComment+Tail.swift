import Connectors
import FoundationEssentials
import Planning
import TLSGate

/// What stands under each plan: what merging means, what a person can type, and how old the evidence is.
extension PlanComment {
    func tail(_ tenants: [Tenant]) -> String {
        var lines: [String] = []
        if tenants.contains(where: \.hasChanges) { lines.append(merging) }
        lines += approvalLines(tenants)
        lines.append(commands(tenants))
        if let refusal { lines.append("**The last command was refused:** \(MarkdownText.prose(refusal, limit: 300))") }
        lines.append(evidence(tenants))
        return "---\n\n" + lines.map { "- \($0)\n" }.joined()
    }

    private var merging: String {
        let direct = isReviewRequired ? " So is what comes by a direct push." : ""
        return
            "**Merging** writes exactly these changes to the tenant, as soon as nothing stands in the way. What is by then "
            + "no longer as shown here (another change, a higher risk, a worse verdict of the gate) is held, and said here.\(direct)"
    }

    private func approvalLines(_ tenants: [Tenant]) -> [String] {
        guard tenants.count == 1, let tenant = tenants.first, tenant.hasChanges else {
            guard approvals > 0, !tenants.isEmpty else { return [] }
            return ["**Approvals:** each tenant needs \(approvals), \(Self.circle)."]
        }
        var lines: [String] = []
        let names = tenant.approvers.prefix(10).map { MarkdownText.code($0, limit: 60) }.joined(separator: ", ")
        if approvals > 0 {
            let given = tenant.approvers.isEmpty ? "none yet" : "\(tenant.approvers.count) given: \(names)"
            lines.append("**Approvals:** \(approvals) needed, \(Self.circle); \(given).")
        } else if !tenant.approvers.isEmpty {
            lines.append("**Approvals** of exactly these changes: \(names).")
        }
        if !tenant.formerApprovers.isEmpty {
            let former = tenant.formerApprovers.prefix(10).map { MarkdownText.code($0, limit: 60) }.joined(
                separator: ", "
            )
            lines.append("**Approved something else before**, so it does not count for what is shown now: \(former).")
        }
        return lines
    }

    private static let circle = "from persons who may write and are neither the author nor committers"

    private func commands(_ tenants: [Tenant]) -> String {
        let code: (String) -> String = { MarkdownText.code($0) }
        var list = ["\(code("mitregate plan")) looks again now"]
        if tenants.count == 1, let only = tenants.first, only.hasChanges {
            list.append(
                "\(code("mitregate approve \(only.digest)")) approves exactly these changes"
            )
        } else if tenants.count > 1 {
            list.append("\(code("mitregate approve")) with a tenant's digest approves exactly its changes")
        }
        if let applyApprovals, tenants.contains(where: \.hasChanges) {
            let people =
                applyApprovals == 1 ? "another person approved it" : "\(applyApprovals) other people approved it"
            list.append("\(code("mitregate apply")) applies what is shown before the merge, once \(people)")
        }
        list.append("\(code("mitregate help")) tells more")
        return "**To type**, as the first line of a comment: \(list.joined(separator: "; "))."
    }

    private func evidence(_ tenants: [Tenant]) -> String {
        var seen: [String] = []
        if let read = tenants.compactMap(\.readAt).min() { seen.append("the tenant was read at \(Self.minute(read))") }
        let judgements = tenants.flatMap { $0.planned?.judgements ?? [] }
        if let observed = judgements.compactMap(\.observedAt).min() {
            seen.append("the partners' mail servers were looked at \(Self.minute(observed))")
        }
        let draft = request.isDraft ? " A draft's partners are not looked at until it is ready for review." : ""
        let shown =
            seen.isEmpty
            ? "" : "\(seen.joined(separator: ", ")), and that is done again before anything is written. "
        let commits =
            "\(MarkdownText.code(request.head.shortRevision)) merged into "
            + "\(MarkdownText.code(request.branch, limit: 100)) at \(MarkdownText.code(request.base.shortRevision))"
        let behind =
            request.behind > 0 ? " (\(request.behind.counted("commit")) ahead of this branch, kept as they are)" : ""
        return "**Seen:** \(shown)The head is \(commits)\(behind).\(draft)"
    }

    /// `2026-11-23 14:02 UTC`.
    static func minute(_ date: Date) -> String {
        let text = Timestamp.text(date)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}

extension PlanComment.Tenant {
    var planned: TenantPlan? { if case .planned(let plan) = state { plan } else { nil } }

    var plan: Plan? { planned?.plan }

    var hasChanges: Bool { plan.map { !$0.changes.isEmpty } ?? false }
}
