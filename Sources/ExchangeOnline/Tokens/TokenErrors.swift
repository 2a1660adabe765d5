import Connectors
import FoundationEssentials
import JSON

/// The errors of Microsoft Entra's token endpoint, by their `AADSTS` number, in words with a remedy.
///
/// The texts that come with them are documented as unstable, so decisions are made by `error` and the first number.
/// Source: learn.microsoft.com/entra/identity-platform/reference-error-codes.
enum TokenErrors {
    private struct Meaning {
        let message: String
        let remedy: String
        /// Whether what the application signs in with is to blame.
        var isOfCredential = false
    }

    private static let meanings: [Int: Meaning] = [
        70011: Meaning(
            message: "The token's scope is malformed, or names no known resource.",
            remedy: "Set `cloud` to the tenant's cloud."
        ),
        1_002_012: Meaning(
            message: "The token's scope is not one for applications.",
            remedy: "Set `cloud` to the tenant's cloud."
        ),
        500_011: Meaning(
            message: "The tenant does not know Exchange Online.",
            remedy: "Check that the tenant has an Exchange licence, and that `cloud` is the tenant's cloud."
        ),
        700_016: Meaning(
            message: "The tenant does not know the application.",
            remedy: "Check `clientId` and `tenantId`, and that an administrator has consented to the application."
        ),
        90002: Meaning(message: "There is no such tenant.", remedy: "Check `tenantId`, and `cloud`."),
        7_000_215: Meaning(
            message: "The client secret is wrong.",
            remedy: "Give the secret's value, not its id; make a new secret if the value was not kept.",
            isOfCredential: true
        ),
        7_000_222: Meaning(
            message: "The client secret has expired.",
            remedy: "Make a new secret on the app registration, and put its value where `clientSecret` points.",
            isOfCredential: true
        ),
        700_027: Meaning(
            message: "The signature of the application's assertion is not accepted.",
            remedy: "Upload this certificate to the app registration; check that it has not expired.",
            isOfCredential: true
        ),
        700_024: Meaning(
            message: "The application's assertion is outside its time of validity.",
            remedy: "Set this machine's clock (NTP); it may be off by a few minutes at most."
        ),
        50012: Meaning(
            message: "The assertion is invalid.",
            remedy: "Check the certificate and the key.",
            isOfCredential: true
        ),
        50013: Meaning(
            message: "The assertion is invalid.",
            remedy: "Check the credential and the clock.",
            isOfCredential: true
        ),
        500_133: Meaning(
            message: "The assertion has expired.",
            remedy: "Check that the file with the federated token is renewed, and the clock.",
            isOfCredential: true
        ),
        50027: Meaning(
            message: "The assertion is malformed.",
            remedy: "Check the credential's files.",
            isOfCredential: true
        ),
        70021: federation("issuer, subject or audience"),
        700_211: federation("issuer"),
        700_212: federation("audience"),
        700_213: federation("subject"),
        53003: Meaning(
            message: "Conditional access blocks the application.",
            remedy: "Let the tenant's policy for workload identities accept this machine's address."
        ),
        90033: busy, 90036: busy, 50196: busy,
    ]

    private static let busy = Meaning(
        message: "Microsoft Entra is busy.",
        remedy: "Nothing is wrong here; it is tried again later."
    )

    private static let transient: Set<Int> = [90033, 90036, 50196]

    private static func federation(_ part: String) -> Meaning {
        Meaning(
            message: "No federated credential of the application matches the token's \(part).",
            remedy: "Compare issuer, subject and audience on the app registration with the token's; a credential that "
                + "was just made takes some minutes to work.",
            isOfCredential: true
        )
    }

    /// Turns an answer of the token endpoint that is not a token into an error.
    ///
    /// - Parameters:
    ///   - secrets: What the request carried and no message may repeat.
    ///   - credential: What the application signed in with and where that was read from, for people.
    static func error(
        status: Int,
        body: [UInt8],
        retryAfter: Duration?,
        secrets: [String],
        credential: String? = nil
    ) -> ExchangeError {
        let answer = try? JSONParser.parse(body)
        let code = answer?["error_codes"]?.elements?.first?.integer ?? code(in: answer?["error_description"]?.text)
        let name = answer?["error"]?.text ?? ""
        let isBusy =
            status == 429 || status >= 500 || code.map(transient.contains) == true
            || name == "temporarily_unavailable" || name == "server_error"
        let meaning = code.flatMap { meanings[$0] } ?? general(code, isBusy: isBusy)
        let text = (answer?["error_description"]?.text).map { $0.split(whereSeparator: \.isNewline).first ?? "" } ?? ""
        let said = Redaction.text(text.isEmpty ? name : String(text), secrets: secrets)
        var error = ExchangeError(
            isBusy ? .tokenUnavailable : .tokenRefused,
            "No token was issued: \(meaning.message)" + (said.isEmpty ? " (HTTP \(status))" : " (\(said))")
                + (meaning.isOfCredential ? credential.map { " \($0) was used." } ?? "" : ""),
            remedy: meaning.remedy,
            status: status,
            isTransient: isBusy
        )
        error.tokenErrorCode = code
        error.requestId = (answer?["trace_id"]?.text).map { Redaction.text($0) }
        error.retryAfter = retryAfter
        return error
    }

    /// Codes from 53000 on are those of conditional access.
    private static func general(_ code: Int?, isBusy: Bool) -> Meaning {
        if isBusy { return busy }
        if let code, (53000...53999).contains(code) || (530_000...530_999).contains(code) {
            return meanings[53003] ?? busy
        }
        return Meaning(
            message: "Microsoft Entra refused the request.",
            remedy: "Look the number up on login.microsoftonline.com/error, and check the credential.",
            isOfCredential: true
        )
    }

    /// When Entra answered, by its own clock: `2026-11-22 10:11:12Z`.
    static func time(in body: [UInt8]) -> Date? {
        (try? JSONParser.parse(body))?["timestamp"]?.text.flatMap(Timestamp.instant)
    }

    /// `AADSTS7000215: …`, where the numbers are missing.
    private static func code(in text: String?) -> Int? {
        guard let text, let range = text.range(of: "AADSTS") else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
