import FoundationEssentials

/// A unit as it is stored: hashed, with how it was judged.
struct StoredUnit: Hashable, Sendable, Codable {
    enum Outcome: String, Hashable, Sendable, Codable {
        case good
        case bad
        /// Bad, and it is not known whether it would have failed before too.
        case open
        /// Not counted; the counters say why.
        case excluded
        /// Its text was read before its time; it is not judged yet.
        case early
    }

    /// Of the message and the recipient domain.
    var id: String
    /// Of the message alone.
    var message: String
    var sender: String
    var received: Date
    var outcome: Outcome
    var cause: FailureCause?
    /// Whether the state before would have delivered it.
    var before: BeforeAnswer?
    /// The status that the text was read under.
    var status: String?
    /// When its text was read early.
    var readAt: Date?
    /// Whether the message took another connector, as its events say.
    var isElsewhere: Bool?

    /// Whether it can be one of the two messages that witness: its class is in F(run), and B says yes.
    var canWitness: Bool { before == .yes && outcome != .excluded && cause?.host != nil && isElsewhere != true }
}
