import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

/// What is never sent.
@Suite(.timeLimit(.minutes(10)))
struct RefusedRequestTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let request: HTTPRequest
    }

    @Test(arguments: [
        Case(testDescription: "plain http beyond this machine", request: HTTPRequest(.get, "http://192.0.2.1/")),
        Case(testDescription: "plain http to a name", request: HTTPRequest(.get, "http://exchange.example/")),
        Case(
            testDescription: "plain http to a name that begins like loopback",
            request: HTTPRequest(.get, "http://127.0.0.1.example/")
        ),
        Case(
            testDescription: "http to the link without being allowed",
            request: HTTPRequest(.get, "http://169.254.169.254/")
        ),
        Case(
            testDescription: "http to the link where a proxy may be used",
            request: HTTPRequest(.get, "http://169.254.169.254/", plainHTTP: .linkLocal)
        ),
        Case(
            testDescription: "plain http with a credential, whatever it fetches",
            request: HTTPRequest(
                .get,
                "http://crl.example/",
                headers: [("authorization", "Bearer password")],
                plainHTTP: .signedContent
            )
        ),
        Case(
            testDescription: "plain http with a credential in capitals",
            request: HTTPRequest(
                .get,
                "http://crl.example/",
                headers: [("Authorization", "Bearer password")],
                plainHTTP: .signedContent
            )
        ),
        Case(
            testDescription: "plain http with a cookie",
            request: HTTPRequest(
                .get,
                "http://crl.example/",
                headers: [("Cookie", "password")],
                plainHTTP: .signedContent
            )
        ),
        Case(testDescription: "a file", request: HTTPRequest(.get, "file:///etc/passwd")),
        Case(testDescription: "another protocol", request: HTTPRequest(.get, "ftp://127.0.0.1/")),
        Case(testDescription: "a user name", request: HTTPRequest(.get, "https://user:password@host.example/")),
        Case(testDescription: "no URL at all", request: HTTPRequest(.get, "")),
        Case(
            testDescription: "a header with a line break",
            request: HTTPRequest(.get, "https://127.0.0.1:1/", headers: [("X-A", "password\r\nX-B: 2")])
        ),
        Case(
            testDescription: "a header's name with a colon",
            request: HTTPRequest(.get, "https://127.0.0.1:1/", headers: [("X-A: password", "1")])
        ),
    ])
    func `is not sent`(_ example: Case) async throws {
        let pool = try TransferPool()
        let error = await #expect(throws: TransferError.self) { try await pool.send(example.request) }
        #expect(error?.reason == .invalidRequest)
        #expect(error?.phase == .prepare)
        #expect(error?.description.contains("password") == false)
    }

    @Test func `an address that the hook refuses is not connected to`() async throws {
        try await withServer { _, _ in
        } _: { server in
            let asked = Mutex<[RemoteAddress]>([])
            let pool = try TransferPool()
            let port = server.port
            var request = HTTPRequest(.get, server.url)
            request.allowsAddress = { address in
                asked.withLock { $0.append(address) }
                return false
            }
            let error = await #expect(throws: TransferError.self) { try await pool.send(request) }
            let address = RemoteAddress(bytes: [127, 0, 0, 1], port: UInt16(port))
            #expect(asked.withLock(\.self) == [address])
            #expect(error?.reason == .addressRefused([address]))
            #expect(error?.phase == .connect)
            #expect(error?.description.contains("127.0.0.1:\(port)") == true)
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `the hook is asked for every request, as no connection is shared`() async throws {
        try await withServer { connection, _ in
            while connection.request() != nil { connection.answer(body: "") }
        } _: { server in
            let count = Atomic(0)
            let pool = try TransferPool(
                .init(allowsAddress: { _ in
                    count.add(1, ordering: .relaxed)
                    return true
                })
            )
            for _ in 0..<3 { _ = try await pool.send(HTTPRequest(.get, server.url)) }
            #expect(count.load(ordering: .relaxed) == 3)
        }
    }
}
