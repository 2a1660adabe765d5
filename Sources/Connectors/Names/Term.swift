/// The syntax of one string in a definition, and the form in which two of them are compared.
package enum Term: Hashable, Sendable {
    /// Free text of at most so many characters.
    case text(maximumLength: Int)
    /// `contoso.com`
    case domainName
    /// `contoso.com`, `*.contoso.com` or `*`
    case domainPattern
    /// A name in a certificate: `mail.contoso.com` or `*.contoso.com`
    case certificateName
    /// `192.0.2.1`, or a network from /24 to /32
    case senderNetwork
    /// `192.0.2.1`, a network, or a range `192.0.2.1-192.0.2.9`; IPv6 too
    case skippedNetwork
    /// A server's name, an IPv4 address or a network of them
    case smartHost
    case emailAddress
    /// An outbound connector's slug, or its name in the tenant
    case connectorReference
}

/// Why a string does not fit its field: the rule, the reason and the remedy, for people.
package struct TermProblem: Error, Hashable, Sendable {
    package let rule: String
    package let reason: String
    package let remedy: String

    /// The rule that a smart host breaks whose address the internet does not reach.
    package static let privateSmartHost = "outbound-smart-host-address"
}

extension Term {
    /// The form in which two strings are compared; a string of wrong syntax is compared in lower case, as it is.
    ///
    /// It never fails, because a tenant's strings are not ours to refuse, and it is idempotent.
    package func normal(_ text: String) -> String {
        let trimmed = text.trimmingSpaces()
        switch self {
        case .text: return text
        case .domainName: return DomainName(trimmed)?.description ?? trimmed.asciiLowercased
        case .domainPattern, .certificateName:
            if let pattern = DomainPattern(trimmed) { return pattern.description }
            let plain = Self.withoutSMTPPrefix(trimmed)
            return plain == trimmed ? plain.asciiLowercased : normal(plain)
        case .senderNetwork: return IPv4Network(trimmed)?.description ?? trimmed.asciiLowercased
        case .skippedNetwork: return IPRange(trimmed)?.description ?? trimmed.asciiLowercased
        case .smartHost:
            if let host = IPv4Network(trimmed)?.description ?? DomainName(trimmed)?.description { return host }
            guard trimmed.utf8.count > 1, trimmed.hasPrefix("["), trimmed.hasSuffix("]") else {
                return trimmed.asciiLowercased
            }
            return normal(String(trimmed.dropFirst().dropLast()))
        case .emailAddress, .connectorReference: return trimmed.lowercased()
        }
    }

    /// `smtp:contoso.com;1`, as Get-InboundConnector renders sender domains, without prefix and cost.
    ///
    /// A cost other than 1 stays visible, as it is a difference. Either form can be written.
    static func withoutSMTPPrefix(_ text: String) -> String {
        guard text.asciiLowercased.hasPrefix("smtp:") else { return text }
        let rest = text.dropFirst(5)
        guard let mark = rest.lastIndex(of: ";") else { return String(rest) }
        return rest[rest.index(after: mark)...] == "1" ? String(rest[..<mark]) : String(rest)
    }
}
