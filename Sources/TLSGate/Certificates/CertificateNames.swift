package import Connectors
import Glibc

/// The name that a certificate is asked for.
package enum NameReference: Hashable, Sendable {
    case host(DomainName)
    /// `*.contoso.com`, as TlsDomain may be.
    case below(DomainName)
    /// 4 or 16 bytes.
    case address([UInt8])

    /// Reads a host name, `*.domain`, or an IPv4 or IPv6 address.
    package init?(_ text: String) {
        if let bytes = Self.address(text) {
            self = .address(bytes)
            return
        }
        switch DomainPattern(text) {
        case .exactly(let name): self = .host(name)
        case .below(let name): self = .below(name)
        case .everything, nil: return nil
        }
    }

    static func address(_ text: String) -> [UInt8]? {
        var text = text
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        if let address = IPv4Network.address(text) {
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address >> UInt32($0)) }
        }
        guard text.contains(":"), !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}

extension NameReference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .host(let name): "\(name)"
        case .below(let name): "*.\(name)"
        case .address(let bytes): addressText(bytes)
        }
    }
}

/// Whether a certificate carries a name, and what the match depends on.
package struct NameMatch: Hashable, Sendable {
    /// The presented name that fits.
    package var presented: String
    /// The match is only in the common name, which RFC 9525 no longer looks at.
    package var isOnlyCommonName = false
    /// The undocumented reading that the match depends on.
    package var uncertainty: String?
}

/// Compares names in certificates with the name that is asked for.
///
/// Source: RFC 9525 6.3, and TlsDomain in learn.microsoft.com/powershell/module/exchangepowershell/new-outboundconnector.
package enum CertificateNames {
    /// How a certificate fits a name; `nil` when it does not.
    ///
    /// The common name counts only where there is no DNS name.
    package static func match(_ reference: NameReference, in certificate: Certificate) -> NameMatch? {
        if case .address(let bytes) = reference {
            return certificate.addresses.contains(bytes) ? NameMatch(presented: addressText(bytes)) : nil
        }
        if let match = best(reference, in: certificate.dnsNames) { return match }
        guard certificate.dnsNames.isEmpty, let name = certificate.commonNames.last else { return nil }
        var match = best(reference, in: [name])
        match?.isOnlyCommonName = true
        return match
    }

    /// The first certain match, or else an uncertain one.
    package static func best(_ reference: NameReference, in presented: [String]) -> NameMatch? {
        var uncertain: NameMatch?
        for name in presented {
            guard let match = match(reference, name) else { continue }
            if match.uncertainty == nil { return match }
            uncertain = uncertain ?? match
        }
        return uncertain
    }

    private static func match(_ reference: NameReference, _ text: String) -> NameMatch? {
        guard let presented = Presented(text) else { return nil }
        switch (reference, presented) {
        case (.address, _): return nil
        case (.host(let wanted), .name(let name)): return wanted == name ? NameMatch(presented: text) : nil
        case (.host(let wanted), .wildcard(let base)):
            return isOneLabel(wanted, under: base) ? NameMatch(presented: text) : nil
        case (.below(let base), .wildcard(let other)):
            return base == other || isBelow(other, base) ? NameMatch(presented: text) : nil
        case (.below(let base), .name(let name)):
            if isBelow(name, base) { return NameMatch(presented: text) }
            guard name == base else { return nil }
            return NameMatch(
                presented: text,
                uncertainty: "Microsoft does not say whether *.\(base) includes \(base) itself"
            )
        }
    }

    /// Whether a host is exactly one label below a domain: what a wildcard stands for (RFC 9525 6.3, RFC 8461 4.1).
    static func isOneLabel(_ host: DomainName, under base: DomainName) -> Bool {
        guard isBelow(host, base) else { return false }
        return !host.description.dropLast(base.description.utf8.count + 1).utf8.contains(UInt8(ascii: "."))
    }

    static func isBelow(_ name: DomainName, _ base: DomainName) -> Bool {
        name.description.hasSuffix(".\(base)")
    }

    /// A name in a certificate that can match at all.
    private enum Presented {
        case name(DomainName)
        case wildcard(DomainName)

        init?(_ text: String) {
            let allowed = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: [".", "-", "_", "*"].contains(Unicode.Scalar(byte))
                }
            }
            guard allowed else { return nil }
            if text.hasPrefix("*.") {
                guard let base = DomainName(String(text.dropFirst(2))), base.description.utf8.contains(46) else {
                    return nil
                }
                self = .wildcard(base)
            } else {
                guard let name = DomainName(text) else { return nil }
                self = .name(name)
            }
        }
    }
}
