package import FoundationEssentials

/// What the tenant remembers of the last validation of an outbound connector; neither member is a setting.
package struct ValidatedState: Hashable, Sendable, Codable {
    package var isValidated: Bool
    /// When, as far as the service says it.
    package var at: Date?

    package init(isValidated: Bool, at: Date? = nil) {
        self.isValidated = isValidated
        self.at = at
    }

    /// Whether it says that the connector was validated then; the service keeps whole seconds at least.
    package func says(validatedAt instant: Date) -> Bool {
        guard isValidated, let at else { return false }
        return abs(at.timeIntervalSince(instant)) <= 1
    }
}
