extension ForgeSettings.Kind {
    /// Reads what a forge of this kind delivers.
    ///
    /// The source that the hook's path names says which kind it is; a delivery's headers don't, as Gitea also sends
    /// GitHub's.
    package var deliveries: any Deliveries {
        switch self {
        case .github: GitHubDeliveries()
        case .gitlab: GitLabDeliveries()
        case .gitea: GiteaDeliveries(isForgejo: false)
        case .forgejo: GiteaDeliveries(isForgejo: true)
        case .azureDevOps: AzureDevOpsDeliveries()
        }
    }
}
