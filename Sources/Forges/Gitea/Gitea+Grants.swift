import JSON
import Transfers

extension Gitea {
    /// No call tells what a token may do, so writes are tried that cannot succeed: its scopes and the account's right are looked
    /// at before what they are about.
    ///
    /// Source: docs.gitea.com/development/oauth2-provider, "Scopes".
    func grants() async throws(ForgeError) -> [ForgeGrant] {
        [
            ForgeGrant(
                .setStatuses,
                isGiven: isGiven(try await refusalOfStatus()),
                need: "a token with `write:repository`, of an account that may write to the code"
            ),
            ForgeGrant(
                .comment,
                isGiven: isGiven(try await refusalOfComment()),
                need: "a token with `write:issue`"
            ),
        ]
    }

    private func isGiven(_ refusal: ForgeError?) -> Bool? {
        guard let refusal, let status = refusal.status else { return nil }
        if refusal.reason == .forbidden { return false }
        // That it is not there is 404, or a fault of older servers.
        return [400, 404, 422, 500].contains(status) ? true : nil
    }
}
