package import Transfers

extension ForgeSettings {
    /// The forge that the settings name; nothing is asked of it yet.
    ///
    /// - Throws: `invalid`, with what to correct, where the settings cannot be right.
    package func forge(pool: TransferPool, timing: ForgeTiming = .system) throws(ForgeError) -> any Forge {
        guard let address = ForgeAddress(url) else {
            throw refusal(
                "`forge.url` is \"\(ForgeWords.shown(url, secrets: []))\", which is not an address to send a token to",
                "Give the API's base as https://HOST/PATH, without a user, a query or `..`."
            )
        }
        switch kind {
        case .github:
            return try GitHub(address, try repositoryName(), credentials, pool: pool, timing: timing)
        case .gitea, .forgejo:
            let (name, token) = (try repositoryName(), try token())
            return Gitea(kind.name, address, name, token: token, pool: pool, timing: timing)
        case .gitlab:
            let token = try token()
            return GitLab(address, try projectName(), credentials, token: token, pool: pool, timing: timing)
        case .azureDevOps:
            let (name, token) = (try repositoryName(), try token())
            return AzureDevOps(address, name, credentials, token: token, pool: pool, timing: timing)
        }
    }

    /// `owner/name`.
    private func repositoryName() throws(ForgeError) -> RepositoryName {
        if let name = RepositoryName(repository) { return name }
        throw refusal(
            "`forge.repository` is \"\(ForgeWords.shown(repository, secrets: []))\", which is not a repository's name",
            "Write it as owner/name, as it is in the repository's address."
        )
    }

    /// `group/sub/project`, as deep as groups go.
    private func projectName() throws(ForgeError) -> String {
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 2, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) { return repository }
        throw refusal(
            "`forge.repository` is \"\(ForgeWords.shown(repository, secrets: []))\", which is not a project's path",
            "Write it as group/project, or group/subgroup/project, as it is in the project's address."
        )
    }

    /// The operator's token, or one that others make; an App is GitHub's alone.
    func token() throws(ForgeError) -> @Sendable (_ refused: String?) async throws -> String {
        switch credentials {
        case .token(let token): return { _ in try token() }
        case .bearer(let token): return token
        case .app:
            throw refusal("\(kind.name) has no Apps to sign in as", "Give `forge.credentials` a token.")
        }
    }

    func refusal(_ problem: String, _ remedy: String) -> ForgeError {
        ForgeError(.invalid, asked: "the use of \(kind.name)", message: problem + ".", remedy: remedy)
    }
}
