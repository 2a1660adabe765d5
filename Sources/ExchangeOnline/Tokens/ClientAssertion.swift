package import FoundationEssentials
import JSON

/// The JSON Web Token by which an application with a certificate proves who it is.
///
/// Source: learn.microsoft.com/entra/identity-platform/certificate-credentials.
package struct ClientAssertion: Sendable {
    /// Entra advises five to ten minutes.
    private static let lifetime = 540

    package let text: String

    /// - Parameter audience: The URL of the token endpoint that the assertion is sent to.
    package init(
        clientId: String,
        audience: String,
        certificate: SigningCertificate,
        now: Date,
        id: UUID = UUID()
    ) throws(ExchangeError) {
        let seconds = Int(now.timeIntervalSince1970)
        let header: JSONValue = [
            "alg": "PS256", "typ": "JWT", "x5t#S256": .string(Base64URL.text(certificate.thumbprint)),
        ]
        let claims: JSONValue = [
            "aud": .string(audience), "iss": .string(clientId), "sub": .string(clientId),
            "jti": .string(id.uuidString.lowercased()), "nbf": .number("\(seconds)"), "iat": .number("\(seconds)"),
            "exp": .number("\(seconds + Self.lifetime)"),
        ]
        let message = Base64URL.text(header.bytes) + "." + Base64URL.text(claims.bytes)
        text = message + "." + Base64URL.text(try certificate.signature(of: Array(message.utf8)))
    }
}
