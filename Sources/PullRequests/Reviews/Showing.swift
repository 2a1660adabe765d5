package import FoundationEssentials
import Forges
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
    /// Since when these changes are shown, by our clock; a newer verdict on the same changes begins no new showing, and a change
    /// that had found no room before does.
    package var since: Date
    /// When what is shown was found out.
    package var at: Date
    /// How many changes of the plan found no room; `nil` where an earlier version did not say.
    package var unseen: Int?
    /// What the comment says in addition to the changes, as ``RequestMemory/remarks(on:)`` has it.
    package var remarks: String?
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
    /// The tenants of which not all of these changes were to be seen: for them it counts only as long as nothing else is.
    package var partly: [String]?
    /// Whether it could not be found out last time if it may count, so that it does not count for now.
    package var isDoubtful: Bool?

    /// - Parameter showings: What it is given for, by tenant.
    init(by person: Person, _ source: Source, seenAt: Date, for showings: [String: Showing], isDoubtful: Bool? = nil) {
        self.person = person.id
        login = person.login
        self.source = source
        self.seenAt = seenAt
        digests = showings.mapValues(\.changesDigest)
        let names = showings.filter { ($0.value.unseen ?? 0) > 0 }.keys.sorted()
        partly = names.isEmpty ? nil : names
        self.isDoubtful = isDoubtful
    }

    /// Whether it was given for what is shown of a tenant, and for all of it.
    func isGiven(for showing: Showing) -> Bool {
        guard digests[showing.tenant] == showing.changesDigest else { return false }
        return partly?.contains(showing.tenant) != true || seenAt >= showing.since
    }
}
