/// The forges that we speak to, by the words of the configuration.
package enum ForgeKind: String, Hashable, Sendable, CaseIterable {
    case github
    case gitlab
    case gitea
    case forgejo
    case azureDevOps = "azure-devops"
}
