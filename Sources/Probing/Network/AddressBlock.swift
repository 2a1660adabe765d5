/// An address and a prefix length: the addresses that share so many leading bits.
package struct AddressBlock: Hashable, Sendable {
    package let address: NetworkAddress
    package let prefix: Int

    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = NetworkAddress(String(first)) else { return nil }
        var prefix = address.bytes.count * 8
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
                let length = Int(parts[1]), length <= prefix
            else { return nil }
            prefix = length
        }
        self.address = address
        self.prefix = prefix
    }

    package func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = prefix / 8
        guard other.bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
        let rest = prefix % 8
        return rest == 0 || (other.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
    }

    /// How many addresses there are, or `Int.max`.
    package var size: Int {
        let bits = address.bytes.count * 8 - prefix
        return bits < 62 ? 1 << bits : .max
    }

    /// The first addresses of the block, at most so many.
    package func first(_ count: Int) -> [NetworkAddress] {
        var bytes = address.bytes
        for bit in prefix..<(bytes.count * 8) { bytes[bit / 8] &= ~(UInt8(0x80) >> UInt8(bit % 8)) }
        return (0..<min(count, size)).compactMap { step in
            var next = bytes
            var carry = step
            for index in next.indices.reversed() where carry > 0 {
                let sum = Int(next[index]) + carry & 0xff
                carry = (carry >> 8) + (sum >> 8)
                next[index] = UInt8(truncatingIfNeeded: sum)
            }
            return NetworkAddress(bytes: next)
        }
    }
}
