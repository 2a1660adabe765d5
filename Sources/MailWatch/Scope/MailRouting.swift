package import Connectors

/// How a tenant's outgoing mail is led, as its connectors and rules were when they were last read.
package struct MailRouting: Sendable {
    struct Connector: Sendable {
        let guid: String
        let name: String
        let settings: Settings
        let reach: Reach
    }

    struct Rule: Sendable {
        let guid: String
        /// The connector it leads to, in lower case: its name, or its GUID.
        let target: String?
        let domains: [DomainName]
        let demandsTLS: Bool
        /// Whether the recipient's domain alone decides if it matches.
        let isPlain: Bool

        /// Whether it may match mail to a domain; a rule's domain stands for all below it too.
        func mayMatch(_ domain: DomainName) -> Bool {
            domains.isEmpty || domains.contains { $0 == domain || domain.description.hasSuffix(".\($0)") }
        }
    }

    let connectors: [Connector]
    let rules: [Rule]
    let acceptedDomains: Set<String>
    private let objects: [String: ObservedConnector]

    package init(_ tenant: ObservedTenant) {
        let outbound = tenant.connectors.filter { $0.kind == .outboundConnector }
        connectors = outbound.map {
            Connector(
                guid: $0.guid,
                name: $0.displayName.lowercased(),
                settings: $0.settings,
                reach: Reach($0.settings)
            )
        }
        rules = tenant.connectors.filter { $0.kind == .transportRule }.compactMap {
            Rule($0.guid, $0.settings.overDefaults(of: .transportRule), hasOtherParts: !$0.unmanagedParts.isEmpty)
        }
        acceptedDomains = Set(tenant.acceptedDomains.compactMap { DomainName($0)?.description })
        objects = Dictionary(tenant.connectors.map { ($0.guid, $0) }) { first, _ in first }
    }

    /// The object with an identity, as it was read.
    func object(_ guid: String) -> ObservedConnector? { objects[guid.lowercased()] ?? objects[guid] }

    func isAccepted(_ domain: DomainName) -> Bool { acceptedDomains.contains(domain.description) }

    /// Whether some enabled rule demands TLS for mail to a domain, or may.
    func ruleDemandsTLS(for domain: DomainName) -> Bool { rules.contains { $0.demandsTLS && $0.mayMatch(domain) } }
}

extension MailRouting.Rule {
    /// `nil` for a rule that does nothing.
    init?(_ guid: String, _ settings: Settings, hasOtherParts: Bool) {
        guard WatchedChange.Object.isInUse(settings) else { return nil }
        self.guid = guid
        let target = settings["routeMessageOutboundConnector"]?.strings.first?.trimmingSpaces().lowercased()
        self.target = target?.isEmpty == false ? target : nil
        let words = settings["recipientDomainIs"]?.strings ?? []
        domains = words.compactMap { DomainName($0) }
        demandsTLS = settings["routeMessageOutboundRequireTls"] == true
        let scope = settings["sentToScope"]?.strings.first ?? ""
        let sender = settings["fromScope"]?.strings.first ?? ""
        isPlain =
            !hasOtherParts && domains.count == words.count && !domains.isEmpty && sender.isEmpty
            && (scope.isEmpty || scope == "NotInOrganization")
    }
}

/// Which recipient domains a connector is for, by its own fields.
struct Reach: Sendable, Hashable {
    let isInUse: Bool
    let isRuleScoped: Bool
    let isForAcceptedDomains: Bool
    let patterns: [DomainPattern]

    init(_ settings: Settings?) {
        let full = settings?.overDefaults(of: .outboundConnector)
        isInUse = WatchedChange.Object.isInUse(full)
        isRuleScoped = full?["isTransportRuleScoped"] == true
        isForAcceptedDomains = full?["allAcceptedDomains"] == true
        patterns = (full?["recipientDomains"]?.strings ?? []).compactMap { DomainPattern($0.withoutCost) }
    }

    /// How closely the connector's patterns name a domain; `nil` where none does, the greatest number for the name itself.
    func closeness(to domain: DomainName) -> Int? {
        patterns.compactMap { pattern in
            switch pattern {
            case .everything: 0
            case .exactly(let name): name == domain ? Int.max : nil
            case .below(let name):
                domain.description.hasSuffix(".\(name)") ? name.description.utf8.count : nil
            }
        }.max()
    }
}

extension String {
    /// An address space without what it costs: Exchange writes a cost other than 1 behind a semicolon.
    fileprivate var withoutCost: String { split(separator: ";").first.map(String.init) ?? self }
}
