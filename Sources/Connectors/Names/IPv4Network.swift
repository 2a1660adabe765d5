/// An IPv4 address, or the network that it and a prefix length name.
package struct IPv4Network: Hashable, Sendable {
    /// The address as it was written, host bits included.
    package let address: UInt32
    package let prefix: Int

    /// Reads `192.0.2.1` or `192.0.2.0/24`; octets in decimal without leading zeros, as only then all readers agree.
    package init?(_ text: String) {
        guard let lead = text.utf8.first, lead >= 48, lead <= 57 else { return nil }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Self.address(first) else { return nil }
        var prefix = 32
        if parts.count == 2 {
            guard let length = Self.decimal(parts[1]), length <= 32 else { return nil }
            prefix = length
        }
        self.address = address
        self.prefix = prefix
    }

    init(address: UInt32, prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    /// The lowest address of the network.
    package var first: UInt32 { address & mask }
    package var last: UInt32 { address | ~mask }
    package var hasHostBits: Bool { address != first }
    /// The number of addresses.
    package var size: UInt64 { UInt64(last - first) + 1 }

    package func contains(_ other: IPv4Network) -> Bool { first <= other.first && other.last <= last }
    package func overlaps(_ other: IPv4Network) -> Bool { first <= other.last && other.first <= last }

    private var mask: UInt32 { prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix) }

    package static func address(_ text: some StringProtocol) -> UInt32? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var address: UInt32 = 0
        for octet in octets {
            guard let value = decimal(octet), value <= 255 else { return nil }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    private static func decimal(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 3, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        guard text.utf8.count == 1 || text.utf8.first != 48 else { return nil }
        return Int(text)
    }
}

extension IPv4Network: CustomStringConvertible {
    /// The normal form: the network's address, and the prefix unless it is one address.
    package var description: String {
        let octets = [24, 16, 8, 0].map { "\(first >> UInt32($0) & 255)" }.joined(separator: ".")
        return prefix == 32 ? octets : "\(octets)/\(prefix)"
    }
}

extension IPv4Network {
    /// What a special-purpose network is called, where the address lies in one and so cannot be a partner's server.
    ///
    /// Source: RFC 6890 and the IANA IPv4 special-purpose address registry.
    package var specialPurpose: String? {
        Self.special.first { $0.network.overlaps(self) }?.name
    }

    /// Whether the network holds addresses that Exchange Online itself sends from and receives at.
    ///
    /// Source: learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges, the set for mail on port 25.
    package var isExchangeOnline: Bool { Self.exchangeOnline.contains { $0.overlaps(self) } }

    private static let exchangeOnline = ["40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"]
        .compactMap(IPv4Network.init)

    private static let special: [(network: IPv4Network, name: String)] = [
        ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "IETF protocol assignments"), ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
    ].compactMap { text, name in IPv4Network(text).map { ($0, name) } }
}
