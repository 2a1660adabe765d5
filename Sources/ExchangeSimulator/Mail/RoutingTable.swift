/// A tenant's connectors and rules as mail is led by them at one time.
struct RoutingTable: Hashable, Sendable {
    let outbound: [DirectoryObject]
    let inbound: [DirectoryObject]
    let rules: [DirectoryObject]
    /// In lower case.
    let ownDomains: Set<String>
    /// GUIDs in lower case.
    let blocked: Set<String>
    let rejectsDirectSend: Bool

    init(_ tenant: Tenant) {
        outbound = tenant[.outboundConnector].filter { $0.isEnabled && !$0.flag("TestMode") }
        inbound = tenant[.inboundConnector].filter(\.isEnabled)
        rules = tenant[.transportRule].filter { $0.isEnabled && $0.properties["Mode"]?.string != "Audit" }
        ownDomains = Set(tenant.domainNames.map(\.asciiLowercased))
        blocked = Set(tenant.blockedConnectors.compactMap { $0["ConnectorId"]?.string?.asciiLowercased })
        rejectsDirectSend = tenant.organizationConfig["RejectDirectSend"]?.bool ?? false
    }

    /// Where a domain's mail goes, and what is demanded there.
    struct Route: Hashable, Sendable {
        /// `nil` where no connector matches: the domain's MX, opportunistically.
        let connector: String?
        let smartHosts: [String]
        /// unset 0, EncryptionOnly 1, CertificateValidation 2, DomainValidation 3; a rule makes it 1 at least.
        let rank: Int
        let tlsDomain: String?
        let checksDANE: Bool
        let requiresDANE: Bool
        let checksMTASTS: Bool

        init(_ connector: DirectoryObject?, demandsTLSByRule: Bool) {
            self.connector = connector?.name
            let usesMX = connector?.properties["UseMXRecord"]?.bool ?? true
            smartHosts = usesMX ? [] : connector?.list("SmartHosts") ?? []
            let own =
                switch connector?.text("TlsSettings")?.asciiLowercased {
                case "encryptiononly": 1
                case "certificatevalidation": 2
                case "domainvalidation": 3
                default: 0
                }
            rank = demandsTLSByRule ? max(own, 1) : own
            tlsDomain = own == 3 ? connector?.text("TlsDomain") : nil
            let dane = connector?.text("SmtpDaneMode")?.asciiLowercased
            checksDANE = dane != "none"
            requiresDANE = dane == "mandatory"
            checksMTASTS = connector?.text("MtaStsMode")?.asciiLowercased != "none"
        }
    }

    /// Rules first, then the exact domain, then all accepted domains, then the longest wildcard; of two that are alike the
    /// one with the lesser GUID, as the service's own choice is not told.
    ///
    /// Sections 4.3 and 6.
    func route(to domain: String) -> Route {
        var demandsTLS = false
        var chosen: DirectoryObject?
        for rule in rules where leads(rule, domain) {
            if rule.flag("RouteMessageOutboundRequireTls") { demandsTLS = true }
            if chosen == nil, let name = rule.text("RouteMessageOutboundConnector") {
                chosen = outbound.first { $0.name.isSame(ignoringCase: name) || $0.guid.isSame(ignoringCase: name) }
            }
        }
        if chosen == nil {
            let candidates = outbound.filter { !$0.flag("IsTransportRuleScoped") }
                .map { ($0, closeness($0, domain)) }.filter { $0.1 > 0 }
            chosen = candidates.min { ($1.1, $0.0.guid) < ($0.1, $1.0.guid) }?.0
        }
        return Route(chosen, demandsTLSByRule: demandsTLS)
    }

    /// Whether mail of the domain stays in the tenant's mailboxes.
    func isOwn(_ domain: String) -> Bool { ownDomains.contains(domain) }

    private func leads(_ rule: DirectoryObject, _ domain: String) -> Bool {
        let domains = rule.list("RecipientDomainIs").map(\.asciiLowercased)
        return domains.isEmpty || domains.contains { $0 == domain || domain.hasSuffix(".\($0)") }
    }

    /// 0 for a connector that does not take the domain's mail; the larger, the more specific.
    private func closeness(_ connector: DirectoryObject, _ domain: String) -> Int {
        var best = connector.flag("AllAcceptedDomains") && isOwn(domain) ? 100_000 : 0
        for pattern in connector.list("RecipientDomains").map(\.asciiLowercased) {
            if pattern == domain { best = max(best, 1_000_000) }
            if pattern == "*" { best = max(best, 1) }
            if pattern.hasPrefix("*."), domain.hasSuffix(pattern.dropFirst()) {
                best = max(best, 1 + pattern.utf8.count)
            }
        }
        return best
    }
}
