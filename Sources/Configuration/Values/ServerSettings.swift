/// Where the controller serves its API and pages, and who may use them.
package struct ServerSettings: Hashable, Sendable {
    /// An address, or a name, without brackets.
    package var host: String
    package var port: Int
    /// How people and forges reach it, without a slash at its end, such as `https://mitregate.contoso.com`.
    package var publicURL: String?
    package var tls: TLSFiles?
    /// Whether a proxy on this network ends TLS in front of it.
    package var isBehindProxy: Bool
    /// In the order of the file; no two have one name.
    package var tokens: [APIToken]
    /// Whether `/metrics` is served without a token.
    package var areMetricsOpen: Bool

    package init(
        host: String = "127.0.0.1",
        port: Int = 8_080,
        publicURL: String? = nil,
        tls: TLSFiles? = nil,
        isBehindProxy: Bool = false,
        tokens: [APIToken] = [],
        areMetricsOpen: Bool = false
    ) {
        self.host = host
        self.port = port
        self.publicURL = publicURL
        self.tls = tls
        self.isBehindProxy = isBehindProxy
        self.tokens = tokens
        self.areMetricsOpen = areMetricsOpen
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { WebAddress.isLoopback(host: host) }

    /// The certificate with its chain, and its key, both PEM files.
    package struct TLSFiles: Hashable, Sendable {
        package var certificate: String
        package var privateKey: String

        package init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }
    }
}

/// A caller of the API: by which token it is known, and what it may do.
package struct APIToken: Hashable, Sendable {
    package enum Right: String, Hashable, Sendable, CaseIterable {
        case read
        /// Ask for runs, suspend, resume, retry, end watches, roll back.
        case operate
        /// Let a plan through.
        case approve
    }

    /// Recorded with what it did.
    package var name: String
    package var token: SecretReference
    package var rights: Set<Right>

    package init(name: String, token: SecretReference, rights: Set<Right>) {
        self.name = name
        self.token = token
        self.rights = rights
    }
}
