package import Planning

/// What a plan needs of the store about one tenant, and nothing more: no secret, no evidence, no history.
package struct RememberedTenant: Hashable, Sendable, Codable {
    package var tenant: String
    /// What was last written to the tenant and seen confirmed.
    package var applied: AppliedTenant
    package var quarantine: Quarantine?
    /// The id of a run that is under way, or was cut off.
    package var unfinishedRun: String?

    package init(tenant: String, applied: AppliedTenant, quarantine: Quarantine?, unfinishedRun: String?) {
        self.tenant = tenant
        self.applied = applied
        self.quarantine = quarantine
        self.unfinishedRun = unfinishedRun
    }
}
