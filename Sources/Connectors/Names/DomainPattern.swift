/// Domains that a connector serves: `contoso.com`, `*.contoso.com` for all below it, or `*` for every domain.
///
/// Exchange Online takes a wildcard only as the whole first label, or alone. `*.d` and `d` are different entries.
/// Source: `RecipientDomains` and `SenderDomains` in learn.microsoft.com/powershell/module/exchangepowershell.
package enum DomainPattern: Hashable, Sendable {
    case everything
    case exactly(DomainName)
    case below(DomainName)

    package init?(_ text: String) {
        let text = text.trimmingSpaces()
        if text == "*" {
            self = .everything
        } else if text.hasPrefix("*.") {
            guard let domain = DomainName(String(Substring(text.utf8.dropFirst(2)))) else { return nil }
            self = .below(domain)
        } else {
            guard let domain = DomainName(text) else { return nil }
            self = .exactly(domain)
        }
    }

    /// Whether every domain that `other` matches is matched here too.
    package func covers(_ other: DomainPattern) -> Bool {
        switch (self, other) {
        case (.everything, _): true
        case (_, .everything): false
        case (.exactly(let own), .exactly(let its)): own == its
        case (.exactly, .below): false
        case (.below(let own), .exactly(let its)): its.description.hasSuffix(".\(own)")
        case (.below(let own), .below(let its)): its == own || its.description.hasSuffix(".\(own)")
        }
    }
}

extension DomainPattern: CustomStringConvertible {
    package var description: String {
        switch self {
        case .everything: "*"
        case .exactly(let domain): domain.description
        case .below(let domain): "*." + domain.description
        }
    }
}
