/// Which changes to a source Mitregate offers itself as requests, and in whose name it commits them.
package struct OfferSettings: Hashable, Sendable {
    /// Whether a request is opened for something.
    package enum Offering: String, Hashable, Sendable, CaseIterable {
        case off
        case pullRequest = "pull-request"
    }

    /// For what someone changed in a tenant: git is to say it too.
    package var drift: Offering
    /// For a commit that was rolled back in a tenant: git is to say again what it said before.
    package var rollback: Offering
    /// For connectors that no definition claims: they are to get definitions.
    package var unmanaged: Offering
    /// `nil`: a name of our own at the forge's host.
    package var identity: CommitIdentity?

    package init(
        drift: Offering = .off,
        rollback: Offering = .off,
        unmanaged: Offering = .off,
        identity: CommitIdentity? = nil
    ) {
        self.drift = drift
        self.rollback = rollback
        self.unmanaged = unmanaged
        self.identity = identity
    }

    /// Whether requests are opened at all.
    package var isOn: Bool { [drift, rollback, unmanaged].contains(.pullRequest) }
}

/// Author and committer of our commits, and what they are signed with.
package struct CommitIdentity: Hashable, Sendable {
    package var name: String
    package var email: String
    /// A private key in OpenSSH's format, without a passphrase; `nil`: commits are not signed.
    package var signingKey: SecretReference?

    package init(name: String, email: String, signingKey: SecretReference? = nil) {
        self.name = name
        self.email = email
        self.signingKey = signingKey
    }
}

extension SourceForge {
    /// Who commits what we offer.
    package var identity: CommitIdentity {
        let host = WebAddress(url)?.host ?? ""
        return offers.identity
            ?? CommitIdentity(name: "Mitregate", email: "mitregate@\(host.isEmpty ? "localhost" : host)")
    }
}
