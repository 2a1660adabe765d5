import TestSupport
import Testing
import Transfers

/// Against a real nginx with a private CA.
@Suite(.timeLimit(.minutes(2)))
struct WebServerTests {
    private func pool(_ server: WebServer, caFile: String? = nil) throws -> TransferPool {
        try TransferPool(.init(caFile: caFile ?? server.caFile, connectTo: server.connectTo))
    }

    @Test func `https is spoken as HTTP/2 over one connection`() async throws {
        try await withWebServer { server in
            let pool = try pool(server)
            let first = try await pool.send(HTTPRequest(.get, "https://service.test/hello"))
            #expect(first.status == 200)
            #expect(first.body == Array("hello".utf8))
            #expect(first.headers["x-answer"] == "here")
            #expect(first.isHTTP2)
            #expect(first.openedConnection)

            let others = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await pool.send(HTTPRequest(.get, "https://service.test/hello")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(others.count == 50)
            #expect(others.allSatisfy { $0.status == 200 && !$0.openedConnection })
        }
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        try await withWebServer { server in
            let response = try await pool(server).send(HTTPRequest(.get, "https://service.test/moved"))
            #expect(response.status == 302)
            #expect(response.headers["Location"] == "https://elsewhere.test/")
        }
    }

    @Test func `the size limit counts decompressed bytes`() async throws {
        try await withWebServer { server in
            let pool = try pool(server)
            let request = HTTPRequest(.get, "https://service.test/zeros.txt", maximumResponseSize: 1 << 20)
            let whole = try await pool.send(request)
            #expect(whole.body.count == 1 << 20)
            #expect(whole.headers["Content-Encoding"] == "gzip")

            var smaller = request
            smaller.maximumResponseSize -= 1
            let limited = smaller
            let error = await #expect(throws: TransferError.self) { try await pool.send(limited) }
            #expect(error?.reason == .responseTooLarge(limit: (1 << 20) - 1))
            #expect(error?.host == "service.test:443")
        }
    }

    @Test func `a certificate of another CA is not trusted, and the error says so`() async throws {
        try await withWebServer { server in
            let pool = try pool(server, caFile: server.otherCAFile)
            let request = HTTPRequest(.post, "https://service.test/hello?query", body: Array("body".utf8))
            let error = try #require(await #expect(throws: TransferError.self) { try await pool.send(request) })
            #expect(error.reason == .untrusted)
            #expect(error.phase == .tls)
            #expect(!error.mayHaveBeenSent)
            #expect(error.code == 60)
            #expect(error.description.hasPrefix("The transfer to service.test:443 failed in its phase \"tls\": "))
            #expect(!error.description.contains("query"))
        }
    }

    @Test func `the system's roots do not count next to a CA file`() async throws {
        try await withWebServer { server in
            let pool = try TransferPool(.init(connectTo: server.connectTo))
            let request = HTTPRequest(.get, "https://service.test/hello")
            let error = await #expect(throws: TransferError.self) { try await pool.send(request) }
            #expect(error?.reason == .untrusted)
        }
    }

    @Test func `a CA file that is not there is named`() async throws {
        try await withServer { connection, _ in
            _ = connection.request()
        } _: { server in
            let pool = try TransferPool(.init(caFile: "/nowhere/ca.pem"))
            let error = await #expect(throws: TransferError.self) {
                try await pool.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)"))
            }
            #expect(error?.phase == .prepare)
            #expect(error?.code == 77)
            #expect(error?.message.contains("/nowhere/ca.pem") == true)
            #expect(error?.remedy.contains("CA file") == true)
        }
    }

    @Test func `a certificate for another name is not trusted`() async throws {
        try await withWebServer { server in
            let pool = try pool(server)
            let error = await #expect(throws: TransferError.self) {
                try await pool.send(HTTPRequest(.get, "https://other.test/hello"))
            }
            #expect(error?.reason == .untrusted)
            #expect(error?.host == "other.test:443")
        }
    }
}
