/// The forge on which a source's requests are opened, reviewed and merged.
package struct SourceForge: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case github
        case gitlab
        case gitea
        case forgejo
        case azureDevOps = "azure-devops"
    }

    /// How much of a plan a comment shows.
    package enum Visibility: String, Hashable, Sendable, CaseIterable {
        case full
        /// No addresses, no domains, no values.
        case summary
    }

    /// Whether a change must have been shown in a request before it is applied.
    package enum Review: String, Hashable, Sendable, CaseIterable {
        case required
        case optional
    }

    /// When what a request changes is applied.
    package enum Apply: String, Hashable, Sendable, CaseIterable {
        case merge
        /// Also before the merge, when a person who may write asks for it in a comment.
        case comment
    }

    package var kind: Kind
    /// The base of its API, without a slash at its end, such as `https://git.example/api/v1`.
    package var url: String
    /// Such as `contoso/mail-flow`.
    package var repository: String
    package var credentials: ForgeCredentials
    /// `nil`: the forge sends us nothing, and requests are looked at once an interval.
    package var webhook: ForgeWebhook?
    /// `nil`: full, and a summary where the repository is public.
    package var visibility: Visibility?
    package var review: Review
    /// How many persons, other than author and committers, must have approved what was shown.
    package var approvals: Int
    package var apply: Apply
    /// The requests that we open ourselves.
    package var offers: OfferSettings

    package init(
        kind: Kind,
        url: String,
        repository: String,
        credentials: ForgeCredentials,
        webhook: ForgeWebhook? = nil,
        visibility: Visibility? = nil,
        review: Review = .required,
        approvals: Int = 0,
        apply: Apply = .merge,
        offers: OfferSettings = OfferSettings()
    ) {
        self.kind = kind
        self.url = url
        self.repository = repository
        self.credentials = credentials
        self.webhook = webhook
        self.visibility = visibility
        self.review = review
        self.approvals = approvals
        self.apply = apply
        self.offers = offers
    }
}

/// How we sign in to a forge.
package enum ForgeCredentials: Hashable, Sendable {
    case token(SecretReference)
    /// A GitHub App; its key in PEM.
    case app(id: String, installation: Int, privateKey: SecretReference)
    /// An application of Microsoft Entra, for Azure DevOps.
    case entra(tenantId: String, CredentialConfiguration)
}

/// What a forge's deliveries are secured with.
package enum ForgeWebhook: Hashable, Sendable {
    case secret(SecretReference)
    /// Azure DevOps.
    case user(String, password: SecretReference)
}
