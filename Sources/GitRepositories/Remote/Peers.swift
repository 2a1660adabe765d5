import Glibc

/// The other ends of this process's connections.
enum Peers {
    /// The ports that its TCP sockets are connected to, among its first thousand descriptors.
    static var ports: Set<UInt16> {
        let ports = (0..<min(getdtablesize(), 1_024)).compactMap { descriptor -> UInt16? in
            var address = sockaddr_in6()
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) == 0 }
            }
            guard isConnected, [AF_INET, AF_INET6].contains(Int32(address.sin6_family)) else { return nil }
            return UInt16(bigEndian: address.sin6_port)  // it lies where an IPv4 address has it
        }
        return Set(ports)
    }
}
