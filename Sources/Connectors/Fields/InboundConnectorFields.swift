extension Field {
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector and set-inboundconnector.
    static let inboundConnector: [Field] = [
        Field("enabled", "Enabled", .boolean, default: true, "Whether the connector is in use."),
        Field(
            "connectorType",
            "ConnectorType",
            .choice(["Partner", "OnPremises"], allowsNone: false),
            default: "Partner",
            "Partner enforces what it demands of a sender; OnPremises trusts your own servers."
        ),
        Field(
            "senderDomains",
            "SenderDomains",
            .set(.domainPattern),
            default: [],
            "The senders' domains that the connector applies to; * means every sender."
        ),
        Field(
            "requireTls",
            "RequireTls",
            .boolean,
            default: false,
            "Refuse mail from these senders that does not arrive over TLS."
        ),
        Field(
            "tlsSenderCertificateName",
            "TlsSenderCertificateName",
            .single(.certificateName),
            default: .none,
            "The name that the sender's certificate must carry."
        ),
        Field(
            "restrictDomainsToCertificate",
            "RestrictDomainsToCertificate",
            .boolean,
            default: false,
            "Refuse mail from these domains unless the sender presents the certificate named here."
        ),
        Field(
            "senderIPAddresses",
            "SenderIPAddresses",
            .set(.senderNetwork),
            default: [],
            "IPv4 addresses, or networks from /24 to /32, that the mail comes from."
        ),
        Field(
            "restrictDomainsToIPAddresses",
            "RestrictDomainsToIPAddresses",
            .boolean,
            default: false,
            "Refuse mail from these domains unless it comes from senderIPAddresses."
        ),
        Field("comment", "Comment", .single(.text(maximumLength: 1024)), default: "", "A note for administrators."),
        Field(
            "associatedAcceptedDomains",
            "AssociatedAcceptedDomains",
            .set(.domainName),
            default: [],
            "Accepted domains of the tenant that the connector is limited to; for testing."
        ),
        Field(
            "trustedOrganizations",
            "TrustedOrganizations",
            .set(.text(maximumLength: 256)),
            default: [],
            "Other Microsoft 365 organizations that are trusted."
        ),
        Field(
            "cloudServicesMailEnabled",
            "CloudServicesMailEnabled",
            .boolean,
            default: false,
            "Keep the hybrid headers of mail from on-premises servers."
        ),
        Field(
            "treatMessagesAsInternal",
            "TreatMessagesAsInternal",
            .boolean,
            default: false,
            "Treat mail from on-premises servers as sent from inside the organization."
        ),
        Field(
            "efSkipLastIP",
            "EFSkipLastIP",
            .boolean,
            default: false,
            "Enhanced filtering: look behind the last address that delivered."
        ),
        Field(
            "efSkipIPs",
            "EFSkipIPs",
            .set(.skippedNetwork),
            default: [],
            "Enhanced filtering: addresses, networks and ranges to look behind."
        ),
        Field(
            "efUsers",
            "EFUsers",
            .set(.emailAddress),
            default: [],
            "Enhanced filtering only for these recipients; none means all."
        ),
    ]

    static let reservedInbound: [String: String] = [
        "efTestMode": "Microsoft reserves it for internal use",
        "efSkipMailGateway": "Microsoft reserves it for internal use",
        "scanAndDropRecipients": "Microsoft reserves it for internal use",
        "clientHostNames": "it is undocumented and cannot be changed once set",
        "connectorSource": "Exchange keeps it to say who made a connector",
    ]
}
