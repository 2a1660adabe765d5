/// A git repository with definitions, and the tenants that it describes.
package struct Source: Hashable, Sendable {
    package var name: String
    /// A path (absolute by now), or a `file`, `https` or `ssh` URL without a secret in it.
    package var url: String
    package var branch: String
    /// How often the controller fetches.
    package var interval: Duration
    /// `nil`: signatures are not asked for.
    package var verification: SignatureVerification?
    package var access: GitAccess
    /// `nil`: requests are not looked at, and no change needs to have been shown in one.
    package var forge: SourceForge?
    /// `nil`: every tenant gets a commit at once.
    package var rollout: RolloutSettings?
    package var tenants: [TenantConfiguration]

    package init(
        name: String,
        url: String,
        branch: String = "main",
        interval: Duration = .seconds(60),
        verification: SignatureVerification? = nil,
        access: GitAccess = GitAccess(),
        forge: SourceForge? = nil,
        rollout: RolloutSettings? = nil,
        tenants: [TenantConfiguration]
    ) {
        self.name = name
        self.url = url
        self.branch = branch
        self.interval = interval
        self.verification = verification
        self.access = access
        self.forge = forge
        self.rollout = rollout
        self.tenants = tenants
    }
}
