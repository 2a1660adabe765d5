/// What a lane is told.
package enum LaneInput: Hashable, Sendable {
    /// The process begins, or takes the tenant over: the first round comes within one interval.
    case started
    /// The time that the lane asked to be woken at has come; any other time does no harm.
    case tick
    /// A request, which is answered by the outcome of a round that begins after it; or at once, where too many wait.
    case asked(id: String, Cause)
    /// The source has another commit.
    ///
    /// - Parameters:
    ///   - tree: The id of the tenant's folder in it; empty where it is missing.
    ///   - isSpread: Whether the push touches so many tenants that they do not all begin at once (`Lane.spreadFrom`).
    case sourceMoved(revision: String, tree: String, isSpread: Bool)
    case roundEnded(RoundOutcome)
    case policyChanged(LanePolicy)
    case suspended(Suspension)
    case resumed(by: String)
    case approved(Approval)
    /// What the rollout says about this tenant and a commit.
    case rollout(RolloutPermission)
    /// What a watch or a probe saw of this tenant asks for a look, without a request to answer.
    case stirred(Cause)
}

/// Whether a tenant may get a commit, as its rollout says.
package enum RolloutPermission: Hashable, Sendable, Codable {
    case go
    /// The canaries have not all ended, or their wait has not passed; the text is for people.
    case waiting(String)
    /// The commit failed in this tenant, for this reason, and is held for the others.
    case stopped(tenant: String, reason: String)
}
