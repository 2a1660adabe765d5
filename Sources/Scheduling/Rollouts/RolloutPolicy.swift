package import FoundationEssentials

/// What the operator's file says about how a commit reaches the tenants of one source.
package struct RolloutPolicy: Hashable, Sendable, Codable {
    /// The tenants that get it first; without any, all get it at once.
    package var canaries: [String]
    /// How long the others wait after the last canary was written to.
    package var wait: Duration
    /// So many tenants in which it fails hold it for all others; at least 1.
    package var stopAfter: Int

    package init(canaries: [String] = [], wait: Duration = .seconds(3_600), stopAfter: Int = 1) {
        self.canaries = canaries
        self.wait = wait
        self.stopAfter = max(1, stopAfter)
    }
}

/// How a commit fares in one tenant.
package enum RolloutEnding: Hashable, Sendable, Codable {
    /// It is written and read back, or there was nothing to write.
    ///
    /// - Parameter isWatched: Whether mail is watched, or is still to be; the last watch tells `judged` when it ends.
    case applied(isWatched: Bool)
    /// Every watch ended: mail flows, or it was not judged.
    case judged
    /// The run was rolled back; the reason is for people.
    case failed(String)
    /// A watch says that mail fails because of it; the reason is for people.
    case regressed(String)
}

/// What a rollout is told.
package enum RolloutInput: Hashable, Sendable {
    /// The source is at this commit.
    ///
    /// - Parameter trees: The id of each tenant's folder; two equal ones are the same definitions.
    case moved(revision: String, trees: [String: String])
    /// How a commit fares in a tenant, which had this folder.
    case ended(tenant: String, tree: String, RolloutEnding)
    /// A person asked that it is tried again (`retry --source`).
    case retried
    case policyChanged(RolloutPolicy)
    case tick
}

/// What a rollout wants done.
package enum RolloutAction: Hashable, Sendable {
    /// Tell the tenant's lane; only what changed is told.
    case permit(tenant: String, RolloutPermission)
    /// Tell `tick` at this time; it replaces every earlier one.
    case wake(at: Date)
}
