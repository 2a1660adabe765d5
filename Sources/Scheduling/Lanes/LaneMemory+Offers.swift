package import FoundationEssentials
import Planning

/// What a tenant's lane knows that changes of our own are offered for.
package struct OfferGround: Hashable, Sendable {
    /// What deviates from what was written, without our own writes.
    package var drift: [DriftFinding]
    /// Since when it deviates as it does now.
    package var since: Date
    /// Whether others keep changing some of it back and forth.
    package var isFought: Bool
}

extension LaneMemory {
    /// What may be offered of a reading; `nil` where the tenant has not answered since, so that nothing follows from it.
    ///
    /// - Parameters:
    ///   - live: What the last full round saw, if nothing was written since.
    ///   - readAt: When that was.
    package func offerGround(_ live: LiveView, readAt: Date) -> OfferGround? {
        if let ended = lastEnding, ended.result == .failed, ended.cause?.isOfTheTenant == true { return nil }
        let drift = live.drift.filter { $0.author != .ours }
        let keys = Set(drift.filter { !$0.item.accepted }.map(\.item.key))
        let traces = traces.filter { keys.contains($0.connector) }
        return OfferGround(
            drift: drift,
            since: traces.flatMap(\.fields).map(\.since).max() ?? readAt,
            isFought: traces.contains(where: \.isFought)
        )
    }

    /// Whether a commit may be quarantined; where it is not, the store need not be asked.
    package var mayBeQuarantined: Bool {
        ledger.has(.rolledBack) || waiting?.cause == .quarantined
            || lastEnding.map { [.rolledBack, .partlyApplied].contains($0.result) || $0.cause == .quarantined } ?? false
    }
}
