import ExchangeSimulator
import Foundation
import Testing

@Suite struct TokenTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: [String: String?]
        var tenant = Seeds.tenant
        let code: Int
        let error: String
        let status: Int
    }

    @Test(arguments: [
        Refusal(
            testDescription: "a wrong secret",
            changes: ["client_secret": "no"],
            code: 7_000_215,
            error: "invalid_client",
            status: 401
        ),
        Refusal(
            testDescription: "an expired secret",
            changes: ["client_id": "c0000000-0000-4000-8000-000000000003", "client_secret": "old"],
            code: 7_000_222,
            error: "invalid_client",
            status: 401
        ),
        Refusal(
            testDescription: "no credential",
            changes: ["client_secret": nil],
            code: 7_000_218,
            error: "invalid_client",
            status: 401
        ),
        Refusal(
            testDescription: "an unknown application",
            changes: ["client_id": "x"],
            code: 700016,
            error: "unauthorized_client",
            status: 400
        ),
        Refusal(
            testDescription: "an unknown tenant",
            changes: [:],
            tenant: "missing.example",
            code: 90002,
            error: "invalid_request",
            status: 400
        ),
        Refusal(
            testDescription: "a scope without /.default",
            changes: ["scope": "https://outlook.office365.com/x"],
            code: 1_002_012,
            error: "invalid_scope",
            status: 400
        ),
        Refusal(
            testDescription: "two scopes",
            changes: ["scope": "https://outlook.office365.com/.default x"],
            code: 70011,
            error: "invalid_scope",
            status: 400
        ),
        Refusal(
            testDescription: "an unknown resource",
            changes: ["scope": "https://example.com/.default"],
            code: 500011,
            error: "invalid_resource",
            status: 400
        ),
        Refusal(
            testDescription: "another grant",
            changes: ["grant_type": "password"],
            code: 70003,
            error: "unsupported_grant_type",
            status: 400
        ),
        Refusal(
            testDescription: "claims that are no JSON",
            changes: ["claims": "{"],
            code: 9_002_313,
            error: "invalid_request",
            status: 400
        ),
    ])
    func refused(_ example: Refusal) async throws {
        let expired = """
            , {"clientId": "c0000000-0000-4000-8000-000000000003",
               "clientSecrets": [{"value": "old", "expires": "2026-11-24T00:00:00Z"}]}
            """
        try await withSimulator(seed: Seeds.usual(applications: expired)) { client async throws in
            let reply = try await client.askForToken(example.changes, tenant: example.tenant)
            #expect(reply.status == example.status)
            #expect(reply.json["error"] as? String == example.error)
            #expect(reply.json["error_codes"] as? [Int] == [example.code])
            #expect((reply.json["error_description"] as? String ?? "").hasPrefix("AADSTS\(example.code): "))
            #expect(reply.json["access_token"] == nil)
        }
    }

    @Test func `a token tells its audience, tenant, application, roles and expiry`() async throws {
        try await withSimulator { client async throws in
            let reply = try await client.askForToken(tenant: "CONTOSO.com")
            #expect(reply.status == 200)
            #expect(reply.json["token_type"] as? String == "Bearer")
            #expect(reply.json["expires_in"] as? Int == 3599)
            let token = try #require(reply.json["access_token"] as? String)
            let claims = try #require(Self.claims(token))
            #expect(claims["aud"] as? String == "https://outlook.office365.com")
            #expect(claims["tid"] as? String == Seeds.tenant)
            #expect(claims["appid"] as? String == Seeds.admin)
            #expect(claims["roles"] as? [String] == ["Exchange.ManageAsApp"])
            #expect(claims["wids"] as? [String] == ["29232cdf-9323-42fd-ade2-1d097af3e4de"])
            #expect(claims["exp"] as? Int == Int(Seeds.now.timeIntervalSince1970) + 3599)
        }
    }

    private static func claims(_ token: String) -> [String: Any]? {
        var payload = String(token.split(separator: ".")[1]).replacing("-", with: "+").replacing("_", with: "/")
        payload += String(repeating: "=", count: (4 - payload.count % 4) % 4)
        return Data(base64Encoded: payload).flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
    }

    struct Assertion: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let assertion: String
        var minutes = 0.0
        /// 0 for a token.
        let code: Int
    }

    @Test(arguments: [
        Assertion(testDescription: "PS256 by the SHA-256 thumbprint", assertion: Seeds.ps256, code: 0),
        Assertion(testDescription: "RS256 by the SHA-1 thumbprint", assertion: Seeds.rs256, code: 0),
        Assertion(
            testDescription: "a clock that is 14 minutes late still fits",
            assertion: Seeds.ps256,
            minutes: 14,
            code: 0
        ),
        Assertion(testDescription: "an assertion after its time", assertion: Seeds.ps256, minutes: 16, code: 700024),
        Assertion(testDescription: "an assertion before its time", assertion: Seeds.ps256, minutes: -6, code: 700024),
        Assertion(testDescription: "another audience", assertion: Seeds.otherAudience, code: 50027),
        Assertion(testDescription: "an empty jti", assertion: Seeds.withoutID, code: 50027),
        Assertion(
            testDescription: "a signature that was touched",
            assertion: String(Seeds.ps256.dropLast(4)) + "AAAA",
            code: 700027
        ),
        Assertion(
            testDescription: "one signature under the other's claims",
            assertion: Seeds.otherAudience.split(separator: ".")[..<2].joined(separator: ".") + "."
                + Seeds.ps256.split(separator: ".")[2],
            code: 700027
        ),
        Assertion(testDescription: "no JWT at all", assertion: "x.y", code: 50027),
    ])
    func certificate(_ example: Assertion) async throws {
        let now = Seeds.now.addingTimeInterval(example.minutes * 60)
        try await withSimulator(now: { now }) { client async throws in
            let reply = try await client.askForToken([
                "client_secret": nil, "client_assertion": example.assertion,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ])
            #expect((reply.json["error_codes"] as? [Int] ?? [0]) == [example.code])
            #expect((reply.json["access_token"] != nil) == (example.code == 0))
        }
    }

    @Test(arguments: [
        ("https://idp.example", "repo:contoso/mail-flow", "api://AzureADTokenExchange", 0),
        ("https://other.example", "repo:contoso/mail-flow", "api://AzureADTokenExchange", 700211),
        ("https://idp.example", "repo:contoso/other", "api://AzureADTokenExchange", 700213),
        ("https://idp.example", "repo:contoso/mail-flow", "api://else", 700212),
    ])
    func `a federated token counts by issuer, subject and audience`(
        _ example: (issuer: String, subject: String, audience: String, code: Int)
    ) async throws {
        let application = """
            , {"clientId": "c0000000-0000-4000-8000-000000000004", "federatedCredentials":
               [{"issuer": "https://idp.example", "subject": "repo:contoso/mail-flow"}]}
            """
        try await withSimulator(seed: Seeds.usual(applications: application)) { client async throws in
            let claims =
                #"{"iss":"\#(example.issuer)","sub":"\#(example.subject)","aud":"\#(example.audience)","exp":1795609000}"#
            let parts = [#"{"alg":"RS256"}"#, claims, "signature"].map { part in
                Data(part.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                    .replacing("=", with: "")
            }
            let reply = try await client.askForToken([
                "client_id": "c0000000-0000-4000-8000-000000000004", "client_secret": nil,
                "client_assertion": parts.joined(separator: "."),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ])
            #expect((reply.json["error_codes"] as? [Int] ?? [0]) == [example.code])
        }
    }

    @Test func `a managed identity is told in texts, to callers with the header`() async throws {
        let identity = #", {"clientId": "c0000000-0000-4000-8000-000000000005", "managedIdentity": true}"#
        try await withSimulator(seed: Seeds.usual(applications: identity)) { client async throws in
            let path =
                "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Foutlook.office365.com%2F"
            #expect(try await client.send("GET", path).status == 400)
            let machine = try await client.send("GET", path, headers: ["Metadata": "true"])
            #expect(machine.status == 200)
            #expect(machine.json["expires_in"] as? String == "86399")
            #expect(machine.json["expires_on"] as? String == "\(1_795_608_000 + 86_399)")
            let app = "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Foutlook.office365.com"
            #expect(try await client.send("GET", app).status == 401)
            let service = try await client.send("GET", app, headers: ["X-IDENTITY-HEADER": "simulator"])
            #expect(service.json["access_token"] is String)
        }
    }
}
