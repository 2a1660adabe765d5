import Foundation
import Glibc
import Synchronization
import TestSupport

/// Hands DNS questions on to one server or another, or to none: what is asked there has another answer than before.
final class DNSRelay: Sendable {
    let port: Int
    private let descriptor: Int32
    private let target = Mutex<Int?>(nil)
    private let isStopped = Atomic(false)

    init() throws {
        (descriptor, port) = try silentUDP()
        Thread { [self] in serve() }.start()
    }

    /// Where questions go from now on; they are lost for `nil`, as at first.
    func lead(to port: Int?) { target.withLock { $0 = port } }

    /// Wakes the thread, which alone closes the socket: its number would else be another's while it is still read.
    func stop() {
        guard !isStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func serve() {
        defer { close(descriptor) }
        var question = [UInt8](repeating: 0, count: 4_096)
        while true {
            var client = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let count = withUnsafeMutablePointer(to: &client) { client in
                client.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, &question, question.count, 0, $0, &length)
                }
            }
            if isStopped.load(ordering: .sequentiallyConsistent) { return }
            // An empty datagram, or a signal: the socket is closed only once it is to be.
            guard count > 0 else { continue }
            guard let port = target.withLock({ $0 }), let answer = ask(port, Array(question.prefix(count))) else {
                continue
            }
            _ = withUnsafePointer(to: &client) { client in
                client.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, answer, answer.count, 0, $0, length)
                }
            }
        }
    }

    /// Over TCP, where each message comes with its length in front (RFC 1035 4.2.2).
    private func ask(_ port: Int, _ question: [UInt8]) -> [UInt8]? {
        guard let server = connection(to: "127.0.0.1", port) else { return nil }
        defer { close(server) }
        let framed = [UInt8(question.count >> 8), UInt8(question.count & 0xff)] + question
        guard send(server, framed, framed.count, Int32(MSG_NOSIGNAL)) == framed.count else { return nil }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while answer.count < 2 || answer.count < 2 + (Int(answer[0]) << 8 | Int(answer[1])) {
            let count = recv(server, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            answer += chunk.prefix(count)
        }
        return Array(answer.dropFirst(2))
    }
}
