import Foundation
import Glibc
import Synchronization

/// A loopback server that answers every request with what a closure gives, byte by byte; for answers that no service
/// would give.
final class AnsweringServer: Sendable {
    /// From the path and the body of a request to a body with status 200.
    typealias Answers = @Sendable (_ path: String, _ body: String) -> [UInt8]

    let port: Int
    private let listener: Int32
    private let sockets = Mutex<[Int32]>([])

    init(_ answers: @escaping Answers) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && getsockname(socket, pointer, &size) == 0
            }
        }
        guard isListening, listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    close(listener)
                    return
                }
                sockets.withLock { $0.append(socket) }
                Thread.detachNewThread { [self] in
                    Self.serve(socket, answers)
                    sockets.withLock { sockets in
                        sockets.removeAll { $0 == socket }
                        close(socket)
                    }
                }
            }
        }
    }

    /// Wakes every thread; each closes its own socket, whose number would else be another's while it is still in use.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        sockets.withLock { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
    }

    private static func serve(_ socket: Int32, _ answers: Answers) {
        var buffer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while true {
            let text = String(decoding: buffer, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound]
                let length = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                let count = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                let body = text[end.upperBound...]
                if body.utf8.count >= count {
                    let path = head.split(separator: " ")[1]
                    let answer = answers(String(path), String(body))
                    let status =
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(answer.count)\r\n\r\n"
                    let bytes = Array(status.utf8) + answer
                    guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
                    buffer = []
                    continue
                }
            }
            let count = recv(socket, &piece, piece.count, 0)
            guard count > 0 else { return }
            buffer += piece.prefix(count)
        }
    }
}
