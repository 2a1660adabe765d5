/// How Mitregate signs in to a tenant.
package struct CredentialConfiguration: Hashable, Sendable {
    package enum Proof: Hashable, Sendable {
        case clientSecret(SecretReference)
        /// PEM; the private key belongs to the certificate that the app registration holds.
        case certificate(certificate: SecretReference, privateKey: SecretReference)
        /// A file with a token of a trusted issuer; it is read again for every use.
        case federatedToken(file: String)
        /// The identity of the Azure machine that this runs on.
        case managedIdentity
    }

    /// The app registration's id in lower case; `nil` only for a system-assigned managed identity.
    package var clientId: String?
    package var proof: Proof

    package init(clientId: String?, proof: Proof) {
        self.clientId = clientId
        self.proof = proof
    }
}
