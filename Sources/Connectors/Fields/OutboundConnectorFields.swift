extension Field {
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/new-outboundconnector and set-outboundconnector.
    static let outboundConnector: [Field] = [
        Field("enabled", "Enabled", .boolean, default: true, "Whether the connector is in use."),
        Field(
            "connectorType",
            "ConnectorType",
            .choice(["Partner", "OnPremises"], allowsNone: false),
            default: "Partner",
            "Partner sends to other organizations; OnPremises to your own servers."
        ),
        Field(
            "recipientDomains",
            "RecipientDomains",
            .set(.domainPattern),
            default: [],
            "The recipient domains whose mail takes this connector."
        ),
        Field(
            "isTransportRuleScoped",
            "IsTransportRuleScoped",
            .boolean,
            default: false,
            "Use the connector only for mail that a transport rule leads to it."
        ),
        Field(
            "allAcceptedDomains",
            "AllAcceptedDomains",
            .boolean,
            default: false,
            "Use the connector for all accepted domains of the tenant; OnPremises only."
        ),
        Field(
            "useMXRecord",
            "UseMXRecord",
            .boolean,
            default: true,
            "Deliver to the recipient domain's MX; false delivers to smartHosts."
        ),
        Field(
            "smartHosts",
            "SmartHosts",
            .set(.smartHost),
            default: [],
            "The servers that mail is handed to instead of the MX."
        ),
        Field(
            "tlsSettings",
            "TlsSettings",
            .choice(["EncryptionOnly", "CertificateValidation", "DomainValidation"], allowsNone: true),
            default: .none,
            "What TLS must achieve before mail is sent; null sends in the clear where the partner offers no TLS."
        ),
        Field(
            "tlsDomain",
            "TlsDomain",
            .single(.certificateName),
            default: .none,
            "The name that the partner's certificate must carry; with DomainValidation only."
        ),
        Field(
            "mtaStsMode",
            "MtaStsMode",
            .choice(["Opportunistic", "None"], allowsNone: false),
            default: "Opportunistic",
            "Whether a partner's MTA-STS policy is checked."
        ),
        Field(
            "smtpDaneMode",
            "SmtpDaneMode",
            .choice(["Opportunistic", "Mandatory", "None"], allowsNone: false),
            default: "Opportunistic",
            "Whether a partner's DANE records are checked, or required."
        ),
        Field(
            "validationRecipients",
            "ValidationRecipients",
            .set(.emailAddress),
            default: [],
            isSettableOnCreate: false,
            "Addresses at the partner to which Exchange may send a test message."
        ),
        Field("comment", "Comment", .single(.text(maximumLength: 1024)), default: "", "A note for administrators."),
        Field(
            "routeAllMessagesViaOnPremises",
            "RouteAllMessagesViaOnPremises",
            .boolean,
            default: false,
            "Send all outgoing mail through the on-premises servers; OnPremises only."
        ),
        Field(
            "cloudServicesMailEnabled",
            "CloudServicesMailEnabled",
            .boolean,
            default: false,
            "Send the hybrid headers along; OnPremises only."
        ),
        Field(
            "senderRewritingEnabled",
            "SenderRewritingEnabled",
            .boolean,
            default: false,
            "Rewrite the senders of forwarded mail (SRS); OnPremises only."
        ),
        Field(
            "testMode",
            "TestMode",
            .boolean,
            default: false,
            "Keep the connector out of use, for tests of the admin center."
        ),
    ]

    static let reservedOutbound: [String: String] = [
        "isValidated": "it records a validation that was run, and is not a setting",
        "lastValidationTimestamp": "it records a validation that was run, and is not a setting",
        "linkForModifiedConnector": "the admin center uses it for its own copies",
        "connectorSource": "Exchange keeps it to say who made a connector",
    ]
}
