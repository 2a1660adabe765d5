/// How a repository is reached and by what its server is recognised.
package struct GitAccess: Hashable, Sendable {
    package enum Authentication: Hashable, Sendable {
        case none
        /// An access token for https, sent as the password; forges that want a user name with it take any.
        case token(SecretReference)
        case password(user: String, SecretReference)
        /// A private key for ssh, in a file, and the passphrase that opens it.
        case privateKey(file: String, passphrase: SecretReference?)
    }

    package var authentication: Authentication
    /// The ssh host keys that are trusted, in OpenSSH's format; `nil`: `known_hosts` of the user who runs us.
    package var knownHosts: String?
    /// A PEM bundle that the https server's certificate is checked against; `nil`: the system's.
    package var caFile: String?

    package init(authentication: Authentication = .none, knownHosts: String? = nil, caFile: String? = nil) {
        self.authentication = authentication
        self.knownHosts = knownHosts
        self.caFile = caFile
    }
}
