import Glibc
import Synchronization

/// Ports for servers that tests start: each is given out once in this process.
///
/// They lie below the range from which the system takes the ports of outgoing connections, so that between the choice and the
/// server's start no connection of another test can take one.
/// Source: net.ipv4.ip_local_port_range, 32768 to 60999.
package enum FreePort {
    private static let range = 20_000..<32_000
    /// Two test processes at once start at different places.
    private static let given = Atomic(Int(getpid()) &* 97 % range.count)

    /// A port on which nothing listens, over TCP or UDP, on any loopback address of IPv4.
    package static func next() throws(NoFreePort) -> Int {
        for _ in range {
            let count = given.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = range.lowerBound + count % range.count
            if isFree(port, SOCK_STREAM) && isFree(port, SOCK_DGRAM) { return port }
        }
        throw NoFreePort()
    }

    private static func isFree(_ port: Int, _ type: __socket_type) -> Bool {
        let descriptor = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(port).bigEndian
        return withUnsafePointer(to: name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

package struct NoFreePort: Error {}
