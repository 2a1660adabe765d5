package import Connectors

/// How a tenant's mail is watched after a change.
package struct MailWatchSettings: Hashable, Sendable {
    package enum Mail: String, Hashable, Sendable, CaseIterable {
        case off
        /// The service's message trace is read.
        case trace
    }

    package var mail: Mail
    /// How long a change is watched: 2 hours to 7 days.
    package var length: Duration
    /// How long after the change a delivered message may have used the old settings: up to 6 hours.
    package var settle: Duration
    /// What happens when mail suffers from the change.
    package var onRegression: RegressionResponse

    package init(
        mail: Mail = .off,
        length: Duration = .seconds(86_400),
        settle: Duration = .seconds(1_800),
        onRegression: RegressionResponse = .hold
    ) {
        self.mail = mail
        self.length = length
        self.settle = settle
        self.onRegression = onRegression
    }
}
