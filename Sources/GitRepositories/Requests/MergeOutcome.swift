/// What merging a request's head into a branch came to.
package enum MergeOutcome: Hashable, Codable, Sendable {
    case merged(MergedRequest)
    /// - Parameters:
    ///   - paths: At most twenty of those that both sides changed, safe to show.
    ///   - count: How many there are.
    case conflict(paths: [String], count: Int)
    /// The two have no commit in common.
    case unrelated
}

/// A request merged into a branch in memory.
package struct MergedRequest: Hashable, Codable, Sendable {
    /// A commit of ours with the merge's tree and two parents; the same for the same two commits.
    package let commit: String
    /// The newest commit that both have.
    package let mergeBase: String
    /// Whether the branch has commits that the head does not.
    package let isBehind: Bool

    package init(commit: String, mergeBase: String, isBehind: Bool) {
        self.commit = commit
        self.mergeBase = mergeBase
        self.isBehind = isBehind
    }
}
