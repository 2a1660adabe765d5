package import FoundationEssentials

/// What the gate said to a question; no answer at all is written as `GateAnswer.unknown`.
package struct GateAnswer: Hashable, Sendable {
    /// One finding, as far as a watch needs it.
    package struct Finding: Hashable, Sendable {
        package enum Outcome: String, Hashable, Sendable { case pass, info, warn, fail, unknown }

        /// The check's id, such as `starttls-not-offered`.
        package var check: String
        package var outcome: Outcome
        /// The server it was seen at; `nil` for a finding about the domain.
        package var host: PartnerHost?
        package var port: Int?

        package init(check: String, outcome: Outcome, host: PartnerHost? = nil, port: Int? = nil) {
            self.check = check
            self.outcome = outcome
            self.host = host
            self.port = port
        }
    }

    /// When the observations that it rests on were made, the oldest of them, in service time; `nil` where there are none.
    package var observedAt: Date?
    /// Whether mail would reach the next hop; `nil` where that could not be told.
    package var isDeliverable: Bool?
    package var findings: [Finding]

    package init(observedAt: Date?, isDeliverable: Bool?, findings: [Finding] = []) {
        self.observedAt = observedAt
        self.isDeliverable = isDeliverable
        self.findings = findings
    }

    package static let unknown = GateAnswer(observedAt: nil, isDeliverable: nil)
}
