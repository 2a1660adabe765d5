/// What Exchange demands of an inbound connector as a whole.
///
/// Table 3.4; the numbers are its rows.
///
/// The exceptions that the table names are used; their texts are not known and are ours.
enum InboundRules {
    static func check(_ connector: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        try checkIdentity(connector)
        try checkCertificate(connector, in: tenant)
        try checkRestrictions(connector)
        try checkHybrid(connector)
        try checkDomains(connector, in: tenant)
    }

    private static func checkIdentity(_ connector: DirectoryObject) throws(CmdletError) {
        let hasAddresses = !connector.list("SenderIPAddresses").isEmpty
        if connector.isOnPremises && !hasAddresses && connector.text("TlsSenderCertificateName") == nil {
            throw .validation(  // I1
                "An on-premises inbound connector must have SenderIPAddresses or a TlsSenderCertificateName."
            )
        }
    }

    private static func checkCertificate(_ connector: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        guard let name = connector.text("TlsSenderCertificateName") else {
            if connector.flag("RestrictDomainsToCertificate") {
                throw .validation(  // I4: InboundConnectorInvalidRestrictDomainsToCertificate
                    "RestrictDomainsToCertificate can be true only if TlsSenderCertificateName is specified."
                )
            }
            return
        }
        if !connector.flag("RequireTls") {
            throw .validation("TlsSenderCertificateName can be specified only if RequireTls is true.")  // I2
        }
        let rest = name.hasPrefix("*.") ? String(name.dropFirst(2)) : name
        let lower = rest.asciiLowercased
        guard DomainSyntax.isDomain(rest) else {
            throw .validation("\"\(name)\" isn't a valid certificate name for TlsSenderCertificateName.")  // I9
        }
        let isOurs = lower == "protection.outlook.com" || lower.hasSuffix(".protection.outlook.com")
        if isOurs && !tenant.quirks.ownCertificateNameAllowed {
            throw .validation("TlsSenderCertificateName can't be the certificate of Exchange Online Protection.")  // I9
        }
    }

    private static func checkRestrictions(_ connector: DirectoryObject) throws(CmdletError) {
        let toAddresses = connector.flag("RestrictDomainsToIPAddresses")
        if toAddresses && connector.list("SenderIPAddresses").isEmpty {
            throw .validation(  // I3
                "RestrictDomainsToIPAddresses can be true only if SenderIPAddresses is specified."
            )
        }
        if toAddresses && connector.flag("RestrictDomainsToCertificate") {
            throw .validation(  // I5
                "RestrictDomainsToIPAddresses and RestrictDomainsToCertificate can't both be true."
            )
        }
    }

    private static func checkHybrid(_ connector: DirectoryObject) throws(CmdletError) {
        let isCloudServices = connector.flag("CloudServicesMailEnabled")
        if isCloudServices && !connector.isOnPremises {
            throw .validation(  // I6: InboundConnectorIncorrectCloudServicesMailEnabled
                "CloudServicesMailEnabled can be true only for connectors of type OnPremises."
            )
        }
        if connector.flag("TreatMessagesAsInternal") && (isCloudServices || !connector.isOnPremises) {
            throw .validation(  // I7
                "TreatMessagesAsInternal can be true only for connectors of type OnPremises without CloudServicesMailEnabled."
            )
        }
    }

    private static func checkDomains(_ connector: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        let joined = connector.list("SenderDomains").map { text in
            let (domain, cost) = DirectoryObject.senderDomain(text)
            return "smtp:\(domain);\(cost)"
        }.joined(separator: ",")
        if joined.utf16.count > 2243 { throw .tooLong(maximum: 2243, count: joined.utf16.count) }  // I11
        for domain in connector.list("AssociatedAcceptedDomains")  // I13
        where !tenant.domainNames.contains(where: { $0.isSame(ignoringCase: domain) }) {
            throw .notFound(domain, server: tenant.server)
        }
    }

    /// Overlaps with another enabled connector are only warned about.
    ///
    /// Section 3.3; the texts are ours.
    static func warnings(_ connector: DirectoryObject, among others: [DirectoryObject]) -> [String] {
        guard connector.isEnabled else { return [] }
        let blocks = connector.list("SenderIPAddresses").compactMap { IPv4Block($0) }
        return others.filter { $0.isEnabled && $0.guid != connector.guid }.flatMap { other in
            var warnings: [String] = []
            let theirs = other.list("SenderIPAddresses").compactMap { IPv4Block($0) }
            if blocks.contains(where: { block in theirs.contains(where: block.overlaps) }) {
                warnings.append("The SenderIPAddresses overlap with those of the connector '\(other.name)'.")
            }
            if let name = connector.text("TlsSenderCertificateName"),
                other.text("TlsSenderCertificateName")?.isSame(ignoringCase: name) ?? false
            {
                warnings.append("The TlsSenderCertificateName is also that of the connector '\(other.name)'.")
            }
            return warnings
        }
    }
}
