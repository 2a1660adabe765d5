import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

@Suite(.timeLimit(.minutes(10)))
struct TokenTests {
    @Test func `a certificate's assertion is accepted`() async throws {
        try await withKeyPair { pair in
            let (certificate, key) = (try pair.certificate, try pair.key)
            let pem = String(decoding: try JSONEncoder().encode(certificate), as: UTF8.self)
            let options = TenantOptions(
                application: #""certificates": [\#(pem)]"#,
                credential: .certificate(
                    clientId: SimulatedTenant.clientId,
                    certificatePEM: { certificate },
                    privateKeyPEM: { key }
                )
            )
            try await withTenant(options) { tenant in
                let token = try await tenant.tokens.token(for: .exchange)
                #expect(!token.text.isEmpty)
            }
        }
    }

    @Test func `a certificate that has ended is named, and not sent`() async throws {
        try await withKeyPair { pair in
            let (certificate, key) = (try pair.certificate, try pair.key)
            let later = Date(timeIntervalSinceNow: 3 * 86_400)
            let options = TenantOptions(
                credential: .certificate(
                    clientId: SimulatedTenant.clientId,
                    certificatePEM: { certificate },
                    privateKeyPEM: { key },
                    name: "The certificate in the file mitregate-cert.pem"
                ),
                now: { later }
            )
            try await withTenant(options) { tenant in
                let error = await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
                // "notAfter=2026-12-02 14:30:00Z", as openssl says.
                let day = try pair.openssl("x509 -in certificate.pem -noout -enddate -dateopt iso_8601").dropFirst(9)
                    .prefix(10)
                #expect(error?.reason == .certificateEnded)
                #expect(error?.errorClass == .credential)
                #expect(
                    error?.message
                        == "The certificate in the file mitregate-cert.pem, by which the application signs in, ended on \(day)."
                )
                #expect(tenant.simulator.requests().isEmpty)
            }
        }
    }

    @Test func `a login host without a name in the DNS is tried twice`() async throws {
        let clock = SkippingClock()
        // A label of 64 letters, for which no resolver asks anybody.
        let host = String(repeating: "a", count: 64) + ".example"
        let endpoints = try Endpoints(cloud: .worldwide, login: "https://\(host)", exchange: nil, graph: nil)
        let tokens = TokenSource(
            tenantId: SimulatedTenant.id,
            endpoints: endpoints,
            credential: .clientSecret(clientId: SimulatedTenant.clientId, secret: { "x" }),
            pool: try TransferPool(),
            timing: Timing(clock: clock, random: { 0.5 })
        )
        let error = await #expect(throws: ExchangeError.self) { try await tokens.token(for: .exchange) }
        #expect(error?.reason == .transferFailed)
        #expect(error?.remedy == "Check the host's name, and the DNS of this machine.")
        #expect(clock.sleeps.count == 1)
    }

    @Test func `a federated token's file is read again for each request`() async throws {
        try await withTemporaryFile { file in
            func write(subject: String) throws {
                let now = Int(Date().timeIntervalSince1970)
                let payload =
                    #"{"iss":"https://idp","sub":"\#(subject)","aud":"api://AzureADTokenExchange","exp":\#(now + 600)}"#
                let parts = [#"{"alg":"none"}"#, payload, "x"].map { Data($0.utf8).base64EncodedString() }
                try Data(parts.map { $0.filter { $0 != "=" } }.joined(separator: ".").utf8).write(to: file)
            }
            let options = TenantOptions(
                application: #""federatedCredentials": [{"issuer": "https://idp", "subject": "us"}]"#,
                credential: .federatedToken(clientId: SimulatedTenant.clientId, path: file.path)
            )
            try await withTenant(options) { tenant in
                try write(subject: "someone else")
                let error = await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
                #expect(error?.tokenErrorCode == 700213)
                #expect(error?.message.contains("subject") == true)
                try write(subject: "us")
                _ = try await tenant.tokens.token(for: .exchange)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a managed identity needs no secret`(_ isAppService: Bool) async throws {
        let options = TenantOptions(
            application: #""managedIdentity": true"#,
            credential: .managedIdentity(clientId: nil),
            environment: { simulator in
                isAppService
                    ? ["IDENTITY_ENDPOINT": "\(simulator.url)/msi/token", "IDENTITY_HEADER": "simulator"]
                    : ["AZURE_POD_IDENTITY_AUTHORITY_HOST": simulator.url]
            }
        )
        try await withTenant(options) { tenant in
            let claims = try #require(TokenClaims(await tenant.tokens.token(for: .exchange)))
            #expect(claims.applicationId == SimulatedTenant.clientId)
            let request = try #require(tenant.simulator.requests().first)
            #expect(request.path.contains("resource=https%3A%2F%2Foutlook.office365.com%2F"))
        }
    }

    @Test func `a machine's own identity is asked for past the proxy, which cannot reach the metadata service`()
        async throws
    {
        try await withTenant(TenantOptions(application: #""managedIdentity": true"#)) { tenant in
            // 169.254.169.254 is the simulator, and the proxy is none.
            let options = TransferPool.Options(
                proxy: .url("http://127.0.0.1:1"),
                connectTo: ["::127.0.0.1:\(tenant.simulator.port)"]
            )
            let tokens = TokenSource(
                tenantId: SimulatedTenant.id,
                endpoints: tenant.connection.endpoints,
                credential: .managedIdentity(clientId: nil),
                pool: try TransferPool(options),
                timing: Timing(clock: tenant.clock)
            )
            let token = try await tokens.token(for: .exchange)
            #expect(TokenClaims(token)?.applicationId == SimulatedTenant.clientId)
            #expect(tenant.simulator.requests().map { $0.headers["host"] } == ["169.254.169.254"])
        }
    }

    @Test func `a token that was asked for often enough is not asked for again by each read`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"drop": "before"}}]"#
            )
            let error = await tenant.reader.read(rules: []).error
            #expect(error?.reason == .transferFailed)
            #expect(error?.wasRetried == true)
            #expect(tenant.tokenRequests.count == 5, "one round of tries")
        }
    }

    @Test func `however many ask, one request is made`() async throws {
        try await withTenant { tenant in
            let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
                for _ in 0..<50 { group.addTask { try await tenant.tokens.token(for: .exchange) } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(tokens.count == 1)
            _ = try await tenant.tokens.token(for: .graph)
            #expect(tenant.tokenRequests.count == 2)
        }
    }

    @Test func `a token is renewed five minutes before its end`() async throws {
        let start = Date()
        let passed = Mutex(0.0)
        let options = TenantOptions(now: { start.addingTimeInterval(passed.withLock(\.self)) })
        try await withTenant(options) { tenant in
            let first = try await tenant.tokens.token(for: .exchange)
            passed.withLock { $0 = 3599 - 301 }
            #expect(try await tenant.tokens.token(for: .exchange) == first)
            passed.withLock { $0 = 3599 - 299 }
            #expect(try await tenant.tokens.token(for: .exchange) != first)
            #expect(tenant.tokenRequests.count == 2)
        }
    }

    @Test func `while Entra is busy the old token is used to its end`() async throws {
        let start = Date()
        let passed = Mutex(0.0)
        let options = TenantOptions(now: { start.addingTimeInterval(passed.withLock(\.self)) })
        try await withTenant(options) { tenant in
            let first = try await tenant.tokens.token(for: .exchange)
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"tokenError": 90033}}]"#
            )
            passed.withLock { $0 = 3599 - 60 }
            #expect(try await tenant.tokens.token(for: .exchange) == first)
            passed.withLock { $0 = 3600 }
            let error = await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
            #expect(error?.reason == .tokenUnavailable)
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let code: Int
        /// A word of the message or the remedy.
        let word: String
        var isRetried = false
        var testDescription: String { "AADSTS\(code)" }
    }

    @Test(arguments: [
        Refusal(code: 70011, word: "scope"), Refusal(code: 1_002_012, word: "scope"),
        Refusal(code: 500_011, word: "licence"), Refusal(code: 700_016, word: "clientId"),
        Refusal(code: 90002, word: "tenantId"), Refusal(code: 7_000_215, word: "value, not its id"),
        Refusal(code: 7_000_222, word: "expired"), Refusal(code: 700_027, word: "Upload"),
        Refusal(code: 50012, word: "certificate"), Refusal(code: 50013, word: "clock"),
        Refusal(code: 500_133, word: "expired"), Refusal(code: 50027, word: "malformed"),
        Refusal(code: 70021, word: "federated"), Refusal(code: 700_211, word: "issuer"),
        Refusal(code: 700_212, word: "audience"), Refusal(code: 700_213, word: "subject"),
        Refusal(code: 53003, word: "Conditional access"), Refusal(code: 530_035, word: "Conditional access"),
        Refusal(code: 99999, word: "login.microsoftonline.com/error"),
        Refusal(code: 90033, word: "busy", isRetried: true), Refusal(code: 90036, word: "busy", isRetried: true),
        Refusal(code: 50196, word: "busy", isRetried: true),
    ])
    func `each error of the token endpoint has its words`(_ refusal: Refusal) async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"tokenError": \#(refusal.code)}}]"#
            )
            let error = try #require(
                await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
            )
            #expect(error.reason == (refusal.isRetried ? .tokenUnavailable : .tokenRefused))
            #expect(error.tokenErrorCode == refusal.code)
            #expect("\(error.message) \(error.remedy)".contains(refusal.word))
            #expect(error.requestId?.isEmpty == false)
            #expect(tenant.tokenRequests.count == (refusal.isRetried ? 5 : 1))
            #expect(!error.description.contains(SimulatedTenant.secret))
        }
    }

    @Test(arguments: [(7_000_215, true), (7_000_222, true), (99999, true), (90002, false), (90033, false)])
    func `a credential that is refused is named by where it was read from, and not by what it is`(
        code: Int,
        isNamed: Bool
    ) async throws {
        let name = "The client secret in the variable CONTOSO_SECRET"
        let options = TenantOptions(
            credential: .clientSecret(
                clientId: SimulatedTenant.clientId,
                secret: { SimulatedTenant.secret },
                name: name
            )
        )
        try await withTenant(options) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"tokenError": \#(code)}}]"#
            )
            let error = try #require(
                await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
            )
            #expect(error.message.contains("AADSTS\(code)"), "\(error.message)")
            #expect(error.message.hasSuffix(" \(name) was used.") == isNamed, "\(error.message)")
            #expect(!error.description.contains(SimulatedTenant.secret))
        }
    }

    @Test func `a busy Entra is asked again, as late as it wishes`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"path": "/oauth2/"}, "effect": {"tokenError": 90033}},
                 {"match": {"path": "/oauth2/"}, "effect": {"throttle": {}, "retryAfter": 7}}]
                """#
            )
            _ = try await tenant.tokens.token(for: .exchange)
            #expect(tenant.tokenRequests.count == 3)
            #expect(tenant.clock.sleeps == [.seconds(1.5), .seconds(7.5)])
        }
    }

    @Test func `a wrong clock of ours is helped by the service's, once`() async throws {
        try await withKeyPair { pair in
            let (certificate, key) = (try pair.certificate, try pair.key)
            let pem = String(decoding: try JSONEncoder().encode(certificate), as: UTF8.self)
            let start = Date()
            let options = TenantOptions(
                application: #""certificates": [\#(pem)]"#,
                credential: .certificate(
                    clientId: SimulatedTenant.clientId,
                    certificatePEM: { certificate },
                    privateKeyPEM: { key }
                ),
                now: { start.addingTimeInterval(-3_600) },
                serviceNow: { start }
            )
            try await withTenant(options) { tenant in
                _ = try await tenant.tokens.token(for: .exchange)
                #expect(tenant.tokenRequests.map(\.status) == [401, 200])
            }
        }
    }

    @Test func `what echoes our secret does not get it into the error`() async throws {
        try await withTenant { tenant in
            let body =
                #"{\"error\": \"x\", \"error_description\": \"you sent \#(SimulatedTenant.secret) and eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x\"}"#
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "effect": {"status": 400, "body": "\#(body)"}}]"#
            )
            let error = await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
            #expect(error?.message.contains("you sent [secret] and [token]") == true)
        }
    }

    @Test func `a secret that cannot be read is an error before anything is sent`() async throws {
        struct Unreadable: Error {}
        let options = TenantOptions(
            credential: .clientSecret(clientId: SimulatedTenant.clientId, secret: { throw Unreadable() })
        )
        try await withTenant(options) { tenant in
            let error = await #expect(throws: ExchangeError.self) { try await tenant.tokens.token(for: .exchange) }
            #expect(error?.reason == .credentialUnreadable)
            #expect(tenant.simulator.requests().isEmpty)
        }
    }

    @Test func `a token shows in no description`() async throws {
        try await withTenant { tenant in
            let token = try await tenant.tokens.token(for: .exchange)
            #expect(!"\(token) \(String(reflecting: token))".contains(token.text))
            var dumped = ""
            dump(token, to: &dumped)
            #expect(!dumped.contains(token.text))
        }
    }

    private func withTemporaryFile(_ body: (URL) async throws -> Void) async throws {
        try await withKeyPair { pair in try await body(pair.folder.appending(path: "token")) }
    }
}
