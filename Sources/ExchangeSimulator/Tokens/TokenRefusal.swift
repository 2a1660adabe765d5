import FoundationEssentials

/// An error of the token endpoint.
///
/// Section 1.2; the texts are documented as unstable, so these are like Entra's, not its.
struct TokenRefusal: Error, Hashable, Sendable {
    let code: Int
    let text: String

    init(_ code: Int, _ text: String? = nil) {
        self.code = code
        self.text = text ?? Self.table[code]?.text ?? "The request was refused."
    }

    private static let table: [Int: (error: String, text: String)] = [
        50012: ("invalid_client", "Authentication failed."),
        50013: ("invalid_grant", "The assertion is not valid."),
        50027: ("invalid_request", "JWT token is invalid or malformed."),
        50196: ("temporarily_unavailable", "The server terminated an operation because it encountered a request loop."),
        53003: ("access_denied", "Access has been blocked by Conditional Access policies."),
        70003: ("unsupported_grant_type", "The app requested an unsupported grant type."),
        70011: ("invalid_scope", "The provided value for the input parameter 'scope' is not valid."),
        70021: ("invalid_client", "No matching federated identity record found for presented assertion."),
        90002: ("invalid_request", "Tenant not found. Check to make sure you have the correct tenant ID."),
        90033: ("temporarily_unavailable", "A transient error has occurred. Please try again."),
        90036: ("server_error", "An unexpected, non-retryable error stemming from the directory service has occurred."),
        500011: ("invalid_resource", "The resource principal was not found in the tenant."),
        500133: ("invalid_grant", "Assertion is not within its valid time range."),
        700016: ("unauthorized_client", "Application was not found in the directory."),
        700024: ("invalid_client", "Client assertion is not within its valid time range."),
        700027: (
            "invalid_client", "The certificate with identifier used to sign the client assertion is not registered."
        ),
        700211: ("invalid_client", "No matching federated identity record found for presented assertion issuer."),
        700212: ("invalid_client", "No matching federated identity record found for presented assertion audience."),
        700213: ("invalid_client", "No matching federated identity record found for presented assertion subject."),
        900144: ("invalid_request", "The request body must contain a parameter that is missing."),
        1_002_012: ("invalid_scope", "The provided value for scope is not valid. It must end with '/.default'."),
        7_000_215: ("invalid_client", "Invalid client secret provided. Send the secret's value, not its ID."),
        7_000_218: ("invalid_client", "The request body must contain 'client_assertion' or 'client_secret'."),
        7_000_222: ("invalid_client", "The provided client secret keys are expired."),
        9_002_313: ("invalid_request", "Invalid request. Request is malformed or invalid."),
    ]

    var error: String { Self.table[code]?.error ?? "invalid_request" }

    /// 401 where the client itself is not believed; general knowledge, as the section only says "400 or 401".
    var status: Int {
        switch error {
        case "invalid_client": 401
        case "temporarily_unavailable", "server_error": 503
        default: 400
        }
    }

    func answer(now: Date, random: inout Random) -> Answer {
        let time = Timestamp.seconds(now).split(separator: "T").joined(separator: " ") + "Z"
        let trace = random.uuid()
        let correlation = random.uuid()
        let text = "AADSTS\(code): \(text) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(time)"
        var body = JSONObject([
            "error": .string(error), "error_description": .string(text), "error_codes": .array([.number(code)]),
            "timestamp": .string(time), "trace_id": .string(trace), "correlation_id": .string(correlation),
            "error_uri": .string("https://login.microsoftonline.com/error?code=\(code)"),
        ])
        if code == 53003 { body["suberror"] = .string("message_only") }
        return .json(status, .object(body), headers: [("Cache-Control", "no-store"), ("x-ms-request-id", trace)])
    }
}
