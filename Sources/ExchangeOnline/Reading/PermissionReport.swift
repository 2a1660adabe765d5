package import FoundationEssentials

/// What `doctor` wants to know of our access to a tenant; every part is asked for on its own.
package struct PermissionReport: Sendable {
    /// What the token says of us.
    package var claims: Reading<TokenClaims>
    /// The cmdlets that the tenant lets us run, in lower case.
    package var cmdlets: Reading<Set<String>>
    /// Whether the audit log answers; drift names its author only then.
    package var auditLog: Reading<Bool>
    /// Whether the activity feed may be read and is subscribed to; `nil` where it was not asked.
    package var activityFeed: Reading<Bool>?
    /// Whether the message trace can be read; mail is watched only then.
    package var messageTrace: Reading<Bool>
    /// The inbound connectors that Exchange Online has blocked.
    package var blocked: Reading<[BlockedConnector]>
    /// The tenant's accepted domains; `organization-unknown` where the configured organization is not one of them.
    package var domains: Reading<[String]>
    /// Why we could not sign in; then nothing else was asked.
    package var signInError: ExchangeError?
    /// When the certificate by which we sign in ends; nothing for other ways to sign in.
    package var certificateEnd: Date?
    /// How far our clock is ahead of the service's; nothing where no answer told its time.
    package var clockSkew: Duration?
    /// The host that answers for the tenant after discovery.
    package var host: String

    /// The cmdlets that reading needs.
    package static let readingCmdlets = [
        "Get-InboundConnector", "Get-OutboundConnector", "Get-TransportRule", "Get-AcceptedDomain",
    ]

    /// The cmdlets that applying needs as well.
    package static let writingCmdlets = [
        "New-InboundConnector", "Set-InboundConnector", "Remove-InboundConnector",
        "New-OutboundConnector", "Set-OutboundConnector", "Remove-OutboundConnector",
        "New-TransportRule", "Set-TransportRule", "Remove-TransportRule",
        "Enable-TransportRule", "Disable-TransportRule",
    ]

    /// Those of `wanted` that the tenant does not let us run; nothing where that is unknown.
    package func missing(_ wanted: [String]) -> [String]? {
        guard case .known(let cmdlets) = cmdlets else { return nil }
        return wanted.filter { !cmdlets.contains($0.lowercased()) }
    }
}

extension PermissionReport {
    /// For a tenant that we could not sign in to.
    init(signInError: ExchangeError, certificateEnd: Date?, host: String) {
        self.init(
            claims: .unknown(signInError),
            cmdlets: .unknown(signInError),
            auditLog: .unknown(signInError),
            messageTrace: .unknown(signInError),
            blocked: .unknown(signInError),
            domains: .unknown(signInError),
            signInError: signInError,
            certificateEnd: certificateEnd,
            host: host
        )
    }
}
