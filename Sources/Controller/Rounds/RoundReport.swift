import FoundationEssentials
import Planning
import Scheduling
import Site

/// What came of a round: what the lane is told, and what people and metrics read.
struct RoundReport: Sendable {
    var outcome: RoundOutcome
    /// Whether the round could write the commit's changes.
    var mayApply = false
    /// The plan that was made, if any.
    var plan: PlanView?
    /// What the connector lists said, to be compared with the next cheap round; `nil` when it is not known any more.
    var digest: String?
    /// What the run wrote, where it was applied.
    var journal: Journal?
    /// When the tenant was read.
    var readAt: Date?
}
