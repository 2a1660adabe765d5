package import Forges
package import FoundationEssentials
package import Planning

/// What becomes of a tenant that runs ahead of git because of a request.
extension RequestMemory {
    /// How long after a merge the branch is awaited that has it.
    private static var mergeDelay: TimeInterval { 900 }

    /// The branch's commit that it was merged as, where the forge told it.
    package var mergedCommit: CommitID? { mergedAs.flatMap { CommitID($0) } }

    /// How it stands for a run that applied it before its merge; `nil` where git has spoken.
    ///
    /// - Parameter isBehind: Whether ``mergedCommit`` lies behind the commit that is looked at; `nil` where git does not tell.
    package func standingAhead(isBehind: Bool?, at now: Date) -> AheadStanding.Request? {
        guard isMerged else { return isOpen ? .open : .closed }
        let isAwaited = now.timeIntervalSince(closedAt ?? .distantPast) < Self.mergeDelay
        // Of some merges the forge names no commit.
        guard mergedCommit != nil else { return isAwaited ? .open : .merged }
        switch isBehind {
        case true?: return nil
        case nil: return .open
        // It is still to be fetched, or the branch was reset since.
        case false?: return isAwaited ? .open : .mergeLost
        }
    }
}
