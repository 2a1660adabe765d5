import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

@Suite(.timeLimit(.minutes(10)))
struct TransferPoolTests {
    @Test func `headers and body arrive as given, and libcurl adds nothing that asks for more`() async throws {
        try await withServer { connection, server in
            guard let request = connection.request() else { return }
            server.note(request)
            connection.answer("201 Created", headers: ["Set-Cookie: a=1", "set-cookie: b=2"], body: "made")
        } _: { server in
            let response = try await TransferPool().send(
                HTTPRequest(
                    .post,
                    "\(server.url)/path?q=1",
                    headers: [("Content-Type", "application/json"), ("X-Empty", ""), ("X-Two", "2")],
                    body: Array(#"{"a":1}"#.utf8)
                )
            )
            #expect(response.status == 201)
            #expect(response.body == Array("made".utf8))
            #expect(response.headers.values(of: "SET-COOKIE") == ["a=1", "b=2"])
            let request = try #require(server.requests.first)
            let lines = request.components(separatedBy: "\r\n")
            #expect(lines.first == "POST /path?q=1 HTTP/1.1")
            #expect(lines.contains("Content-Type: application/json"))
            #expect(lines.contains("X-Empty:"))
            #expect(lines.contains("X-Two: 2"))
            #expect(lines.contains("Accept-Encoding: gzip"))
            #expect(lines.last == #"{"a":1}"#)
            #expect(!request.contains("Expect"))
        }
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete])
    func `each method is sent as itself`(_ method: HTTPRequest.Method) async throws {
        try await withServer { connection, server in
            guard let request = connection.request() else { return }
            server.note(request)
            connection.answer("HTTP/1.1 204 No Content\r\n\r\n")
        } _: { server in
            let response = try await TransferPool().send(HTTPRequest(method, server.url))
            #expect(response.status == 204)
            #expect(server.requests.first?.hasPrefix("\(method.rawValue) / HTTP/1.1") == true)
        }
    }

    @Test func `the headers of an interim answer are not the answer's`() async throws {
        try await withServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.answer("HTTP/1.1 103 Early Hints\r\nX-Stage: early\r\n\r\n")
            connection.answer(headers: ["X-Stage: final"], body: "")
        } _: { server in
            let response = try await TransferPool().send(HTTPRequest(.get, server.url))
            #expect(response.status == 200)
            #expect(response.headers.values(of: "X-Stage") == ["final"])
        }
    }

    @Test func `cancelling a task closes its connection`() async throws {
        let (events, feed) = AsyncStream.makeStream(of: String.self)
        try await withServer { connection, _ in
            guard connection.request() != nil else { return }
            feed.yield("asked")
            if connection.request() == nil { feed.yield("closed") }
        } _: { server in
            let pool = try TransferPool()
            let task = Task { try await pool.send(HTTPRequest(.get, server.url, timeout: .seconds(3_600))) }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "asked")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(await iterator.next() == "closed")
        }
    }

    @Test func `a task that is cancelled already sends nothing`() async throws {
        try await withServer { _, _ in
        } _: { server in
            let pool = try TransferPool()
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await pool.send(HTTPRequest(.get, server.url))
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `a silent server ends with the deadline, after the request may have arrived`() async throws {
        try await withServer { connection, _ in
            while connection.request() != nil {}
        } _: { server in
            let pool = try TransferPool()
            let error = await #expect(throws: TransferError.self) {
                try await pool.send(HTTPRequest(.get, server.url, timeout: .seconds(5)))
            }
            #expect(error?.reason == .timedOut)
            #expect(error?.phase == .request)
            #expect(error?.mayHaveBeenSent == true)
            #expect(error?.code == 28)
        }
    }

    @Test func `a server that never ends the handshake ends with the connection's deadline`() async throws {
        try await withServer { connection, _ in
            while connection.request() != nil {}
        } _: { server in
            let pool = try TransferPool()
            let request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)", connectTimeout: .seconds(5))
            let error = await #expect(throws: TransferError.self) { try await pool.send(request) }
            #expect(error?.reason == .timedOut)
            #expect(error?.phase == .tls)
            #expect(error?.mayHaveBeenSent == false)
        }
    }

    @Test func `a server that speaks no TLS is told by its phase`() async throws {
        try await withServer { connection, _ in
            connection.answer("HTTP/1.1 400 Bad Request\r\n\r\n")
        } _: { server in
            let pool = try TransferPool()
            let error = await #expect(throws: TransferError.self) {
                try await pool.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)"))
            }
            #expect(error?.phase == .tls)
            #expect(error?.code == 35)
        }
    }

    @Test func `an answer that breaks off is an error, not a short body`() async throws {
        try await withServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!")
        } _: { server in
            let pool = try TransferPool()
            let error = await #expect(throws: TransferError.self) { try await pool.send(HTTPRequest(.get, server.url)) }
            #expect(error?.phase == .answer)
            #expect(error?.code == 18)
        }
    }

    /// Without `isRepeatable: false` libcurl sends the request a second time here, by itself.
    @Test(arguments: [false, true])
    func `a request that must not be repeated is sent once`(_ isRepeatable: Bool) async throws {
        try await withServer { connection, server in
            while let request = connection.request() {
                server.note(request)
                if request.hasPrefix("POST") { return }  // it took effect, and the answer is lost
                connection.answer(body: "ready")
            }
        } _: { server in
            let pool = try TransferPool()
            _ = try await pool.send(HTTPRequest(.get, server.url))
            await #expect(throws: TransferError.self) {
                try await pool.send(HTTPRequest(.post, server.url, body: [1], isRepeatable: isRepeatable))
            }
            #expect(server.requests.filter { $0.hasPrefix("POST") }.count == (isRepeatable ? 2 : 1))
        }
    }

    @Test func `endless headers are cut off`() async throws {
        try await withServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.answer("HTTP/1.1 200 OK\r\n")
            for _ in 0..<10_000 { connection.answer("X-More: \(String(repeating: "x", count: 90))\r\n") }
            connection.answer("\r\n")
        } _: { server in
            let pool = try TransferPool()
            let error = await #expect(throws: TransferError.self) { try await pool.send(HTTPRequest(.get, server.url)) }
            #expect(error?.phase == .answer)
        }
    }

    @Test func `nothing listens: the phase is connect, and nothing was sent`() async throws {
        let port = try FreePort.next()
        let pool = try TransferPool()
        let request = HTTPRequest(
            .get,
            "http://127.0.0.1:\(port)/secret-path",
            headers: [("Authorization", "Bearer very-secret-token")]
        )
        let error = try #require(await #expect(throws: TransferError.self) { try await pool.send(request) })
        #expect(error.phase == .connect)
        #expect(error.reason == .libcurl)
        #expect(error.code == 7)
        #expect(error.host == "127.0.0.1:\(port)")
        #expect(!error.mayHaveBeenSent)
        #expect(!error.description.contains("secret"))
    }
}
