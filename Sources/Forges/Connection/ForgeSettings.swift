/// Which repository on which forge, and how to sign in to it.
package struct ForgeSettings: Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case github
        case gitlab
        case gitea
        case forgejo
        case azureDevOps = "azure-devops"

        /// As its makers write it.
        package var name: String {
            switch self {
            case .github: "GitHub"
            case .gitlab: "GitLab"
            case .gitea: "Gitea"
            case .forgejo: "Forgejo"
            case .azureDevOps: "Azure DevOps"
            }
        }
    }

    /// How to sign in.
    ///
    /// Each secret is asked for when it is needed and kept no longer than the call, so that one that was replaced is
    /// taken without a restart. What a closure throws is never shown: it could quote the secret.
    package enum Credentials: Sendable {
        /// A token that a person or an administrator made.
        case token(@Sendable () throws -> String)
        /// A GitHub App; the key is PEM.
        case app(id: String, installation: Int, privateKey: @Sendable () throws -> String)
        /// An access token that ends and is made by others, such as Entra's for Azure DevOps.
        ///
        /// The closure is given the token that the forge has just refused, and then makes another.
        case bearer(@Sendable (_ refused: String?) async throws -> String)
    }

    package var kind: Kind
    /// The API's base: `https://api.github.com`, `https://HOST/api/v3`, `https://HOST/api/v4`, `https://HOST/api/v1`,
    /// `https://dev.azure.com/ORG`; plain `http://` on this machine alone.
    package var url: String
    /// `owner/name`; `group/sub/project`; `PROJECT/REPO`.
    package var repository: String
    package var credentials: Credentials

    package init(kind: Kind, url: String, repository: String, credentials: Credentials) {
        self.kind = kind
        self.url = url
        self.repository = repository
        self.credentials = credentials
    }
}
