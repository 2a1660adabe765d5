import JSON
import Transfers

extension GitLab {
    /// What a token may do is told by no call of the API that we know, so a status is tried that cannot be set.
    ///
    /// GitLab looks at the token's scopes first, then at the role, and at the commit last.
    /// Source: docs.gitlab.com/api/commits, "Set commit pipeline status".
    func grants() async throws(ForgeError) -> [ForgeGrant] {
        let call = ForgeRequest(
            .post,
            path("statuses", ForgeConnection.noCommit),
            body: ["state": "pending", "name": "mitregate/doctor"],
            asked: "a status on a commit that is not there, to see whether it would be allowed"
        )
        let refusal = try await connection.refusal(of: call)
        let scope = "a token with the scope `api`"
        if refusal?.reason == .forbidden {
            let isScope = refusal?.message.contains("insufficient_scope") == true
            return [
                ForgeGrant(.setStatuses, isGiven: false, need: isScope ? scope : "the role Developer"),
                ForgeGrant(.comment, isGiven: isScope ? false : nil, need: isScope ? scope : "the role Reporter"),
            ]
        }
        let isGiven = refusal?.saysCommitNotFound == true ? true : nil
        return [
            ForgeGrant(.setStatuses, isGiven: isGiven, need: "\(scope) and the role Developer"),
            ForgeGrant(.comment, isGiven: isGiven, need: scope),
        ]
    }
}
