package import Forges
import Planning
package import TLSGate

/// All that is known when it is decided whether a request is applied before its merge.
package struct ApplyTerms: Hashable, Sendable {
    /// As the forge tells it now, with its reviews.
    package var request: PullRequest
    /// The persons who ask for changes and may write, or of whom that cannot be found out.
    package var objectors: [Person]
    /// The branch's tip as it was fetched now.
    package var tip: String
    package var policy: RequestPolicy
    /// The tenants that may get a change before others, where the source has a rollout; `nil`: all.
    package var canaries: Set<String>?
    /// By tenant, why it is not written to now, in a sentence that begins after the tenant's name.
    package var holds: [String: String]
    /// Whether anyone may read what is answered.
    package var isSummary: Bool

    package init(
        request: PullRequest,
        objectors: [Person],
        tip: String,
        policy: RequestPolicy,
        canaries: Set<String>? = nil,
        holds: [String: String] = [:],
        isSummary: Bool = false
    ) {
        self.request = request
        self.objectors = objectors
        self.tip = tip
        self.policy = policy
        self.canaries = canaries
        self.holds = holds
        self.isSummary = isSummary
    }

    /// That a tenant is held, with the reason unless anyone may read it.
    fileprivate func held(_ tenant: String, _ hold: String) -> String {
        isSummary ? "\(tenant) is not being written to right now." : "\(tenant) \(hold)"
    }
}

/// What is done with `mitregate apply`.
package enum ApplyRuling: Hashable, Sendable {
    /// - Parameter reason: In sentences without strangers' strings.
    case refuse(reason: String)
    /// These tenants, in their order, and nothing else.
    case apply([TenantToApply])
}

/// One tenant as it was shown, approved, and is to be applied.
package struct TenantToApply: Hashable, Sendable {
    package var tenant: String
    package var changesDigest: String
    package var verdict: Verdict?

    package init(tenant: String, changesDigest: String, verdict: Verdict?) {
        self.tenant = tenant
        self.changesDigest = changesDigest
        self.verdict = verdict
    }
}

extension RequestMemory {
    /// Rules on a comment that ``ruling(on:in:mayWrite:appliesByComment:lookBegan:)`` accepted as `mitregate apply`.
    ///
    /// It is asked once everything about the request was looked at and shown. All tenants must be ready, or none is
    /// applied; whatever is not known counts against it.
    package func applyRuling(on comment: Comment, terms: ApplyTerms) -> ApplyRuling {
        if let reason = hindrance(terms) { return .refuse(reason: reason) }
        guard applying?.isUnderWay != true else {
            return .refuse(reason: "It is already being applied; the outcome is written here.")
        }
        let all = touched.map(\.tenant)
        let tenants = all.filter { terms.canaries?.contains($0) ?? true }
        guard !tenants.isEmpty else {
            return .refuse(
                reason:
                    "None of its tenants is a canary, and the source's rollout lets only canaries go first. Merge it."
            )
        }
        var ready: [TenantToApply] = []
        for tenant in tenants {
            switch standing(of: tenant, comment, terms) {
            case .refuse(let reason):
                let more = "Nothing was applied in any tenant."
                return .refuse(reason: tenants.count > 1 ? "\(reason) \(more)" : reason)
            case .apply(let entries): ready += entries
            }
        }
        guard !ready.isEmpty else {
            return .refuse(reason: "There is nothing to apply: the tenants already match the request.")
        }
        return .apply(ready)
    }

