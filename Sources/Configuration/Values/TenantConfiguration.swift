/// One Exchange Online tenant: where it is, how to sign in, and what may be done to it.
package struct TenantConfiguration: Hashable, Sendable {
    package enum Cloud: String, Hashable, Sendable, CaseIterable {
        case worldwide
        case gccHigh = "gcc-high"
        case dod
        case china
    }

    package enum Changes: String, Hashable, Sendable, CaseIterable { case apply, propose }
    package enum Drift: String, Hashable, Sendable, CaseIterable { case report, propose, correct }
    package enum Prune: String, Hashable, Sendable, CaseIterable { case orphan, delete }

    /// Whether Exchange itself sends a test message through a connector once it is written.
    package enum Validation: String, Hashable, Sendable, CaseIterable {
        case none
        case afterApply = "after-apply"
    }

    /// How many changes, and deletions among them, one plan may hold before a person must look.
    package struct Limits: Hashable, Sendable {
        package var changes: Int
        package var deletes: Int

        package init(changes: Int = 20, deletes: Int = 2) {
            self.changes = changes
            self.deletes = deletes
        }
    }

    package var name: String
    /// The tenant's folder in the repository, with `/` between its parts and none at its ends; empty for the root.
    package var path: String
    /// In lower case, with hyphens.
    package var tenantId: String
    /// The initial domain, such as `contoso.onmicrosoft.com`.
    package var organization: String
    package var cloud: Cloud
    package var credentials: CredentialConfiguration
    package var endpoints: TenantEndpoints
    /// How often the controller reads the tenant.
    package var interval: Duration
    package var changes: Changes
    package var drift: Drift
    package var prune: Prune
    package var limits: Limits
    /// How long a change is watched after it was applied before it counts as good; zero: not at all.
    package var bake: Duration
    package var freezes: [FreezeWindow]
    package var validate: Validation

    package init(
        name: String,
        path: String,
        tenantId: String,
        organization: String,
        cloud: Cloud = .worldwide,
        credentials: CredentialConfiguration,
        endpoints: TenantEndpoints = TenantEndpoints(),
        interval: Duration = .seconds(300),
        changes: Changes = .apply,
        drift: Drift = .report,
        prune: Prune = .orphan,
        limits: Limits = Limits(),
        bake: Duration = .seconds(0),
        freezes: [FreezeWindow] = [],
        validate: Validation = .none
    ) {
        self.name = name
        self.path = path
        self.tenantId = tenantId
        self.organization = organization
        self.cloud = cloud
        self.credentials = credentials
        self.endpoints = endpoints
        self.interval = interval
        self.changes = changes
        self.drift = drift
        self.prune = prune
        self.limits = limits
        self.bake = bake
        self.freezes = freezes
        self.validate = validate
    }
}
