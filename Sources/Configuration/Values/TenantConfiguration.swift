package import Connectors

/// One Exchange Online tenant: where it is, how to sign in, and what may be done to it.
package struct TenantConfiguration: Hashable, Sendable {
    /// Whether Exchange itself sends a test message through a connector once it is written.
    package enum Validation: String, Hashable, Sendable, CaseIterable {
        case none
        case afterApply = "after-apply"
    }

    /// Where it is looked up who changed the tenant by hand.
    package enum Audit: String, Hashable, Sendable, CaseIterable {
        /// By Search-UnifiedAuditLog.
        case search
        /// By the Management Activity API as well, which needs a permission of its own.
        case feed
    }

    package var name: String
    /// The tenant's folder in the repository, with `/` between its parts and none at its ends; empty for the root.
    package var path: String
    /// What the operator groups it by, for `--label`.
    package var labels: [String: String]
    /// In lower case, with hyphens.
    package var tenantId: String
    /// The initial domain, such as `contoso.onmicrosoft.com`.
    package var organization: String
    package var cloud: Cloud
    package var credentials: CredentialConfiguration
    package var endpoints: TenantEndpoints
    /// How long one reading of the tenant may take before the tenant counts as unknown.
    package var readTimeout: Duration
    /// How often the controller reads the tenant.
    package var interval: Duration
    /// What a plan for it may hold.
    package var policy: TenantPolicy
    /// How long a change is watched after it was applied before it counts as good; zero: not at all.
    package var bake: Duration
    package var validate: Validation
    /// What happens when a validation fails or a bake sees a change undone.
    package var onRegression: RegressionResponse
    /// How long the controller leaves a drifted field before it corrects it, where it may.
    package var correctAfter: Duration
    /// How mail is watched after a change.
    package var watch: MailWatchSettings
    package var audit: Audit
    /// The templates of the repository of which it has an instance each, in addition to those in its folder.
    package var templates: [TenantTemplate]
    /// What those templates are given, by the names of their parameters.
    package var values: [TenantValue]

    package init(
        name: String,
        path: String,
        labels: [String: String] = [:],
        tenantId: String,
        organization: String,
        cloud: Cloud = .worldwide,
        credentials: CredentialConfiguration,
        endpoints: TenantEndpoints = TenantEndpoints(),
        readTimeout: Duration = .seconds(90),
        interval: Duration = .seconds(300),
        policy: TenantPolicy = TenantPolicy(),
        bake: Duration = .seconds(0),
        validate: Validation = .none,
        onRegression: RegressionResponse = .rollBack,
        correctAfter: Duration = .seconds(900),
        watch: MailWatchSettings = MailWatchSettings(),
        audit: Audit = .search,
        templates: [TenantTemplate] = [],
        values: [TenantValue] = []
    ) {
        self.name = name
        self.path = path
        self.labels = labels
        self.tenantId = tenantId
        self.organization = organization
        self.cloud = cloud
        self.credentials = credentials
        self.endpoints = endpoints
        self.readTimeout = readTimeout
        self.interval = interval
        self.policy = policy
        self.bake = bake
        self.validate = validate
        self.onRegression = onRegression
        self.correctAfter = correctAfter
        self.watch = watch
        self.audit = audit
        self.templates = templates
        self.values = values
    }
}
