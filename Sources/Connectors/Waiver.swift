package import FoundationEssentials

/// A reviewed, dated exception to one check of the gate for one connector.
package struct Waiver: Hashable, Sendable, Codable {
    package var name: String
    package var check: String
    /// The connector's slug.
    package var connector: String
    /// A host or an address; absent, all of that connector's.
    package var subject: String?
    package var owner: String
    package var reason: String
    package var until: Date
    package var source: SourcePosition

    package init(
        name: String,
        check: String,
        connector: String,
        subject: String?,
        owner: String,
        reason: String,
        until: Date,
        source: SourcePosition
    ) {
        self.name = name
        self.check = check
        self.connector = connector
        self.subject = subject
        self.owner = owner
        self.reason = reason
        self.until = until
        self.source = source
    }
}
