import Glibc

/// A listening socket on an address of this machine, IPv4 or IPv6; port 0 takes a free one.
package func listen(
    on address: String = "127.0.0.1",
    port: Int = 0,
    backlog: Int32 = 1024
) throws -> (
    descriptor: Int32, port: Int
) {
    let descriptor = socket(family(of: address), Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw LabError("no socket") }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    let isBound = withSocketAddress(address, port) { bind(descriptor, $0, $1) == 0 }
    guard isBound, listen(descriptor, backlog) == 0 else {
        close(descriptor)
        throw LabError("cannot listen on \(address)")
    }
    return (descriptor, boundPort(of: descriptor))
}

/// Whether this machine has an address to listen on.
package func hasAddress(_ address: String) -> Bool {
    guard let (descriptor, _) = try? listen(on: address) else { return false }
    close(descriptor)
    return true
}

package func canConnect(to address: String, _ port: Int) -> Bool {
    guard let descriptor = connection(to: address, port) else { return false }
    close(descriptor)
    return true
}

package func connection(to address: String, _ port: Int) -> Int32? {
    let descriptor = socket(family(of: address), Int32(SOCK_STREAM.rawValue), 0)
    if withSocketAddress(address, port, { connect(descriptor, $0, $1) == 0 }) { return descriptor }
    close(descriptor)
    return nil
}

/// A UDP socket that takes everything and never answers.
package func silentUDP() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    guard withSocketAddress("127.0.0.1", 0, { bind(descriptor, $0, $1) == 0 }) else { throw LabError("no UDP socket") }
    return (descriptor, boundPort(of: descriptor))
}

private func family(of address: String) -> Int32 { address.contains(":") ? AF_INET6 : AF_INET }

private func withSocketAddress<R>(
    _ address: String,
    _ port: Int,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
) -> R {
    if family(of: address) == AF_INET6 {
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = in_port_t(port).bigEndian
        inet_pton(AF_INET6, address, &name.sin6_addr)
        return withUnsafePointer(to: &name) { name in
            name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, address, &name.sin_addr)
    return withUnsafePointer(to: &name) { name in
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

/// The port's place is the same for both families.
private func boundPort(of descriptor: Int32) -> Int {
    var name = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = withUnsafeMutablePointer(to: &name) { name in
        name.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return Int(UInt16(bigEndian: name.sin6_port))
}
