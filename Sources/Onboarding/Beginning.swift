/// All that a first configuration and repository need.
package struct Beginning: Hashable, Sendable {
    package let tenant: String
    package let organization: String
    package let tenantId: String
    package let signIn: SignIn
    package let clientId: String?
    package let address: RepositoryAddress
    /// The folder of the repository's clone, from the configuration's folder.
    package let repository: String
    package let forge: PipelineForge
    /// Where a simulator answers in Exchange Online's place; `nil` for a real tenant.
    package let simulator: String?

    /// The name of the configuration's file.
    package static let configurationFile = "mitregate.yaml"

    /// The tenant's folder in the repository.
    package var path: String { "tenants/\(tenant)" }
}

/// A file to begin with, by its path below the folder that it belongs to.
package struct StarterFile: Hashable, Sendable {
    package let path: String
    package let text: String
    /// Whether only its owner may read it.
    package let isSecret: Bool

    package init(_ path: String, _ text: String, isSecret: Bool = false) {
        self.path = path
        self.text = text
        self.isSecret = isSecret
    }
}