    /// What stands against it for the request as a whole.
    private func hindrance(_ terms: ApplyTerms) -> String? {
        let request = terms.request
        guard case .open = request.state, isOpen else { return "The request is not open any more." }
        guard request.head.commit.hex == head, touchedHead == head else {
            return "The head has moved since it was planned. Read the new plan, then comment again."
        }
        guard request.head.origin == .same, !isFork else {
            return "It comes from a fork, and forks are never applied before their merge."
        }
        guard !request.isDraft, !isDraft else { return "It is a draft: mark it as ready for review first." }
        guard request.base.branch == branch else { return "It is now for another branch." }
        switch standing {
        case .open: break
        case .untouched: return "It changes nothing in any tenant."
        case .conflict: return "It cannot be merged: there is a conflict with the branch."
        case .failed, .closed: return "It was not planned: its head cannot be fetched or merged."
        }
        guard terms.tip == base else {
            return "The branch has moved since it was planned. Read the new plan, then comment again."
        }
        guard behind == 0 else {
            let commits = behind == 1 ? "1 commit" : "\(behind) commits"
            return
                "It is not up to date: the branch has \(commits) that it lacks. Merge the branch into it, or rebase it."
        }
        guard request.reviewsAreComplete else { return "Its reviews could not be read in full, so no approval counts." }
        guard terms.objectors.isEmpty else { return "A reviewer who may write asks for changes." }
        return nil
    }

    /// Why a tenant's run must not begin after all, though it was asked for and accepted: it may have waited for its turn.
    ///
    /// - Parameter run: The id that the run is to have.
    package func beginHindrance(of tenant: String, run: String, terms: ApplyTerms) -> String? {
        guard let applying, let asked = applying.tenants[tenant], asked.run == run, asked.isUnderWay else {
            return "It is not asked for any more."
        }
        if let reason = hindrance(terms) { return reason }
        guard applying.head == head, applying.base == base else {
            return "The head or the branch has moved since. Read the new plan, then comment again."
        }
        if let hold = terms.holds[tenant] {
            return terms.held(tenant, hold)
        }
        guard let showing = showings[tenant], showing.head == head, showing.changesDigest == asked.changesDigest else {
            return "The plan shown for \(tenant) has changed since. Read it, then comment again."
        }
        return approvalHindrance(of: tenant, terms.policy)
    }

    private func approvalHindrance(of tenant: String, _ policy: RequestPolicy) -> String? {
        let given = approvers(of: tenant).count
        guard given < policy.applyApprovals else { return nil }
        return "\(given) of \(policy.applyApprovals) approvals are there for what is shown of \(tenant), "
            + "from people who may write, other than the author and the committers."
    }

    private func standing(of tenant: String, _ comment: Comment, _ terms: ApplyTerms) -> ApplyRuling {
        let trees = touched.first { $0.tenant == tenant }
        guard let look = looks[tenant], look.trees == trees, look.validation == .valid else {
            return .refuse(reason: "The definitions of \(tenant) have errors, or could not be read.")
        }
        guard let plan = look.plan, look.trouble == nil else { return .refuse(reason: "\(tenant) is not planned.") }
        if plan.create + plan.update + plan.delete == 0, plan.changes.isEmpty { return .apply([]) }
        if let hold = terms.holds[tenant] {
            return .refuse(reason: terms.held(tenant, hold))
        }
        if wasTakenBack(plan, in: tenant) {
            return .refuse(
                reason: "These changes were already applied in \(tenant) and rolled back. Push a correction."
            )
        }
        let guards = plan.guards + plan.waits
        guard guards.isEmpty else {
            return .refuse(reason: "\(tenant) is held: \(guards.prefix(5).joined(separator: ", ")).")
        }
        guard plan.isGated, (plan.verdict ?? .pass) <= .warn else {
            let verdict = plan.isGated ? plan.verdict?.rawValue ?? "nothing" : "nothing yet"
            return .refuse(reason: "The TLS gate says \(verdict) for \(tenant), and only pass or warn is applied.")
        }
        guard let showing = showings[tenant], showing.head == head, showing.changesDigest == plan.changesDigest else {
            return .refuse(reason: "The plan for \(tenant) is not shown yet. Comment again once it is.")
        }
        guard showing.changes.count == plan.create + plan.update + plan.delete else {
            return .refuse(
                reason: "Not all changes of \(tenant) fit into the comment, so they were not all shown."
            )
        }
        guard comment.created >= showing.since else {
            return .refuse(
                reason: "The plan shown for \(tenant) is newer than the comment. Read it, then comment again."
            )
        }
        if let reason = approvalHindrance(of: tenant, terms.policy) { return .refuse(reason: reason) }
        return .apply([
            TenantToApply(tenant: tenant, changesDigest: showing.changesDigest, verdict: showing.verdict)
        ])
    }
}
