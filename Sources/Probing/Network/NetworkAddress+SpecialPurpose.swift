extension NetworkAddress {
    /// What the address's network is called, where it is not part of the public Internet: `private`, `loopback`.
    ///
    /// An IPv6 address that carries an IPv4 one is judged by that. Source: RFC 6890 and the two IANA special-purpose
    /// address registries; of IPv6, only 2000::/3 is given out (RFC 4291 2.4).
    package var specialPurpose: String? {
        if let inner = carriedIPv4 { return inner.specialPurpose }
        if let named = Self.special.first(where: { $0.block.contains(self) }) { return named.name }
        guard isIPv6, let global = Self.globalUnicast, !global.contains(self) else { return nil }
        return "reserved"
    }

    /// The address inside an IPv4-mapped (RFC 4291 2.5.5.2) or NAT64 (RFC 6052 2.1) address.
    private var carriedIPv4: NetworkAddress? {
        guard isIPv6, Self.carriers.contains(where: { $0.contains(self) }) else { return nil }
        return NetworkAddress(bytes: bytes.suffix(4))
    }

    private static let globalUnicast = AddressBlock("2000::/3")
    private static let carriers = ["::ffff:0:0/96", "64:ff9b::/96"].compactMap { AddressBlock($0) }

    private static let special: [(block: AddressBlock, name: String)] = [
        ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "IETF protocol assignments"), ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"), ("192.168.0.0/16", "private"), ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"), ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"), ("240.0.0.0/4", "reserved"),
        ("168.63.129.16/32", "cloud platform"),  // Azure's host, in every virtual machine there
        ("::/128", "unspecified"), ("::1/128", "loopback"), ("64:ff9b:1::/48", "local translation"),
        ("100::/64", "discard-only"), ("2001:db8::/32", "documentation"), ("3fff::/20", "documentation"),
        ("2001::/23", "IETF protocol assignments"), ("2002::/16", "6to4"), ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"), ("fe80::/10", "link-local"), ("ff00::/8", "multicast"),
    ].compactMap { text, name in AddressBlock(text).map { ($0, name) } }
}

/// Whom a probe may connect to.
///
/// What a repository names must not make us probe inside networks.
package enum ReachableNetworks: String, Hashable, Sendable, Codable {
    case `public`
    /// Every address: for a lab.
    case any

    /// What stands against connecting to an address, as in `private`; `nil` for nothing.
    package func objection(to address: NetworkAddress) -> String? {
        switch self {
        case .public: address.specialPurpose
        case .any: nil
        }
    }
}
