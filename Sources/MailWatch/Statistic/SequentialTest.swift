#if canImport(Glibc)
import Glibc
#endif

/// Wald's sequential probability ratio test: after each unit it decides or goes on.
package struct SequentialTest: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case regressed
        case flows
    }

    /// What a bad unit adds.
    package let badStep: Double
    /// What a good unit adds; it is negative.
    package let goodStep: Double
    package let upper: Double
    package let lower: Double

    /// - Parameter connectors: How many outbound connectors the run changed: they share `alpha`.
    package init(baseRate: Double, connectors: Int = 1, constants: WatchConstants = WatchConstants()) {
        let alpha = constants.alpha / Double(max(1, connectors))
        badStep = log(constants.brokenRate / baseRate)
        goodStep = log((1 - constants.brokenRate) / (1 - baseRate))
        upper = log((1 - constants.beta) / alpha)
        lower = log(constants.beta / (1 - alpha))
    }

    package func score(good: Int, bad: Int) -> Double { Double(bad) * badStep + Double(good) * goodStep }

    package func verdict(good: Int, bad: Int) -> Verdict? {
        let score = score(good: good, bad: bad)
        return score >= upper ? .regressed : score <= lower ? .flows : nil
    }
}
