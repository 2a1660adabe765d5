import Foundation
import Glibc
import Synchronization

/// A loopback server for what no real server does: each connection is handled, on a thread of its own, by a script.
package final class ScriptedServer: Sendable {
    /// One connection; it is closed when the script returns.
    package struct Connection: Sendable {
        package let socket: Int32
        /// From 1, in the order in which connections were taken.
        package let number: Int

        /// The next request, head and body; nothing when the client closed the connection.
        package func request() -> String? {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                guard recv(socket, &byte, 1, 0) == 1 else { return nil }
                bytes.append(byte)
            }
            let head = String(decoding: bytes, as: UTF8.self)
            let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            var left = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            while left > 0, recv(socket, &byte, 1, 0) == 1 {
                bytes.append(byte)
                left -= 1
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        package func answer(_ text: String) { send(Array(text.utf8)) }

        package func answer(_ status: String = "200 OK", headers: [String] = [], body: String) {
            answer(
                (["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.utf8.count)", "", body])
                    .joined(separator: "\r\n")
            )
        }

        package func send(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private struct State {
        /// Those that are open.
        var connections: [Int32] = []
        /// How many there have been.
        var connectionCount = 0
        var requests: [String] = []
    }

    package let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// The requests that scripts noted, in their order.
    package var requests: [String] { state.withLock(\.requests) }
    package var connectionCount: Int { state.withLock(\.connectionCount) }
    package var url: String { "http://127.0.0.1:\(port)" }

    package init(_ script: @escaping @Sendable (Connection, ScriptedServer) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        port = try Self.bindLoopback(listener)
        guard listen(listener, 128) == 0 else { throw POSIXError(.EADDRINUSE) }
        let listener = listener
        Thread.detachNewThread { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    close(listener)
                    return
                }
                let number = state.withLock { state in
                    state.connections.append(socket)
                    state.connectionCount += 1
                    return state.connectionCount
                }
                Thread.detachNewThread { [self] in
                    script(Connection(socket: socket, number: number), self)
                    shutdown(socket, Int32(SHUT_RDWR))
                    state.withLock { state in
                        state.connections.removeAll { $0 == socket }
                        close(socket)
                    }
                }
            }
        }
    }

    package func note(_ request: String) { state.withLock { $0.requests.append(request) } }

    /// Ends the listener and every connection; each thread closes its own socket, whose number would else be another's
    /// while it is still in use.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { for socket in $0.connections { shutdown(socket, Int32(SHUT_RDWR)) } }
    }

    private static func bindLoopback(_ socket: Int32) throws -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && getsockname(socket, pointer, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Calls `body` with a server, and stops it afterwards.
package func withServer<T>(
    _ script: @escaping @Sendable (ScriptedServer.Connection, ScriptedServer) -> Void,
    _ body: (ScriptedServer) async throws -> T
) async throws -> T {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    return try await body(server)
}

extension ScriptedServer {
    /// Whether something takes connections on a loopback port.
    package static func isListening(port: Int) -> Bool {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(probe, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
