package import FoundationEssentials
package import Planning
package import Scheduling

/// Where one tenant stands, as the API shows it.
package struct TenantView: Hashable, Sendable, Codable {
    package var tenant: String
    package var source: String
    /// What the operator groups it by; `nil` where it has none.
    package var labels: [String: String]?
    /// One word: `in-sync`, `drifted`, `waiting`, `suspended`, `failed`, `running`, `starting`.
    package var state: String
    /// The commit that is in force, 40 hex digits.
    package var revision: String?
    /// The tip of the branch, 40 hex digits.
    package var head: String?
    /// Since when the state is as it is.
    package var since: Date
    /// When the tenant is looked at next.
    package var nextLook: Date?
    /// When the tenant was last read; `nil` where it never was.
    package var lastReadAt: Date?
    /// Why it is in this state, in a sentence.
    package var why: String
    package var conditions: [Condition]
    package var suspension: SuspensionView?
    package var lastRun: String?
    /// The digest that `approve` takes, where a plan waits for a person.
    package var changesDigest: String?
    /// Connectors that a person disabled in an emergency; `nil` where there are none, or the store does not tell.
    package var breakGlass: [BreakGlass]?

    package init(
        tenant: String,
        source: String,
        labels: [String: String]? = nil,
        state: String,
        revision: String? = nil,
        head: String? = nil,
        since: Date,
        nextLook: Date? = nil,
        lastReadAt: Date? = nil,
        why: String = "",
        conditions: [Condition] = [],
        suspension: SuspensionView? = nil,
        lastRun: String? = nil,
        changesDigest: String? = nil,
        breakGlass: [BreakGlass]? = nil
    ) {
        self.tenant = tenant
        self.source = source
        self.labels = labels
        self.state = state
        self.revision = revision
        self.head = head
        self.since = since
        self.nextLook = nextLook
        self.lastReadAt = lastReadAt
        self.why = why
        self.conditions = conditions
        self.suspension = suspension
        self.lastRun = lastRun
        self.changesDigest = changesDigest
        self.breakGlass = breakGlass
    }
}

/// A tenant to which nothing is written for a while.
package struct SuspensionView: Hashable, Sendable, Codable {
    package var tenant: String
    package var until: Date
    package var reason: String
    /// The token that it was asked with.
    package var by: String
    package var since: Date

    package init(tenant: String, until: Date, reason: String, by: String, since: Date) {
        self.tenant = tenant
        self.until = until
        self.reason = reason
        self.by = by
        self.since = since
    }
}

/// A plan that a person lets through.
package struct ApprovalView: Hashable, Sendable, Codable {
    package var tenant: String
    package var digest: String
    package var reason: String
    /// The token that it was given with.
    package var by: String
    package var at: Date

    package init(tenant: String, digest: String, reason: String, by: String, at: Date) {
        self.tenant = tenant
        self.digest = digest
        self.reason = reason
        self.by = by
        self.at = at
    }
}
