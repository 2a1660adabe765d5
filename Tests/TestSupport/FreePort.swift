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

    /// A port that no socket of this machine has, over TCP or UDP.
    package static func next() throws(NoFreePort) -> Int {
        let tables = ["tcp", "tcp6", "udp", "udp6"].map { contents(of: "/proc/net/\($0)") }
        for _ in range {
            let count = given.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = range.lowerBound + count % range.count
            if !tables.contains(where: { has(port, $0) }) { return port }
        }
        throw NoFreePort()
    }

    /// Whether a socket of the kernel's table has the port; a peer's port counts too, which costs nothing.
    ///
    /// To bind it for a look would not do: a child that another test is just starting holds a copy of that socket until it runs its
    /// own program, and the server that the port is for could not bind it.
    private static func has(_ port: Int, _ table: [CChar]) -> Bool {
        let digits = String(port, radix: 16, uppercase: true)
        let word = ":" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + " "
        return table.withUnsafeBufferPointer { $0.baseAddress.map { strstr($0, word) != nil } ?? false }
    }

    /// Ends with a zero, as C's strings do.
    private static func contents(of path: String) -> [CChar] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [0] }  // a machine without IPv6
        defer { close(descriptor) }
        var text: [CChar] = []
        var part = [CChar](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count > 0 else { return text + [0] }
            text += part[..<count]
        }
    }
}

package struct NoFreePort: Error {}
