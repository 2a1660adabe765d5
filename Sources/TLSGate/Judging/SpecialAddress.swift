/// Addresses that are not on the public Internet, so that Exchange Online cannot reach them.
///
/// Source: RFC 6890 and the IANA special-purpose address registries for IPv4 and IPv6.
package enum SpecialAddress {
    /// What the address's network is called, as in `private`; `nil` for a public address, or for text that is none.
    package static func name(of text: String) -> String? {
        guard case .address(let bytes)? = NameReference(text) else { return nil }
        return name(of: bytes)
    }

    package static func name(of bytes: [UInt8]) -> String? {
        if bytes.count == 16, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return name(of: Array(bytes[12...]))  // an IPv4 address in the form of IPv6 (RFC 4291 2.5.5.2)
        }
        let networks = bytes.count == 4 ? version4 : version6
        return networks.first { network in holds(network.bytes, network.prefix, bytes) }?.name
    }

    private static func holds(_ network: [UInt8], _ prefix: Int, _ address: [UInt8]) -> Bool {
        guard network.count == address.count else { return false }
        for (index, byte) in network.enumerated() {
            let bits = min(max(prefix - index * 8, 0), 8)
            let mask = bits == 0 ? 0 : UInt8.max << UInt8(8 - bits)
            if byte & mask != address[index] & mask { return false }
        }
        return true
    }

    private static let version4 = networks([
        ("0.0.0.0", 8, "this network"), ("10.0.0.0", 8, "private"), ("100.64.0.0", 10, "carrier-grade NAT"),
        ("127.0.0.0", 8, "loopback"), ("169.254.0.0", 16, "link-local"), ("172.16.0.0", 12, "private"),
        ("192.0.0.0", 24, "protocol assignments"), ("192.0.2.0", 24, "documentation"),
        ("192.88.99.0", 24, "6to4 relay"), ("192.168.0.0", 16, "private"), ("198.18.0.0", 15, "benchmarking"),
        ("198.51.100.0", 24, "documentation"), ("203.0.113.0", 24, "documentation"), ("224.0.0.0", 4, "multicast"),
        ("240.0.0.0", 4, "reserved"),
    ])

    private static let version6 = networks([
        ("::1", 128, "loopback"), ("::", 128, "unspecified"), ("64:ff9b:1::", 48, "local translation"),
        ("100::", 64, "discard"), ("2001:2::", 48, "benchmarking"), ("2001:db8::", 32, "documentation"),
        ("3fff::", 20, "documentation"), ("fc00::", 7, "private"), ("fe80::", 10, "link-local"),
        ("fec0::", 10, "private"), ("ff00::", 8, "multicast"),
    ])

    private static func networks(_ texts: [(String, Int, String)]) -> [(bytes: [UInt8], prefix: Int, name: String)] {
        texts.compactMap { text, prefix, name in NameReference.address(text).map { ($0, prefix, name) } }
    }
}
