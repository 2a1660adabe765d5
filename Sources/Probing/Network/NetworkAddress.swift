import Glibc

/// An IPv4 or IPv6 address in network byte order.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 bytes.
    package let bytes: [UInt8]

    /// `nil` unless there are 4 or 16 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads the usual text forms, IPv6 without brackets or zone; `nil` for anything else.
    package init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if text.contains(":") {
            guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        } else {
            guard inet_pton(AF_INET, text, &bytes) == 1 else { return nil }
            bytes.removeLast(12)
        }
        self.bytes = bytes
    }

    package var isIPv6: Bool { bytes.count == 16 }

    /// The network that shares limits with the address: its /24, or /64.
    package var neighbourhood: NetworkAddress? {
        NetworkAddress(bytes: bytes.prefix(isIPv6 ? 8 : 3) + [UInt8](repeating: 0, count: isIPv6 ? 8 : 1))
    }
}

extension NetworkAddress: CustomStringConvertible {
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
