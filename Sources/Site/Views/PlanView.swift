package import FoundationEssentials

/// The last plan of a tenant.
package struct PlanView: Hashable, Sendable, Codable {
    package var tenant: String
    /// 40 hex digits.
    package var revision: String
    package var planDigest: String
    package var changesDigest: String
    package var made: Date
    /// Whether it waits for `approve`.
    package var isWaiting: Bool
    package var create: Int
    package var update: Int
    package var delete: Int
    package var drift: Int
    /// The plan as `mitregate plan` shows it, as text of at most 256 KiB.
    package var text: String
    /// What the gate said of it: `pass`, `warn`, `approve`, `hold` or `block`; `nil` where it was not asked.
    package var verdict: String?

    package init(
        tenant: String,
        revision: String,
        planDigest: String,
        changesDigest: String,
        made: Date,
        isWaiting: Bool,
        create: Int,
        update: Int,
        delete: Int,
        drift: Int,
        text: String,
        verdict: String? = nil
    ) {
        self.tenant = tenant
        self.revision = revision
        self.planDigest = planDigest
        self.changesDigest = changesDigest
        self.made = made
        self.isWaiting = isWaiting
        self.create = create
        self.update = update
        self.delete = delete
        self.drift = drift
        self.text = text
        self.verdict = verdict
    }
}
