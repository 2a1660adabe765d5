package import FoundationEssentials

/// What the gate saw before a run was let through, as JSON: it can be judged again later.
package struct Evidence: Hashable, Sendable {
    package var run: String
    package var tenant: String
    /// What a later run asks by, such as a next hop; `nil` where none does.
    package var subject: String?
    /// At most `StateStoreLimits.evidence` bytes of UTF-8; a run may have many.
    package var json: String
    package var at: Date

    package init(run: String, tenant: String, subject: String? = nil, json: String, at: Date) {
        self.run = run
        self.tenant = tenant
        self.subject = subject
        self.json = json
        self.at = at
    }
}

/// Which evidence of a tenant's runs is asked for: of each subject the newest.
package struct EvidenceQuery: Hashable, Sendable {
    package var tenant: String
    package var subjects: Set<String>
    /// Evidence of this instant or later; `nil` for any.
    package var since: Date?
    /// What is read in all, in bytes of UTF-8; what is beyond it, the oldest, is left out.
    package var room = 64 << 20

    package init(tenant: String, subjects: Set<String>, since: Date? = nil) {
        self.tenant = tenant
        self.subjects = subjects
        self.since = since
    }
}
