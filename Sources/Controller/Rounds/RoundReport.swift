import FoundationEssentials
import Scheduling
import Site

/// What came of a round: what the lane is told, and what people and metrics read.
struct RoundReport: Sendable {
    var outcome: RoundOutcome
    /// Whether the round could write the commit's changes: its lane let it, and so did the rollout.
    var mayApply = false
    /// The plan that was made, if any.
    var plan: PlanView?
    /// What the connector lists said, to be compared with the next cheap round; `nil` when it is not known any more.
    var digest: String?
    /// What the organization's settings are, where they are known.
    var settings: KnownSettings?
    /// When the tenant was read.
    var readAt: Date?
}

/// The organization's settings, which are read once a day unless something moved or a person asks.
struct KnownSettings: Hashable, Sendable {
    static let day: TimeInterval = 86_400

    var isAuditing: Bool
    /// `nil` where the organization does not say.
    var rejectsDirectSend: Bool?
    var readAt: Date

    /// Whether they are still believed.
    func isFresh(at now: Date) -> Bool { readAt <= now && now.timeIntervalSince(readAt) < Self.day }
}
