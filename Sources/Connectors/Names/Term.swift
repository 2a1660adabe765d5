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
    /// In bytes.
    ///
    /// A longer text cannot be a name, so its brackets are not taken off.
    private static let longestName = 2_048

    /// The form in which two strings are compared; a string of wrong syntax is compared in lower case, as it is.
    ///
    /// It never fails, because a tenant's strings are not ours to refuse, and it is idempotent.
    package func normal(_ text: String) -> String {
        let trimmed = text.trimmingSpaces()
        let isShort = trimmed.utf8.count <= Self.longestName
        switch self {
        case .text: return text
        case .domainName: return DomainName(trimmed)?.description ?? trimmed.asciiLowercased
        case .domainPattern, .certificateName:
            var rest = trimmed[...]
            while isShort, let plain = Self.withoutSMTPPrefix(rest) { rest = plain.trimmingSpaces() }
            let text = String(rest)
            return DomainPattern(text)?.description ?? text.asciiLowercased
        case .senderNetwork: return IPv4Network(trimmed)?.description ?? trimmed.asciiLowercased
        case .skippedNetwork: return IPRange(trimmed)?.description ?? trimmed.asciiLowercased
        case .smartHost:
            var rest = trimmed[...]
            while isShort, rest.hasPrefix("["), rest.hasSuffix("]") {
                rest = rest.dropFirst().dropLast().trimmingSpaces()
            }
            let text = String(rest)
            return IPv4Network(text)?.description ?? DomainName(text)?.description ?? text.asciiLowercased
        case .emailAddress, .connectorReference: return trimmed.lowercased()
        }
    }

    /// `smtp:contoso.com;1`, as Get-InboundConnector renders sender domains, without prefix and cost; `nil` for other forms.
    ///
    /// A cost other than 1 stays visible, as it is a difference. Either form can be written.
    static func withoutSMTPPrefix(_ text: Substring) -> Substring? {
        guard String(text.prefix(5)).asciiLowercased == "smtp:" else { return nil }
        let rest = text.dropFirst(5)
        return rest.hasSuffix(";1") ? rest.dropLast(2) : rest
    }
}
