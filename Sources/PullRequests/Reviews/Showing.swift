package import FoundationEssentials
package import TLSGate

/// What a request's comment shows of one tenant.
package struct Showing: Hashable, Sendable, Codable {
    package var tenant: String
    /// The head that it was made for.
    package var head: String
    package var changesDigest: String
    /// The changes that a reader of the comment could see.
    package var changes: [ShownChange]
    package var verdict: Verdict?
    /// Since when these changes are shown, by our clock; a newer verdict on the same changes begins no new showing.
    package var since: Date
    /// When what is shown was found out.
    package var at: Date
}

/// A person's approval, tied to what was shown when it was given.
package struct ReviewWord: Hashable, Sendable, Codable {
    package enum Source: Hashable, Sendable, Codable {
        /// A review on the forge, with its time where the forge tells one.
        case review(at: Date?)
        /// A comment with `mitregate approve DIGEST`, by its id.
        case comment(String)
    }

    /// The forge's id of the person.
    package var person: String
    package var login: String
    package var source: Source
    /// When it was seen, by our clock.
    package var seenAt: Date
    /// By tenant, the digest of the changes that it was given for; empty where nothing was shown.
    package var digests: [String: String]
    /// Whether it could not be found out last time if it may count, so that it does not count for now.
    package var isDoubtful: Bool?
}
