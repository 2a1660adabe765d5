/// What `init` wants to know, in the order in which it asks.
package enum Question: String, Hashable, Sendable, CaseIterable {
    case organization
    case tenantId = "tenant-id"
    case signIn = "sign-in"
    case clientId = "client-id"
    case url
    case forge

    /// The option that answers it.
    package var option: String { "--\(rawValue)" }

    /// What is asked on a terminal: where to look, then the question.
    package var text: String {
        switch self {
        case .organization:
            """
            The tenant. Entra admin center > Overview shows both.
            Initial domain, which ends in onmicrosoft.com
            """
        case .tenantId: "Tenant ID"
        case .signIn:
            """

            How Mitregate signs in: an app registration of that tenant (Entra admin center > App registrations).
            Sign in with certificate, client-secret, federated-token or managed-identity
            """
        case .clientId: "Application (client) ID of the app registration"
        case .url:
            """

            The git repository that holds the definitions.
            Its URL (https or ssh), or nothing for a new one here
            """
        case .forge: "Pipeline recipe for github, gitlab, gitea, forgejo, azure-devops or none"
        }
    }
}

/// What is wrong with an answer, and what a right one looks like.
package struct AnswerProblem: Error, Hashable, Sendable {
    package let message: String
    package let remedy: String
}
