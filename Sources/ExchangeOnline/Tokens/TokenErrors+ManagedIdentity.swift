import JSON
import Transfers

extension TokenErrors {
    /// An answer of the machine's own identity service that is not a token.
    ///
    /// It says 404 or 410 while it is being set up, for some 70 seconds, so those are tried again.
    /// Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token, "Retry guidance".
    static func managedIdentity(_ response: HTTPResponse, secrets: [String]) -> ExchangeError {
        let status = response.status
        let answer = try? JSONParser.parse(response.body)
        let text = answer?["error_description"]?.text ?? answer?["message"]?.text ?? answer?["error"]?.text ?? ""
        let isTransient = status == 404 || status == 410 || status == 429 || status >= 500
        let said = Redaction.text(text, secrets: secrets)
        var error = ExchangeError(
            isTransient ? .tokenUnavailable : .tokenRefused,
            "The machine's identity service issued no token (HTTP \(status))" + (said.isEmpty ? "." : ": \(said)"),
            remedy:
                "Check that this machine has a managed identity and, where it has several, that `clientId` names one.",
            status: status,
            isTransient: isTransient
        )
        error.retryAfter = response.retryAfter()
        return error
    }
}
