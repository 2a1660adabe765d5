import Planning
import Configuration
import Forges
import FoundationEssentials
package import PullRequests
import Reconciling
package import Reports

extension RequestDesk {
    /// A comment as it is to read now; `nil` where what it would be made of is not at hand, and it stays as it is.
    func comment(
        _ key: CommentKey,
        _ tenants: [String],
        of known: RequestMemory,
        _ settings: SourceForge,
        limit: Int
    ) -> PlanComment.Text? {
        guard let content = content(tenants, of: known) else { return nil }
        var name: String?
        if case .tenant(let tenant) = key { name = tenant }
        return PlanComment(
            instance: environment.configuration.controllerName,
            request: PlanComment.Request(
                head: known.head,
                branch: known.branch,
                base: known.base,
                behind: known.behind,
                isDraft: known.isDraft,
                isFork: known.isFork,
                mark: settings.kind.mark
            ),
            content: content,
            tenant: name,
            visibility: visibility(settings),
            isReviewRequired: settings.review == .required,
            approvals: settings.approvals,
            applyApprovals: settings.apply == .comment ? RequestPolicy(settings).applyApprovals : nil,
            refusal: known.refusal,
            limit: limit
        ).text()
    }

    private func content(_ tenants: [String], of known: RequestMemory) -> PlanComment.Content? {
        switch known.standing {
        case .conflict(let files): return .conflict(files: files)
        case .failed(let reason, _): return .failed(reason: reason)
        case .untouched, .closed: return .untouched
        case .open: break
        }
        guard !tenants.isEmpty else { return .untouched }
        let trees = Dictionary(known.touched.map { ($0.tenant, $0) }) { first, _ in first }
        var shown: [PlanComment.Tenant] = []
        for tenant in tenants {
            let look = known.looks[tenant]
            let state: PlanComment.Tenant.State
            if known.isFork, known.asked?.head != known.head, !known.isInvalid(tenant) {
                state = .fork
            } else if let plan = trees[tenant].flatMap({ plans[known.number, $0] }) {
                state = .planned(plan)
            } else {
                return nil
            }
            shown.append(
                PlanComment.Tenant(
                    tenant,
                    state,
                    readAt: look?.at,
                    also: book.alsoTouched(by: known.number, in: tenant),
                    approvers: known.approvers(of: tenant),
                    formerApprovers: known.formerApprovers(of: tenant),
                    ahead: leads[known.number]?[tenant].map { lead in
                        PlanComment.Tenant.Ahead(
                            run: lead.run,
                            by: lead.by,
                            at: lead.at,
                            isOfOtherHead: lead.head != known.head
                        )
                    }
                )
            )
        }
        return .plans(shown)
    }

    /// What became of a merged request.
    func outcomeText(of known: RequestMemory, _ settings: SourceForge, limit: Int) -> String {
        OutcomeComment(
            instance: environment.configuration.controllerName,
            rows: known.outcomes.values.map { OutcomeComment.Row($0) },
            visibility: visibility(settings),
            limit: limit
        ).text()
    }

    /// What came of what a person asked for before the merge.
    ///
    /// - Parameter standing: The runs that stand, by their ids; `nil` where that is not known, and all are told that were applied.
    func appliedText(_ ask: ApplyAsk, of known: RequestMemory, standing: [String]?, _ forge: any Forge) -> String {
        AheadComment(
            instance: environment.configuration.controllerName,
            by: ask.login,
            head: ask.head,
            standing: known.isMerged ? .merged : known.isOpen ? .open : .closed,
            rows: ask.tenants.values.map { asked in
                var row = OutcomeComment.Row(asked.outcome)
                if asked.isUnderWay { row.word = "being applied" }
                return row
            },
            runs: (standing ?? ask.tenants.values.filter(\.isInForce).map(\.run)).sorted(by: >),
            visibility: source?.forge.map { visibility($0) } ?? .summary,
            limit: forge.limits.comment
        ).text()
    }

    /// What the operator says; else only a repository that is known to be private gets more than a summary, as a
    /// tenant's state is not for everyone.
    func visibility(_ settings: SourceForge) -> PlanComment.Visibility {
        switch settings.visibility {
        case .full?: .full
        case .summary?: .summary
        case nil: memory.isPublic == false ? .full : .summary
        }
    }
}

extension OutcomeComment.Row {
    package init(_ outcome: TenantOutcome) {
        self.init(
            tenant: outcome.tenant,
            word: outcome.state.word,
            text: outcome.text,
            run: outcome.run,
            at: outcome.at,
            gravity: outcome.state.gravity
        )
    }
}

extension SourceForge.Kind {
    /// What the forge writes before a request's number.
    fileprivate var mark: String {
        switch self {
        case .github, .gitea, .forgejo: "#"
        case .gitlab, .azureDevOps: "!"
        }
    }
}
