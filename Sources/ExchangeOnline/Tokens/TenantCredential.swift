/// How we prove to Microsoft Entra who we are.
///
/// Secrets come through closures that are called when they are needed, so that a rotated file is read again and nothing
/// is kept.
package enum TenantCredential: Sendable {
    /// `name` is what messages call the secret: its file or variable, and never more of it.
    case clientSecret(clientId: String, secret: @Sendable () throws -> String, name: String = "The client secret")
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
        case .clientSecret(let id, _, _), .certificate(let id, _, _, _), .federatedToken(let id, _): id
        case .managedIdentity(let id): id
        }
    }

    /// What the application signs in with and where that was read from, as the beginning of a sentence; nothing for a
    /// managed identity, which has no secret of ours.
    var name: String? {
        switch self {
        case .clientSecret(_, _, let name), .certificate(_, _, _, let name): name
        case .federatedToken(_, let path): "The federated token in the file \(path)"
        case .managedIdentity: nil
        }
    }
}
