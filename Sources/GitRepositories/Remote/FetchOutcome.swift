/// What a fetch brought.
package struct FetchOutcome: Hashable, Codable, Sendable {
    /// The tip before; `nil` at the first fetch.
    package let previous: String?
    /// The tip now.
    package let commit: String
    /// False when the branch moved to a commit that does not descend from the tip before: it was rewritten.
    package let descends: Bool
    package let receivedBytes: Int
}
