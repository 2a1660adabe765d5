extension ExchangeRules {
    /// Source: the parameter notes of learn.microsoft.com/powershell/module/exchangepowershell/new-outboundconnector, and
    /// the rules of the connector classes that the on-premises product shares with the service.
    static func outbound(_ settings: Settings) -> [Violation] {
        scope(settings) + route(settings) + tls(settings) + onPremises(settings)
    }

    private static func isOnPremises(_ settings: Settings) -> Bool {
        settings.word("connectorType")?.asciiLowercased == "onpremises"
    }

    private static func scope(_ settings: Settings) -> [Violation] {
        let domains = settings.words("recipientDomains")
        let hasDomains = !domains.isEmpty || settings.flag("allAcceptedDomains")
        var found: [Violation] = []
        if settings.flag("isTransportRuleScoped") && hasDomains {
            found.append(
                Violation(
                    "outbound-one-scope",
                    field: "isTransportRuleScoped",
                    "a connector is used either for its domains or by a transport rule, and this one says both",
                    remedy: "Remove recipientDomains and allAcceptedDomains, or set isTransportRuleScoped: false."
                )
            )
        } else if !settings.flag("isTransportRuleScoped") && !hasDomains {
            found.append(
                Violation(
                    "outbound-one-scope",
                    field: nil,
                    "nothing says which mail takes this connector",
                    remedy:
                        "Give recipientDomains, or set isTransportRuleScoped: true and write a TransportRule that leads to it."
                )
            )
        }
        if domains.count > 1_266 {
            found.append(
                Violation(
                    "outbound-recipient-domains-limit",
                    field: "recipientDomains",
                    "Exchange takes about 1266 recipient domains in one connector, and these are \(domains.count)",
                    remedy: "Divide the domains between two connectors."
                )
            )
        }
        return found
    }

    private static func route(_ settings: Settings) -> [Violation] {
        let hasHosts = !settings.words("smartHosts").isEmpty
        if settings.flag("useMXRecord") && hasHosts {
            return [
                Violation(
                    "outbound-route",
                    field: "smartHosts",
                    "mail goes either to the partner's MX or to smart hosts, and useMXRecord is true (which is its default)",
                    remedy: "Set useMXRecord: false, or remove smartHosts."
                )
            ]
        }
        if !settings.flag("useMXRecord") && !hasHosts {
            return [
                Violation(
                    "outbound-route",
                    field: "useMXRecord",
                    "mail is not to go to the partner's MX, and no smart host is given",
                    remedy: "List smartHosts, or set useMXRecord: true."
                )
            ]
        }
        return []
    }

    private static func tls(_ settings: Settings) -> [Violation] {
        let level = settings.word("tlsSettings")?.asciiLowercased
        let domain = settings.word("tlsDomain")
        if level == "domainvalidation" && domain == nil {
            return [
                Violation(
                    "outbound-tls-domain",
                    field: "tlsSettings",
                    "DomainValidation compares the certificate's name, and no name is given",
                    remedy: "Set tlsDomain to the name in the partner's certificate."
                )
            ]
        }
        if level != "domainvalidation" && domain != nil {
            return [
                Violation(
                    "outbound-tls-domain",
                    field: "tlsDomain",
                    "tlsDomain is refused unless tlsSettings is DomainValidation",
                    remedy: "Set tlsSettings: DomainValidation, or remove tlsDomain."
                )
            ]
        }
        return []
    }

    private static func onPremises(_ settings: Settings) -> [Violation] {
        guard isOnPremises(settings) else {
            let names = [
                "allAcceptedDomains", "routeAllMessagesViaOnPremises", "cloudServicesMailEnabled",
                "senderRewritingEnabled",
            ]
            return names.filter { settings.flag($0) }.map { name in
                Violation(
                    "outbound-onpremises-only",
                    field: name,
                    "\(name) belongs to connectors to your own servers",
                    remedy: "Remove it, or set connectorType: OnPremises."
                )
            }
        }
        var found: [Violation] = []
        if settings.flag("useMXRecord") {
            found.append(
                Violation(
                    "outbound-onpremises-mx",
                    field: "useMXRecord",
                    "an OnPremises connector cannot deliver by MX: the MX of your domains is Exchange Online itself",
                    remedy: "Set useMXRecord: false and list your servers as smartHosts."
                )
            )
        }
        if settings.words("recipientDomains").contains("*") && !settings.flag("routeAllMessagesViaOnPremises") {
            found.append(
                Violation(
                    "outbound-onpremises-everything",
                    field: "recipientDomains",
                    "\"*\" sends all outgoing mail through your servers, which Exchange takes only as such",
                    remedy: "Set routeAllMessagesViaOnPremises: true, or list the domains."
                )
            )
        }
        return found
    }
}
