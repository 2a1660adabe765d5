package import Connectors
import JSON

extension ValidatedState {
    /// For the history.
    package var json: String {
        let at: JSONValue = at.map { .string(Timestamp.text($0)) } ?? .null
        return JSONValue.object([
            JSONValue.Member(key: "isValidated", value: .boolean(isValidated)),
            JSONValue.Member(key: "lastValidationTimestamp", value: at),
        ]).json
    }
}
