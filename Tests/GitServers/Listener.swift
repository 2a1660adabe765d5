import Foundation
import Glibc
import Synchronization

/// A listening socket on the loopback interface, on a port that the kernel chose.
package final class Listener: Sendable {
    package let descriptor: Int32
    package let port: Int

    package init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isListening else { throw Spawned.Failure(description: String(cString: strerror(errno))) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Calls `body` with each connection, which it must close, on a thread of its own until the listener ends.
    package func serve(_ body: @escaping @Sendable (Int32) -> Void) {
        Thread.detachNewThread { [self] in
            while true {
                var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&ready, 1, -1) > 0 || errno == EINTR else { return }
                let connection = Spawned.lock.withLock { _ in
                    let connection = accept(descriptor, nil, nil)
                    if connection >= 0 { _ = fcntl(connection, F_SETFD, FD_CLOEXEC) }
                    return connection
                }
                guard connection >= 0 else { return }
                body(connection)
            }
        }
    }

    /// Wakes the thread of `serve`.
    package func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { close(descriptor) }
}
