import FoundationEssentials
import JSON
import Transfers

extension GitHub {
    private static let statusNeed = "the permission \"Commit statuses: read and write\", or the scope `repo`"
    private static let commentNeed = "the permission \"Pull requests: read and write\", or the scope `repo`"

    /// An App is told its permissions, and a classic token its scopes; what a fine-grained one may do shows in how it is refused.
    ///
    /// Source: docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps;
    /// docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens.
    func grants() async throws(ForgeError) -> [ForgeGrant] {
        if let app { return try await app.grants() }
        let home = ForgeRequest(path: repository.path(), asked: "the repository \(repository)")
        let answer = try await connection.send(home)
        let scopes = answer.headers["X-OAuth-Scopes"].map { list in
            Set(list.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init))
        }
        guard let scopes, !scopes.isEmpty else { return try await triedGrants() }
        let isPublic = answer.json["private"]?.flag == false
        let writes = scopes.contains("repo") || isPublic && scopes.contains("public_repo")
        // Whoever reads a repository may comment; a status takes the right to push.
        let pushes = try await mayWrite(ourselves())
        let hasStatuses = writes || scopes.contains("repo:status")
        return [
            ForgeGrant(
                .setStatuses,
                isGiven: hasStatuses && pushes,
                need: hasStatuses ? "the role Write" : "the scope `repo`"
            ),
            ForgeGrant(.comment, isGiven: writes, need: "the scope `repo`"),
        ]
    }

    private func triedGrants() async throws(ForgeError) -> [ForgeGrant] {
        let onStatus = try await refusalOfStatus()
        let onComment = try await refusalOfComment()
        let mayStatus: Bool? =
            switch onStatus?.reason {
            case .forbidden: false
            case .invalid where onStatus?.message.contains("No commit found") == true: true
            default: nil
            }
        return [
            ForgeGrant(.setStatuses, isGiven: mayStatus, need: Self.statusNeed),
            // That the request is not there may be seen before the token is.
            ForgeGrant(.comment, isGiven: onComment?.reason == .forbidden ? false : nil, need: Self.commentNeed),
        ]
    }
}

extension GitHubApp {
    /// What the App's installation was given, which the App itself may read.
    ///
    /// Source: docs.github.com/rest/apps/apps, "Get a repository installation for the authenticated app".
    func grants() async throws(ForgeError) -> [ForgeGrant] {
        let request = ForgeRequest(path: repository.path("installation"), asked: "the App's installation")
        let permissions = try await send(request).json["permissions"]
        func grant(_ deed: ForgeGrant.Deed, _ name: String, _ shown: String) -> ForgeGrant {
            ForgeGrant(
                deed,
                isGiven: permissions.map { $0[name]?.text == "write" },
                need: "the App's permission \"\(shown): read and write\", accepted for the installation"
            )
        }
        return [
            grant(.setStatuses, "statuses", "Commit statuses"), grant(.comment, "pull_requests", "Pull requests"),
        ]
    }
}
