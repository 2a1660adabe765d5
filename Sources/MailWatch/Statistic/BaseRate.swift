/// The largest share of bad units that counts as normal, from the days before the apply.
package struct BaseRate: Hashable, Sendable, Codable {
    /// All units of the history.
    package let units: Int
    /// Of those, the failed and pending ones, whatever the cause.
    package let failed: Int
    /// Of those, the ones that count as bad, by the texts that were read.
    package let bad: Int
    package let rate: Double
    /// Whether the rate is too high for a verdict, so that the statistic is off.
    package let isTooHigh: Bool

    /// - Parameters:
    ///   - units: All units.
    ///   - failed: The failed or pending ones.
    ///   - sampled: How many texts of those were asked for.
    ///   - caused: How many of the texts name a cause that the change can produce, or could not be read.
    package init(
        units: Int,
        failed: Int,
        sampled: Int,
        caused: Int,
        constants: WatchConstants = WatchConstants()
    ) {
        self.units = units
        self.failed = failed
        bad = sampled == 0 ? 0 : (failed * caused + sampled - 1) / sampled
        rate = Self.rate(bad: bad, of: units, constants)
        isTooHigh = rate > constants.baseRateLimit
    }

    /// The upper end of what the share may be, with history counted as at most 200 units.
    package static func rate(bad: Int, of units: Int, _ constants: WatchConstants = WatchConstants()) -> Double {
        let weight = units > 0 ? min(1, constants.historyWeight / Double(units)) : 1
        let distribution = BetaDistribution(
            a: 0.5 + weight * Double(bad),
            b: 49.5 + weight * Double(units - bad)
        )
        return max(constants.baseRateFloor, distribution.quantile(0.95))
    }
}
