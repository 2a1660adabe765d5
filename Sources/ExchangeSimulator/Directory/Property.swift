/// A property of a directory object, and the parameter of New- and Set- cmdlets that fills it.
struct Property: Sendable {
    /// What one element of a list is, for the checks that Exchange makes.
    enum Item: Hashable, Sendable {
        case text, senderDomain, senderAddress, recipientDomain, domain, smartHost, skippedAddress, emailAddress
    }

    enum Form: Hashable, Sendable {
        case text(maximum: Int)
        case flag
        case integer
        /// `type` is the .NET enumeration that error texts name.
        case choice([String], type: String, allowsNull: Bool)
        case list(Item)
        case time
        case guid
    }

    let name: String
    let form: Form
    /// What New- stores when the parameter is not given.
    let initial: JSON
    let isOnNew: Bool
    let isOnSet: Bool

    init(_ name: String, _ form: Form, _ initial: JSON = .null, isOnNew: Bool = true, isOnSet: Bool = true) {
        self.name = name
        self.form = form
        self.initial = initial
        self.isOnNew = isOnNew
        self.isOnSet = isOnSet
    }

    var isList: Bool {
        if case .list = form { return true }
        return false
    }
}

extension Property {
    static let off = JSON.bool(false)
    static let none = JSON.array([])

    static let type = Property(
        "ConnectorType",
        .choice(["OnPremises", "Partner"], type: "TenantConnectorType", allowsNull: false),
        .string("Partner")
    )
    /// `AdminUI` is what Get shows for connectors made in the admin centre; it can't be written.
    ///
    /// Section 3.1.
    static let source = Property(
        "ConnectorSource",
        .choice(["Default", "Migrated", "HybridWizard"], type: "TenantConnectorSource", allowsNull: false),
        .string("Default")
    )

    /// Section 3.1.
    ///
    /// `RequireTls` starts false, as the older build and one live row have it; the documents say true.
    static let inboundConnector: [Property] = [
        Property("Enabled", .flag, .bool(true)),
        type,
        source,
        Property("Comment", .text(maximum: 1024), .string("")),
        Property("SenderDomains", .list(.senderDomain), none),
        Property("SenderIPAddresses", .list(.senderAddress), none),
        Property("TlsSenderCertificateName", .text(maximum: 256)),
        Property("RequireTls", .flag, off),
        Property("RestrictDomainsToIPAddresses", .flag, off),
        Property("RestrictDomainsToCertificate", .flag, off),
        Property("AssociatedAcceptedDomains", .list(.domain), none),
        Property("TrustedOrganizations", .list(.text), none),
        Property("ClientHostNames", .list(.text), none, isOnSet: false),
        Property("CloudServicesMailEnabled", .flag, off),
        Property("TreatMessagesAsInternal", .flag, off),
        Property("EFSkipLastIP", .flag, off),
        Property("EFSkipIPs", .list(.skippedAddress), none),
        Property("EFUsers", .list(.emailAddress), none),
        Property("EFTestMode", .flag, off),
        Property("EFSkipMailGateway", .list(.text), none),
        Property("ScanAndDropRecipients", .list(.text), none),
    ]

    /// Section 4.1.
    static let outboundConnector: [Property] = [
        Property("Enabled", .flag, .bool(true)),
        type,
        source,
        Property("Comment", .text(maximum: 1024), .string("")),
        Property("UseMXRecord", .flag, .bool(true)),
        Property("SmartHosts", .list(.smartHost), none),
        Property("RecipientDomains", .list(.recipientDomain), none),
        Property("IsTransportRuleScoped", .flag, off),
        Property("AllAcceptedDomains", .flag, off),
        Property("RouteAllMessagesViaOnPremises", .flag, off),
        Property("CloudServicesMailEnabled", .flag, off),
        Property("SenderRewritingEnabled", .flag, off),
        Property(
            "TlsSettings",
            .choice(
                ["EncryptionOnly", "CertificateValidation", "DomainValidation"],
                type: "TlsAuthLevel",
                allowsNull: true
            )
        ),
        Property("TlsDomain", .text(maximum: 256)),
        Property(
            "MtaStsMode",
            .choice(["Opportunistic", "None"], type: "MtaStsMode", allowsNull: false),
            .string("Opportunistic")
        ),
        Property(
            "SmtpDaneMode",
            .choice(["Opportunistic", "Mandatory", "None"], type: "SmtpDaneMode", allowsNull: false),
            .string("Opportunistic")
        ),
        Property("TestMode", .flag, off),
        Property("ValidationRecipients", .list(.emailAddress), none, isOnNew: false),
        Property("IsValidated", .flag, off, isOnNew: false),
        Property("LastValidationTimestamp", .time, isOnNew: false),
        Property(
            "LinkForModifiedConnector",
            .guid,
            .string("00000000-0000-0000-0000-000000000000"),
            isOnSet: false
        ),
    ]
}
