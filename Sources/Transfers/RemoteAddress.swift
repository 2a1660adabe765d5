import CCurl  // whose headers bring `sockaddr` along
import Glibc

/// An IP address and port about to be connected to.
package struct RemoteAddress: Hashable, Sendable {
    /// 4 bytes for IPv4, 16 for IPv6, in network order.
    package let bytes: [UInt8]
    package let port: UInt16

    package init(bytes: [UInt8], port: UInt16) {
        self.bytes = bytes
        self.port = port
    }

    /// Nothing for an address of another family, such as a Unix socket.
    init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            self = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin_addr) { bytes in
                    RemoteAddress(bytes: Array(bytes), port: UInt16(bigEndian: address.pointee.sin_port))
                }
            }
        case AF_INET6:
            self = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin6_addr) { bytes in
                    RemoteAddress(bytes: Array(bytes), port: UInt16(bigEndian: address.pointee.sin6_port))
                }
            }
        default: return nil
        }
    }
}

extension RemoteAddress: CustomStringConvertible {
    /// `192.0.2.1:443` or `[2001:db8::1]:443`.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "port \(port)" }
        let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return family == AF_INET ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}
