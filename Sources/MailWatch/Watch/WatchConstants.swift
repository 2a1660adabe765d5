/// The numbers of the rule, in seconds where they are times; not configurable, but tests put in their own.
///
/// They are stored with the watch, so that one that began under other numbers ends under them.
package struct WatchConstants: Hashable, Sendable, Codable {
    /// Exchange Online tries at 0, 15 and 30 min, then hourly: a greylisted message is gone by then, a TLS failure is not.
    package var retries = 2_100.0
    /// The planned delay of the trace.
    package var lag = 900.0
    /// A unit first seen older than this is not counted.
    package var late = 7_200.0
    /// False verdicts that mail regressed, for a run.
    package var alpha = 1e-4
    /// False verdicts that mail flows.
    package var beta = 0.05
    /// The share of bad units from which a connector counts as broken.
    package var brokenRate = 0.5
    package var baseRateFloor = 0.05
    /// Above it the statistic is off.
    package var baseRateLimit = 0.20
    /// History counts as at most so many units.
    package var historyWeight = 200.0
    /// Texts of the history that are read at most.
    package var historyTexts = 20
    /// Units of one sender this close count once.
    package var burst = 300.0
    /// Texts fetched at most in a round.
    package var textsPerConnector = 10
    package var textsPerTenant = 20
    /// Pages of 5,000 rows in a round.
    package var candidatePages = 2
    package var windowPages = 5
    package var historyPages = 5
    /// How far back the listing of candidates looks, the history before the apply, and an inbound watch's history.
    package var candidateWindow = 21_600.0
    package var historyLength = 604_800.0
    package var inboundHistoryLength = 2_419_200.0
    /// How long an answer of the gate about the state before is kept.
    package var gateMemory = 900.0

    package init() {}

    /// The age at which a unit is judged.
    package var maturity: Double { retries + lag }
}
