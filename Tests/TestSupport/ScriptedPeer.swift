import Foundation
import Glibc
import Synchronization

/// A server that does what its script says, whatever the client makes of it: the mail servers that real ones won't be.
package final class ScriptedPeer: Sendable {
    package enum Step: Sendable {
        case send(String)
        case sendBytes([UInt8])
        /// Sends the same again and again until the client has had enough.
        case sendForever(String)
        /// Reads one line of the client, which is kept in `lines`.
        case readLine
        /// Reads whatever comes next, and drops it.
        case readBytes
        /// Hands the connection to another server.
        case relay(Int)
        /// Waits until the client goes away.
        case hold
        /// Closes with a reset instead of an end.
        case reset
    }

    private struct State {
        var lines: [String] = []
        var connections = 0
        var ended = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    package let port: Int
    private let descriptor: Int32
    private let state = Mutex(State())
    private let script: @Sendable (Int) -> [Step]

    /// - Parameter script: What to do on a connection, by its number; the first is 0.
    package init(
        on address: String = "127.0.0.1",
        port: Int = 0,
        script: @escaping @Sendable (Int) -> [Step]
    ) throws {
        self.script = script
        (descriptor, self.port) = try listen(on: address, port: port)
        Thread { [self] in accept() }.start()
    }

    package convenience init(on address: String = "127.0.0.1", port: Int = 0, _ steps: [Step]) throws {
        try self.init(on: address, port: port) { _ in steps }
    }

    /// Wakes the accepting thread, which alone closes the socket: its number would else be another's while it still accepts.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// What clients said, line by line.
    package var lines: [String] { state.withLock(\.lines) }
    package var connections: Int { state.withLock(\.connections) }

    /// What clients said, once the first connection is over: a client that says QUIT does not wait until that is read.
    package func linesAtEnd() async -> [String] {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state in
                if state.ended == 0 { state.waiting.append(waiter) }
                return state.ended > 0
            }
            if isOver { waiter.resume() }
        }
        return lines
    }

    private func noteEnd() {
        let waiting = state.withLock { state in
            state.ended += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(descriptor, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                close(descriptor)
                return
            }
            let number = state.withLock { state in
                state.connections += 1
                return state.connections - 1
            }
            let steps = script(number)
            let thread = Thread { [self] in
                play(steps, on: client)
                close(client)
                noteEnd()
            }
            thread.stackSize = 256 * 1024
            thread.start()
        }
    }

    private func play(_ steps: [Step], on client: Int32) {
        var buffer: [UInt8] = []
        for step in steps {
            switch step {
            case .send(let text): guard write(Array(text.utf8), to: client) else { return }
            case .sendBytes(let bytes): guard write(bytes, to: client) else { return }
            case .sendForever(let text): while write(Array(text.utf8), to: client) {}
            case .readLine: guard readLine(from: client, &buffer) else { return }
            case .readBytes: guard read(from: client, into: &buffer) else { return }
            case .relay(let port):
                relay(client, buffer, to: port)
                return
            case .hold: while read(from: client, into: &buffer) {}
            case .reset:
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                return
            }
        }
        // An end, not a reset: what the client still says is read.
        shutdown(client, Int32(SHUT_WR))
        while read(from: client, into: &buffer) {}
    }

    private func relay(_ client: Int32, _ first: [UInt8], to port: Int) {
        guard let server = connection(to: "127.0.0.1", port) else { return }
        guard write(first, to: server) else { return }
        let back = Thread { [self] in
            var bytes: [UInt8] = []
            while read(from: server, into: &bytes) {
                guard write(bytes, to: client) else { break }
                bytes = []
            }
            shutdown(client, Int32(SHUT_RDWR))
        }
        back.start()
        var bytes: [UInt8] = []
        while read(from: client, into: &bytes) {
            guard write(bytes, to: server) else { break }
            bytes = []
        }
        shutdown(server, Int32(SHUT_RDWR))
        close(server)
    }

    private func write(_ bytes: [UInt8], to client: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func read(from client: Int32, into buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = recv(client, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk.prefix(count)
        return true
    }

    private func readLine(from client: Int32, _ buffer: inout [UInt8]) -> Bool {
        while true {
            if let end = buffer.firstIndex(of: 0x0a) {
                let line = String(decoding: buffer[..<end].filter { $0 != 0x0d }, as: UTF8.self)
                state.withLock { $0.lines.append(line) }
                buffer.removeSubrange(...end)
                return true
            }
            guard read(from: client, into: &buffer) else { return false }
        }
    }
}

extension [ScriptedPeer.Step] {
    /// A server up to its reply to EHLO, with these keywords.
    package static func upToEHLO(_ keywords: String...) -> Self {
        let lines = ["peer.example"] + keywords
        let reply = lines.enumerated().map { "250\($0.offset == lines.count - 1 ? " " : "-")\($0.element)\r\n" }
            .joined()
        return [.send("220 peer.example ESMTP\r\n"), .readLine, .send(reply)]
    }

    /// The rest of a dialogue without TLS.
    package static let quit: Self = [.readLine, .send("221 bye\r\n")]

    /// What a server says inside TLS, or behind one that ends TLS for it.
    package static let inside: Self =
        [.send("220 peer.example ESMTP\r\n"), .readLine, .send("250-peer.example\r\n250 SIZE 1000\r\n")] + quit
}
