/// An IPv4 address, or a block in CIDR notation.
struct IPv4Block: Hashable {
    let address: UInt32
    let prefix: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = Self.address(parts[0]) else { return nil }
        self.address = address
        guard parts.count == 2 else {
            prefix = 32
            return
        }
        guard let prefix = Int(parts[1]), (0...32).contains(prefix), parts[1].allSatisfy(\.isNumber) else { return nil }
        self.prefix = prefix
    }

    private static func address(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            result = result << 8 | UInt32(byte)
        }
        return result
    }

    static func withoutBrackets(_ text: String) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    }

    func overlaps(_ other: IPv4Block) -> Bool {
        let shift = 32 - min(prefix, other.prefix)
        return shift == 32 || address >> shift == other.address >> shift
    }

    /// Private, loopback, link-local, multicast and above.
    ///
    /// Source: IANA's registry of special-purpose addresses; which of them Exchange refuses is inferred, and those for
    /// documentation are taken, as the service's own examples have them.
    var isReserved: Bool { Self.reserved.contains(where: overlaps) }

    /// Source: the service's published ranges for mail; general knowledge.
    var isExchangeOnline: Bool { Self.exchangeOnline.contains(where: overlaps) }

    private static let reserved = [
        "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",
        "240.0.0.0/4",
    ].compactMap { IPv4Block($0) }

    private static let exchangeOnline = ["40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"]
        .compactMap { IPv4Block($0) }
}
