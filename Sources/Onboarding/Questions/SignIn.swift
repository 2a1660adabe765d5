/// How Mitregate proves to Microsoft Entra what it is.
package enum SignIn: String, Hashable, Sendable, CaseIterable {
    case certificate
    case clientSecret = "client-secret"
    case federatedToken = "federated-token"
    case managedIdentity = "managed-identity"

    /// The line of the configuration below `credentials`, as YAML; its files lie next to the configuration.
    var setting: String {
        switch self {
        case .certificate: "certificate: {certificate: {file: client-cert.pem}, privateKey: {file: client-key.pem}}"
        case .clientSecret: "clientSecret: {file: client-secret}"
        case .federatedToken: "federatedToken: {file: federated-token}"
        case .managedIdentity: "managedIdentity: {}"
        }
    }

    /// What still has to be put next to the configuration; `nil` where nothing has.
    var errand: String? {
        switch self {
        case .certificate:
            """
            Put the application's certificate into client-cert.pem, and its key into
            client-key.pem (chmod 600).
            """
        case .clientSecret: "Put the application's client secret into client-secret (chmod 600)."
        case .federatedToken: "Have the federated token written to federated-token."
        case .managedIdentity: nil
        }
    }
}

/// Whose pipeline gets a recipe.
package enum PipelineForge: String, Hashable, Sendable, CaseIterable {
    case none
    case github
    case gitlab
    case gitea
    case forgejo
    case azureDevOps = "azure-devops"
}
