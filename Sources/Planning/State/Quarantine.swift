package import FoundationEssentials

/// A commit whose apply was rolled back; what it says of the tenant is not tried again until a commit changes that, or until an
/// explicit retry.
package struct Quarantine: Hashable, Sendable, Codable {
    package var tenant: String
    package var revision: String
    package var run: String
    package var reason: String
    package var since: Date
    /// `true` where what was rolled back only had put drift back, so that this is what is held, and no commit; `nil`: it was a commit,
    /// and drift is put back all the same.
    package var holdsCorrections: Bool?
    /// The request that takes the commit back in git, as `#12`; not stored here, but where requests are.
    package var request: String?

    package init(
        tenant: String,
        revision: String,
        run: String,
        reason: String,
        since: Date,
        request: String? = nil
    ) {
        self.tenant = tenant
        self.revision = revision
        self.run = run
        self.reason = reason
        self.since = since
        self.request = request
    }
}

extension Quarantine {
    /// Whether it stands although the commit of a plan has come to be in force: what may not be put back deviates still.
    package func outlasts(_ plan: Plan) -> Bool {
        holdsCorrections == true && plan.changes.isEmpty && plan.drift.contains { !$0.accepted }
    }
}
