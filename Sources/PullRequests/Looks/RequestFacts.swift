package import FoundationEssentials
package import Forges

/// What was found of a request before anything is decided about it.
package struct RequestFacts: Hashable, Sendable {
    package var request: PullRequest
    /// The base branch's tip that the head was merged into.
    package var base: CommitID
    package var merge: MergeResult
    /// By tenant, a digest of what a plan rests on in addition to the folders: the observed and the applied state and the policy.
    ///
    /// A tenant that is not in it is not known to have moved.
    package var states: [String: String]

    package init(request: PullRequest, base: CommitID, merge: MergeResult, states: [String: String] = [:]) {
        self.request = request
        self.base = base
        self.merge = merge
        self.states = states
    }
}

/// What merging a request's head into its base came to, in memory.
package enum MergeResult: Hashable, Sendable {
    case merged(MergedTrees)
    /// The files that both sides changed.
    case conflict(files: [String])
    /// The head can't be fetched, is too large, or has nothing in common with the base.
    ///
    /// - Parameters:
    ///   - isOurs: Whether it is our own trouble, such as a forge that is down, so that it is tried again.
    ///   - retryAt: When, at the earliest.
    case failed(reason: String, isOurs: Bool, retryAt: Date? = nil)
}

/// What the merge result holds, as far as it is ours.
package struct MergedTrees: Hashable, Sendable {
    /// Each configured tenant of the source.
    package var tenants: [TenantTrees]
    /// How many commits of the base the head lacks.
    ///
    /// They are in the merge result, so a branch that is behind never takes back what they did.
    package var behind: Int

    package init(tenants: [TenantTrees], behind: Int = 0) {
        self.tenants = tenants
        self.behind = behind
    }
}

/// A tenant's folder before and after the merge, by the ids of its tree; `nil` where there is no such folder.
package struct TenantTrees: Hashable, Sendable, Codable {
    package var tenant: String
    package var base: String?
    package var merged: String?

    package init(tenant: String, base: String?, merged: String?) {
        self.tenant = tenant
        self.base = base
        self.merged = merged
    }

    package var differ: Bool { base != merged }
}
