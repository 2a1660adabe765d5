package import Forges
package import FoundationEssentials
package import Planning

/// What becomes of a tenant that runs ahead of git because of a request.
extension RequestMemory {
    /// How long after a merge of which the forge names no commit the branch is awaited.
    private static var mergeDelay: TimeInterval { 900 }

    /// The branch's commit that it was merged as, where the forge told it.
    package var mergedCommit: CommitID? { mergedAs.flatMap { CommitID($0) } }

    /// How it stands for a run that applied it before its merge; `nil` where git has spoken.
    ///
    /// - Parameter isBehind: Whether ``mergedCommit`` lies behind the commit that is looked at.
    package func standingAhead(isBehind: Bool, at now: Date) -> AheadStanding.Request? {
        guard isMerged else { return isOpen ? .open : .closed }
        guard mergedCommit != nil else {
            let age = now.timeIntervalSince(closedAt ?? .distantPast)
            return age < Self.mergeDelay ? .open : .merged
        }
        // Else the commit is still to be fetched.
        return isBehind ? nil : .open
    }
}
