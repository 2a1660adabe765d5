/// Where a source is fetched from, and how to be let in.
package struct GitRemote: Hashable, Codable, Sendable {
    /// A path, `file://`, `https://` or `ssh://`, or git's short form `host:path`, with a user or without.
    package var url: String
    package var branch: String
    package var credentials: GitCredentials
    /// A PEM bundle that replaces the system's roots for https.
    package var caFile: String?
    /// The hosts that ssh trusts, in OpenSSH's format; `nil` means `~/.ssh/known_hosts`.
    package var knownHosts: String?

    package init(
        url: String,
        branch: String,
        credentials: GitCredentials = .none,
        caFile: String? = nil,
        knownHosts: String? = nil
    ) {
        self.url = url
        self.branch = branch
        self.credentials = credentials
        self.caFile = caFile
        self.knownHosts = knownHosts
    }
}

/// What a remote asks for; it holds secrets, and is never printed.
package enum GitCredentials: Hashable, Codable, Sendable {
    case none
    /// Basic authentication; where a service wants a token alone, it goes into `password`.
    case userPassword(user: String, password: String)
    /// - Parameter user: `nil` means the URL's user, or else `git`.
    case sshKey(privateKey: String, user: String? = nil, passphrase: String? = nil)
}
