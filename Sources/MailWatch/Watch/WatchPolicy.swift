package import Connectors

/// What the operator's file says of a tenant's watches; a tenant whose `mail` is off has none.
package struct WatchPolicy: Hashable, Sendable, Codable {
    /// Seconds from the apply to the end of the watch: 2 h to 7 d.
    package var length: Double
    /// Seconds after the apply in which a delivered message may have used the old settings: 0 to 6 h.
    package var settle: Double
    package var onRegression: RegressionResponse

    package init(length: Double = 86_400, settle: Double = 1_800, onRegression: RegressionResponse = .hold) {
        self.length = length
        self.settle = settle
        self.onRegression = onRegression
    }
}
