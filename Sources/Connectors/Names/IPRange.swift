import Glibc

/// Addresses from a first to a last one, of either version, as Enhanced Filtering takes them.
package struct IPRange: Hashable, Sendable {
    /// Both ends as 4 or 16 bytes, of one length.
    package let first: [UInt8]
    package let last: [UInt8]

    /// Reads one address, `ADDRESS/PREFIX` or `ADDRESS-ADDRESS`.
    package init?(_ text: String) {
        let text = text.trimmingSpaces()
        if let dash = text.firstIndex(of: "-") {
            guard let first = Self.bytes(String(text[..<dash]).trimmingSpaces()),
                let last = Self.bytes(String(text[text.index(after: dash)...]).trimmingSpaces()),
                first.count == last.count, !last.lexicographicallyPrecedes(first)
            else { return nil }
            self.first = first
            self.last = last
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let address = parts.first, let bytes = Self.bytes(address) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
                let length = Int(parts[1]), length <= prefix
            else { return nil }
            prefix = length
        }
        var first = bytes
        var last = bytes
        for bit in prefix..<(bytes.count * 8) {
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            first[bit / 8] &= ~mask
            last[bit / 8] |= mask
        }
        self.first = first
        self.last = last
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        if let address = IPv4Network.address(text) {
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address >> UInt32($0)) }
        }
        guard text.contains(":"), !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}

extension IPRange: CustomStringConvertible {
    /// The normal form, `FIRST-LAST`, or the one address.
    package var description: String {
        first == last ? Self.text(first) : "\(Self.text(first))-\(Self.text(last))"
    }

    private static func text(_ bytes: [UInt8]) -> String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
