extension ExchangeRules {
    /// Source: the parameter notes of learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector, and
    /// the rules of the connector classes that the on-premises product shares with the service.
    static func inbound(_ settings: Settings) -> [Violation] {
        identity(settings) + certificate(settings) + restrictions(settings) + onPremisesOnly(settings)
            + senderDomains(settings)
    }

    private static func isOnPremises(_ settings: Settings) -> Bool {
        settings.word("connectorType")?.asciiLowercased == "onpremises"
    }

    private static func identity(_ settings: Settings) -> [Violation] {
        guard isOnPremises(settings) else {
            guard settings.words("senderDomains").isEmpty else { return [] }
            return [
                Violation(
                    "inbound-partner-needs-domains",
                    field: "senderDomains",
                    "a Partner connector without senderDomains applies to no one",
                    remedy: "List the partner's domains, or [\"*\"] for every sender."
                )
            ]
        }
        var found: [Violation] = []
        if settings.words("senderDomains").isEmpty {
            found.append(
                Violation(
                    "inbound-onpremises-needs-domains",
                    field: "senderDomains",
                    "Exchange makes no inbound connector without senderDomains, also where they limit nothing",
                    remedy: "Write senderDomains: [\"*\"]."
                )
            )
        }
        guard settings.words("senderIPAddresses").isEmpty, settings.word("tlsSenderCertificateName") == nil else {
            return found
        }
        return found + [
            Violation(
                "inbound-onpremises-needs-identity",
                field: "connectorType",
                "an OnPremises connector trusts your own servers, and nothing says how they are recognised",
                remedy: "Give tlsSenderCertificateName (better), or senderIPAddresses."
            )
        ]
    }

    private static func certificate(_ settings: Settings) -> [Violation] {
        var found: [Violation] = []
        let name = settings.word("tlsSenderCertificateName")
        if name != nil && !settings.flag("requireTls") {
            found.append(
                Violation(
                    "inbound-certificate-needs-tls",
                    field: "tlsSenderCertificateName",
                    "a certificate name is only looked at when TLS is required",
                    remedy: "Set requireTls: true."
                )
            )
        }
        if settings.flag("restrictDomainsToCertificate") && name == nil {
            found.append(
                Violation(
                    "inbound-certificate-restriction-needs-name",
                    field: "restrictDomainsToCertificate",
                    "mail is restricted to a certificate, and no certificate is named",
                    remedy: "Set tlsSenderCertificateName to the name in the certificate that the partner sends with."
                )
            )
        }
        if let name, isMicrosofts(name) {
            found.append(
                Violation(
                    "inbound-certificate-name",
                    field: "tlsSenderCertificateName",
                    "\"\(name)\" is Exchange Online's own certificate name, which every tenant sends with",
                    remedy: Self.withoutCertificate
                )
            )
        }
        return found
    }

    /// What to do where the partner is on Exchange Online itself and has no certificate of its own to send with.
    private static let withoutCertificate = """
        If the partner is on Exchange Online too, it has no certificate of its own: leave the name out. TLS is demanded all the \
        same, and DMARC tells whose mail it is; trustedOrganizations of an InboundConnector can name the partner's tenant. Else name \
        the partner's own certificate.
        """

    /// Source: learn.microsoft.com/exchange/hybrid-deployment (send connectors to `mail.protection.outlook.com`).
    private static func isMicrosofts(_ name: String) -> Bool {
        let name = name.asciiLowercased
        return ["protection.outlook.com", "protection.office365.us"].contains { name == $0 || name.hasSuffix(".\($0)") }
    }

    private static func restrictions(_ settings: Settings) -> [Violation] {
        var found: [Violation] = []
        if settings.flag("restrictDomainsToIPAddresses") && settings.words("senderIPAddresses").isEmpty {
            found.append(
                Violation(
                    "inbound-ip-restriction-needs-addresses",
                    field: "restrictDomainsToIPAddresses",
                    "mail is restricted to addresses, and none is listed: all of it would be refused",
                    remedy: "List the partner's addresses in senderIPAddresses."
                )
            )
        }
        if settings.flag("restrictDomainsToIPAddresses") && settings.flag("restrictDomainsToCertificate") {
            found.append(
                Violation(
                    "inbound-both-restrictions",
                    field: "restrictDomainsToCertificate",
                    "Exchange does not take both restrictions in one connector",
                    remedy:
                        "Keep restrictDomainsToCertificate, the stronger one, and set restrictDomainsToIPAddresses: false."
                )
            )
        }
        return found
    }

    private static func onPremisesOnly(_ settings: Settings) -> [Violation] {
        var found: [Violation] = []
        if settings.flag("cloudServicesMailEnabled") && !isOnPremises(settings) {
            found.append(
                Violation(
                    "inbound-cloud-services-onpremises-only",
                    field: "cloudServicesMailEnabled",
                    "only an OnPremises connector may keep hybrid headers",
                    remedy: "Remove it, or set connectorType: OnPremises."
                )
            )
        }
        if settings.flag("treatMessagesAsInternal")
            && (!isOnPremises(settings) || settings.flag("cloudServicesMailEnabled"))
        {
            found.append(
                Violation(
                    "inbound-internal-onpremises-only",
                    field: "treatMessagesAsInternal",
                    "only an OnPremises connector without cloudServicesMailEnabled may treat mail as internal",
                    remedy: "Remove it, or set connectorType: OnPremises and cloudServicesMailEnabled: false."
                )
            )
        }
        return found
    }

    /// Source: learn.microsoft.com/troubleshoot/exchange (error "The length of the property is too long").
    private static func senderDomains(_ settings: Settings) -> [Violation] {
        let length =
            settings.words("senderDomains").map { $0.utf16.count + 7 }.reduce(0, +)
            + max(0, settings.words("senderDomains").count - 1)
        guard length > 2_243 else { return [] }
        return [
            Violation(
                "inbound-sender-domains-length",
                field: "senderDomains",
                "Exchange stores the domains as one text of at most 2243 characters, and these need \(length)",
                remedy: "Divide the domains between two connectors."
            )
        ]
    }
}
