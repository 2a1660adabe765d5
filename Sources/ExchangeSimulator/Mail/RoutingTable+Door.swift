/// The door: who is let in. What is refused here was never accepted, and no trace tells of it. Sections 3.2, 7.2 and 10.
extension RoutingTable {
    enum Entry: Hashable, Sendable {
        /// Through an inbound connector of the tenant, or through none.
        case accepted(connector: String?)
        case refused(String)
    }

    func entry(of sender: String, _ visitor: Visitor) -> Entry {
        let domain = MailAddress.domain(of: sender)
        let trusted = inbound.first { $0.isOnPremises && identifies($0, visitor) }
        if let trusted {
            guard !blocked.contains(trusted.guid.asciiLowercased) else {
                return .refused("550 5.7.711 Access denied, bad inbound connector. AS(2204)")
            }
            return .accepted(connector: trusted.name)
        }
        let matching = inbound.filter { !$0.isOnPremises && serves($0, domain) }
        for connector in matching {
            if blocked.contains(connector.guid.asciiLowercased) {
                return .refused("550 5.7.711 Access denied, bad inbound connector. AS(2204)")
            }
            if connector.flag("RestrictDomainsToIPAddresses") && !matchesAddress(connector, visitor)
                || connector.flag("RestrictDomainsToCertificate") && !matchesCertificate(connector, visitor)
            {
                return .refused("550 5.7.51 TenantInboundAttribution; There is a partner connector configured")
            }
            if connector.flag("RequireTls") && !visitor.usesTLS {
                return .refused("451 5.7.3 Must issue a STARTTLS command first")
            }
        }
        if rejectsDirectSend, isOwn(domain), !inbound.contains(where: { identifies($0, visitor) }) {
            return .refused("550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization")
        }
        return .accepted(connector: matching.first?.name)
    }

    /// Whether a connector knows the visitor by its certificate or address.
    private func identifies(_ connector: DirectoryObject, _ visitor: Visitor) -> Bool {
        matchesCertificate(connector, visitor) || matchesAddress(connector, visitor)
    }

    private func serves(_ connector: DirectoryObject, _ domain: String) -> Bool {
        connector.list("SenderDomains").contains { text in
            let pattern = DirectoryObject.senderDomain(text).domain.asciiLowercased
            if pattern == "*" || pattern == domain { return true }
            return pattern.hasPrefix("*.") && domain.hasSuffix(pattern.dropFirst())
        }
    }

    private func matchesCertificate(_ connector: DirectoryObject, _ visitor: Visitor) -> Bool {
        guard visitor.usesTLS, let name = visitor.certificateName?.asciiLowercased,
            let wanted = connector.text("TlsSenderCertificateName")?.asciiLowercased
        else { return false }
        return name == wanted || wanted.hasPrefix("*.") && name.hasSuffix(wanted.dropFirst())
    }

    private func matchesAddress(_ connector: DirectoryObject, _ visitor: Visitor) -> Bool {
        guard let address = IPv4Block(visitor.address) else { return false }
        return connector.list("SenderIPAddresses").contains { IPv4Block($0)?.overlaps(address) ?? false }
    }
}

enum MailAddress {
    /// In lower case; empty for the empty sender.
    static func domain(of address: String) -> String {
        address.split(separator: "@").last.map { String($0).asciiLowercased } ?? ""
    }
}
