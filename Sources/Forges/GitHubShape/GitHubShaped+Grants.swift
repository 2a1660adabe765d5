import JSON
import Transfers

/// Writes that cannot succeed, to see whether they would be allowed.
extension GitHubShaped {
    func refusalOfStatus() async throws(ForgeError) -> ForgeError? {
        try await connection.refusal(
            of: ForgeRequest(
                .post,
                repository.path("statuses", ForgeConnection.noCommit),
                body: ["state": "pending", "context": "mitregate/doctor"],
                asked: "a status on a commit that is not there, to see whether it would be allowed"
            )
        )
    }

    func refusalOfComment() async throws(ForgeError) -> ForgeError? {
        try await connection.refusal(
            of: ForgeRequest(
                .post,
                repository.path("issues", "0", "comments"),
                body: ["body": "mitregate doctor"],
                asked: "a comment on a request that is not there, to see whether it would be allowed"
            )
        )
    }
}
