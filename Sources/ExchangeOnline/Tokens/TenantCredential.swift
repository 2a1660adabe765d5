/// How we prove to Microsoft Entra who we are.
///
/// Secrets come through closures that are called when they are needed, so that a rotated file is read again and nothing
/// is kept.
package enum TenantCredential: Sendable {
    case clientSecret(clientId: String, secret: @Sendable () throws -> String)
    /// An RSA certificate with its key, both PEM; `name` is what messages call the certificate: its file or variable.
    case certificate(
        clientId: String,
        certificatePEM: @Sendable () throws -> String,
        privateKeyPEM: @Sendable () throws -> String,
        name: String = "The certificate"
    )
    /// Another identity provider's token, in a file that rotates (workload identity federation).
    case federatedToken(clientId: String, path: String)
    /// The identity that the cloud machine has; the id names one of several that are assigned by users.
    case managedIdentity(clientId: String?)

    package var clientId: String? {
        switch self {
        case .clientSecret(let id, _), .certificate(let id, _, _, _), .federatedToken(let id, _): id
        case .managedIdentity(let id): id
        }
    }
}
