import Foundation
import TestSupport
import Testing
import Transfers

@Suite(.timeLimit(.minutes(10)))
struct ProxyTests {
    /// A proxy that notes what it was asked for and refuses it.
    private func withProxy(_ body: (ScriptedServer, TransferPool) async throws -> Void) async throws {
        try await withServer { connection, server in
            guard let request = connection.request() else { return }
            server.note(request.components(separatedBy: "\r\n")[0])
            connection.answer("403 Forbidden", body: "")
        } _: { server in
            let proxy = "http://user:password@127.0.0.1:\(server.port)"
            try await body(server, try TransferPool(.init(proxy: .url(proxy))))
        }
    }

    @Test func `https goes through a proxy's tunnel, and its password stays out of the error`() async throws {
        try await withProxy { server, pool in
            let error = await #expect(throws: TransferError.self) {
                try await pool.send(HTTPRequest(.get, "https://service.test/"))
            }
            #expect(server.requests == ["CONNECT service.test:443 HTTP/1.1"])
            #expect(error?.mayHaveBeenSent == false)
            #expect(error?.description.contains("password") == false)
        }
    }

    @Test func `a request may go past the proxy`() async throws {
        try await withProxy { server, pool in
            let port = try FreePort.next()
            let request = HTTPRequest(
                .get,
                "https://service.test/",
                proxy: .none,
                connectTo: ["::127.0.0.1:\(port)"]
            )
            await #expect(throws: TransferError.self) { try await pool.send(request) }
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `a request whose addresses are judged goes past the proxy, so that the partner's is judged`()
        async throws
    {
        try await withProxy { server, pool in
            let address = RemoteAddress(bytes: [127, 0, 0, 1], port: UInt16(try FreePort.next()))
            let request = HTTPRequest(
                .get,
                "https://service.test/",
                allowsAddress: { _ in false },
                connectTo: ["::\(address)"]
            )
            let error = await #expect(throws: TransferError.self) { try await pool.send(request) }
            #expect(error?.reason == .addressRefused([address]))
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `signed content may come in clear`() async throws {
        try await withProxy { server, pool in
            let request = HTTPRequest(.get, "http://crl.example/list.crl", plainHTTP: .signedContent)
            let response = try await pool.send(request)
            #expect(response.status == 403)
            #expect(server.requests == ["GET http://crl.example/list.crl HTTP/1.1"])
        }
    }

    @Test func `this machine is never asked for through a proxy`() async throws {
        try await withProxy { proxy, pool in
            try await withServer { connection, _ in
                while connection.request() != nil { connection.answer(body: "direct") }
            } _: { server in
                let response = try await pool.send(HTTPRequest(.get, server.url))
                #expect(response.body == Array("direct".utf8))
                #expect(proxy.connectionCount == 0)
            }
        }
    }
}
