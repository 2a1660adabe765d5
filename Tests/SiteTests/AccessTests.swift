import Synchronization
import Configuration
import Foundation
import Site
import Testing
import Transfers

/// Who may do what.
struct AccessTests {
    @Test func `without tokens reading is open on loopback and nothing else is possible`() async throws {
        try await withSite { (site: TestSite) async throws in
            #expect(try await site.send(.get, "/api/v1/tenants").status == 200)
            let asked = try await site.send(.post, "/api/v1/requests", body: #"{"tenant":"contoso"}"#)
            #expect(asked.status == 403)
            #expect(site.problem(asked) == "no-tokens")
            #expect(site.model.asked.withLock { $0 }.isEmpty)
        }
    }

    @Test func `without tokens nothing is open where others than this machine reach it`() async throws {
        try await withSite({ $0.host = "0.0.0.0" }) { (site: TestSite) async throws in
            for path in ["/api/v1/tenants", "/api/v1/runs", "/metrics"] {
                let response = try await site.send(.get, path)
                #expect(response.status == 403)
                #expect(site.problem(response) == "no-tokens")
            }
            #expect(try await site.send(.get, "/healthz").status == 200)
        }
    }

    @Test func `with tokens each caller may do what its token says, and no more`() async throws {
        try await withSite(tokens: [.reader, .ops, .boss]) { (site: TestSite) async throws in
            var wrong = TestToken.reader
            wrong.secret = "wrong-secret-00000"
            #expect(try await site.send(.get, "/api/v1/tenants").status == 401)
            #expect(try await site.send(.get, "/api/v1/tenants", token: wrong).status == 401)
            #expect(try await site.send(.get, "/api/v1/tenants", token: .reader).status == 200)
            let body = #"{"tenant":"contoso"}"#
            #expect(try await site.send(.post, "/api/v1/requests", token: .reader, body: body).status == 403)
            #expect(try await site.send(.post, "/api/v1/requests", token: .ops, body: body).status == 202)
            let approval = #"{"digest":"0123456789ab","reason":"reviewed"}"#
            #expect(try await site.send(.post, "/api/v1/approvals", token: .ops, body: approval).status == 403)
            #expect(try await site.send(.post, "/api/v1/approvals", token: .boss, body: approval).status == 201)
            let asked = site.model.asked.withLock { $0 }
            #expect(asked == ["ops asks for contoso", "boss approves 0123456789ab: reviewed"])
        }
    }

    @Test func `a cookie gives no right`() async throws {
        try await withSite(tokens: [.boss]) { (site: TestSite) async throws in
            let response = try await site.send(
                .post,
                "/api/v1/requests",
                body: #"{"tenant":"contoso"}"#,
                headers: [
                    ("Cookie", "token=\(TestToken.boss.secret)"), ("Content-Type", "application/json"),
                ]
            )
            #expect(response.status == 401)
        }
    }

    @Test func `health, readiness and version are open; metrics are where the operator says so`() async throws {
        try await withSite(tokens: [.reader]) { (site: TestSite) async throws in
            for path in ["/healthz", "/readyz", "/version"] { #expect(try await site.send(.get, path).status == 200) }
            #expect(try await site.send(.get, "/metrics").status == 401)
            #expect(try await site.send(.get, "/metrics", token: .reader).status == 200)
        }
        try await withSite(tokens: [.reader], { $0.areMetricsOpen = true }) { (site: TestSite) async throws in
            #expect(try await site.send(.get, "/metrics").status == 200)
            #expect(try await site.send(.get, "/api/v1/tenants").status == 401)
        }
    }

    @Test(arguments: ["evil.example", "evil.example:8080", "127.0.0.1.evil.example"])
    func `a request for another host is not for us`(host: String) async throws {
        try await withSite { (site: TestSite) async throws in
            let response = try await site.send(.get, "/api/v1/tenants", headers: [("Host", host)])
            #expect(response.status == 421)
            #expect(site.problem(response) == "host-unknown")
        }
    }

    @Test(arguments: ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:80", "mitregate.example"])
    func `our own names are ours`(host: String) async throws {
        try await withSite({ $0.publicURL = "https://mitregate.example" }) { (site: TestSite) async throws in
            #expect(try await site.send(.get, "/api/v1/tenants", headers: [("Host", host)]).status == 200)
        }
    }

    @Test func `a token that could be guessed is refused at the start`() async throws {
        await #expect(throws: ConfigurationError.self) {
            try await withSite(tokens: [TestToken(name: "short", secret: "hunter2", rights: [.read])]) { _ in }
        }
    }

    @Test func `it is not ready while something is missing, and says what`() async throws {
        try await withSite { (site: TestSite) async throws in
            site.model.missing.withLock { $0 = ["The source mail-flow was not read yet."] }
            let response = try await site.send(.get, "/readyz")
            #expect(response.status == 503)
            #expect(String(decoding: response.body, as: UTF8.self).contains("mail-flow"))
            #expect(try await site.send(.get, "/healthz").status == 200)
        }
    }
}
