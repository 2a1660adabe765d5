package import Connectors
package import FoundationEssentials
import JSON

/// What the tenant remembers of the last validation of an outbound connector; neither member is a setting.
package struct ValidatedState: Hashable, Sendable {
    package var isValidated: Bool
    /// When, as far as the service says it.
    package var at: Date?

    /// Reads it from the row of a connector; what the row does not carry is as if it was never validated.
    package init(of connector: ObservedConnector) {
        let row = try? JSONParser.parse(connector.row)
        isValidated = row?["IsValidated"]?.flag ?? false
        at = row?["LastValidationTimestamp"]?.text.flatMap(Timestamp.instant)
    }

    /// Whether it says that the connector was validated then; the service keeps whole seconds at least.
    package func says(validatedAt instant: Date) -> Bool {
        guard isValidated, let at else { return false }
        return abs(at.timeIntervalSince(instant)) <= 1
    }

    /// For the history, as JSON.
    package var json: String {
        let at: JSONValue = at.map { .string(Timestamp.text($0)) } ?? .null
        return JSONValue.object([
            JSONValue.Member(key: "isValidated", value: .boolean(isValidated)),
            JSONValue.Member(key: "lastValidationTimestamp", value: at),
        ]).json
    }
}
