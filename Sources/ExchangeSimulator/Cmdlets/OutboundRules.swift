/// What Exchange demands of an outbound connector as a whole.
///
/// Table 4.4; the numbers are its rows.
///
/// Names in comments are the resource keys that are known; the texts are ours.
enum OutboundRules {
    static func check(_ connector: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        try checkScope(connector)
        try checkRoute(connector, in: tenant)
        try checkTLS(connector)
        try checkOnPremises(connector, in: tenant)
    }

    private static func checkScope(_ connector: DirectoryObject) throws(CmdletError) {
        let domains = connector.list("RecipientDomains")
        let hasDomains = !domains.isEmpty || connector.flag("AllAcceptedDomains")
        if connector.flag("IsTransportRuleScoped") == hasDomains {  // O1
            throw .validation(
                hasDomains
                    ? "A connector that is scoped to transport rules can't have RecipientDomains or AllAcceptedDomains."
                    : "Specify RecipientDomains, AllAcceptedDomains or IsTransportRuleScoped."
            )
        }
        if domains.count > 1266 {  // O10
            throw CmdletError(
                "Microsoft.Exchange.Data.Directory.AdminLimitExceededException",
                "The administrative limit for this request was exceeded."
            )
        }
    }

    private static func checkRoute(_ connector: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        let hosts = connector.list("SmartHosts")
        if connector.flag("UseMXRecord") {
            if connector.isOnPremises {  // O5
                throw .task(
                    "OnPremisesConnectorHasRouteUsingMX",
                    "A connector of type OnPremises can't use MX records for routing."
                )
            }
            if !hosts.isEmpty {  // O2: OutboundConnectorUseMXRecordShouldBeFalseIfSmartHostsIsPresent
                throw .validation("UseMXRecord must be false if SmartHosts are specified.")
            }
        } else if hosts.isEmpty {  // O2: OutboundConnectorSmartHostShouldBePresentIfUseMXRecordFalse
            throw .validation("SmartHosts must be specified if UseMXRecord is false.")
        }
        guard !tenant.quirks.privateSmartHostsAllowed else { return }
        for host in hosts {
            guard let block = IPv4Block(IPv4Block.withoutBrackets(host)) else { continue }
            if block.isReserved || block.isExchangeOnline {  // O8
                throw .validation("The smart host \"\(host)\" is a reserved address or one of Exchange Online.")
            }
        }
    }

    private static func checkTLS(_ connector: DirectoryObject) throws(CmdletError) {
        let isValidated = connector.text("TlsSettings")?.isSame(ignoringCase: "DomainValidation") ?? false
        guard let domain = connector.text("TlsDomain") else {
            if isValidated {  // O3
                throw .validation("TlsDomain must be specified if TlsSettings is DomainValidation.")
            }
            return
        }
        if !isValidated {  // O3
            throw .validation("TlsDomain can be specified only if TlsSettings is DomainValidation.")
        }
        let rest = domain.hasPrefix("*.") ? String(domain.dropFirst(2)) : domain
        if !DomainSyntax.isDomain(rest) { throw .validation("\"\(domain)\" isn't a valid TlsDomain.") }  // O3
    }

    private static func checkOnPremises(_ connector: DirectoryObject, in tenant: Tenant) throws(CmdletError) {
        guard connector.isOnPremises else {
            let flags = [
                "AllAcceptedDomains", "RouteAllMessagesViaOnPremises", "CloudServicesMailEnabled",
                "SenderRewritingEnabled",
            ]
            for flag in flags where connector.flag(flag) {  // O4
                throw .validation("\(flag) can be true only for connectors of type OnPremises.")
            }
            return
        }
        let routesAll = connector.flag("RouteAllMessagesViaOnPremises")
        if connector.list("RecipientDomains").contains("*") && !routesAll {  // O6
            throw .validation(
                "RecipientDomains '*' needs RouteAllMessagesViaOnPremises for connectors of type OnPremises."
            )
        }
        let hasWayBack = tenant[.inboundConnector].contains { inbound in
            inbound.isOnPremises && inbound.isEnabled && !inbound.flag("RestrictDomainsToIPAddresses")
                && !inbound.flag("RestrictDomainsToCertificate")
        }
        if routesAll && !hasWayBack {  // O7
            throw .validation("RouteAllMessagesViaOnPremises needs an enabled inbound connector of type OnPremises.")
        }
    }

    /// Rule O9: what a transport rule points at stays as it is.
    ///
    /// That a removal is refused too is inferred.
    static func checkReferences(
        to old: DirectoryObject,
        becoming new: DirectoryObject?,
        in tenant: Tenant
    ) throws(CmdletError) {
        let rules = tenant[.transportRule].filter {
            $0.text("RouteMessageOutboundConnector")?.isSame(ignoringCase: old.name) ?? false
        }
        guard let rule = rules.first else { return }
        let staysInUse = new.map { new in
            new.name == old.name && new.isEnabled && new.flag("IsTransportRuleScoped")
        }
        guard staysInUse != true else { return }
        throw .task(
            "ConnectorIncorrectUsageConnectorStillReferencedException",
            "The connector '\(old.name)' is still referenced by the transport rule '\(rule.name)'."
        )
    }
}
