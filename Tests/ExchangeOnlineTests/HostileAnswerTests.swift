import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

/// Answers that are far larger, deeper or wider than those of any tenant: each ends at a bound, in words.
@Suite(.timeLimit(.minutes(10)))
struct HostileAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// A JSON text in the place of the rows.
        let value: String
        /// What the message says.
        let words: String
    }

    @Test(arguments: [
        Case(
            testDescription: "more bytes than an answer may have",
            value: "[\"" + String(repeating: "x", count: 8 << 20) + "\"]",
            words: "8388608"
        ),
        Case(
            testDescription: "deeper than any row",
            value: String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
            words: "it is nested too deeply"
        ),
        Case(
            testDescription: "as many values as two bytes each allow",
            value: "[" + String(repeating: "0,", count: 400_000) + "0]",
            words: "it holds more than 400000 values"
        ),
        Case(
            testDescription: "an object wider than any row",
            value: "[{" + (0...4_096).map { "\"\($0)\":0" }.joined(separator: ",") + "}]",
            words: "an object has more than 4096 members"
        ),
    ])
    func `rule 13: an answer beyond a bound makes the tenant unknown`(_ example: Case) async throws {
        let error = try await reading { path, _ in
            path.contains("InvokeCommand") ? Array(#"{"@adminapi.warnings":[],"value":\#(example.value)}"#.utf8) : nil
        }
        #expect(error?.message.contains(example.words) == true, "\(error?.message ?? "no error")")
    }

    @Test(
        arguments: [
            (#""expires_on":-9223372036854775808"#, .tokenUnavailable),
            (#""expires_on":"-9223372036854775808""#, .tokenUnavailable), (#""expires_on":0"#, .tokenUnavailable),
            (#""expires_in":-9223372036854775808"#, .tokenUnavailable), (#""expires_in":1e400"#, .tokenUnavailable),
            // These are taken; what is asked with them is answered with one more token.
            (#""expires_on":9223372036854775807"#, .answerMalformed), (#""expires_in":3600"#, .answerMalformed),
        ] as [(String, ExchangeError.Reason)]
    )
    func `rule 13: a token with an end that cannot be is none`(
        end: String,
        reason: ExchangeError.Reason
    ) async throws {
        let error = try await reading { path, _ in
            path.contains("/oauth2/") ? Array(#"{"access_token":"x",\#(end)}"#.utf8) : nil
        }
        #expect(error?.reason == reason, "\(error?.message ?? "no error")")
    }

    @Test func `rule 13: pages that are small each and endless together are given up`() async throws {
        let count = Mutex(0)
        let filler = String(repeating: "x", count: 1 << 20)
        let error = try await reading { path, port in
            guard path.contains("InvokeCommand") else { return nil }
            let number = count.withLock { count in
                count += 1
                return count
            }
            let link = "http://127.0.0.1:\(port)/adminapi/beta/x/InvokeCommand?%24skiptoken=\(number)"
            return Array(#"{"value":[{"Name":"\#(filler)"}],"@odata.nextLink":"\#(link)"}"#.utf8)
        }
        #expect(error?.reason == .answerIncomplete)
        #expect(error?.message.contains("larger than those of any tenant") == true)
    }

    @Test(arguments: [#""@adminapi.warnings":[]"#, #""value":null"#, #""value":[],"@odata.nextLink":"NEXT""#])
    func `a continuation without rows makes the whole list unknown`(page: String) async throws {
        let error = try await reading { path, port in
            guard path.contains("InvokeCommand") else { return nil }
            let link = "http://127.0.0.1:\(port)/adminapi/beta/x/InvokeCommand?%24skiptoken="
            if path.contains("skiptoken=1") { return Array("{\(page.replacing("NEXT", with: "\(link)2"))}".utf8) }
            let row =
                #"{"Name":"x","Guid":"3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01","DomainName":"contoso.onmicrosoft.com"}"#
            let end = path.contains("skiptoken") ? "" : #","@odata.nextLink":"\#(link)1""#
            return Array(#"{"value":[\#(row)]\#(end)}"#.utf8)
        }
        #expect(error?.reason == .answerIncomplete, "\(error?.message ?? "read")")
        #expect(error?.message.contains("a page of it came empty") == true)
    }

    @Test(arguments: ["https://127.0.0.1:OWN", "http://127.0.0.1:OTHER", "http://localhost:OWN"])
    func `a continuation to another scheme, port or name of the service's host is not followed`(
        origin: String
    ) async throws {
        let asked = Mutex(0)
        let other = try AnsweringServer { _, _ in
            asked.withLock { $0 += 1 }
            return Array(#"{"value":[]}"#.utf8)
        }
        defer { other.stop() }
        let otherPort = other.port
        let error = try await reading { path, port in
            guard path.contains("InvokeCommand") else { return nil }
            let place = origin.replacing("OWN", with: "\(port)").replacing("OTHER", with: "\(otherPort)")
            let link = "\(place)/adminapi/beta/x/InvokeCommand?%24skiptoken=1"
            return Array(#"{"value":[{"Name":"x"}],"@odata.nextLink":"\#(link)"}"#.utf8)
        }
        #expect(error?.reason == .foreignLink, "\(error?.message ?? "read")")
        #expect(asked.withLock(\.self) == 0)
    }

    @Test func `rule 13: warnings without end are cut, and it is told that there were more`() async throws {
        let error = try await withReader { path, port in
            guard path.contains("InvokeCommand") else { return nil }
            let isFirst = !path.contains("skiptoken")
            let warnings = (0..<20_000).map { "\"\(isFirst ? "a" : "b")\($0)\"" }.joined(separator: ",")
            let row =
                #"{"Name":"x","Guid":"3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01","DomainName":"contoso.onmicrosoft.com"}"#
            let link = "http://127.0.0.1:\(port)/adminapi/beta/x/InvokeCommand?%24skiptoken=1"
            let end = isFirst ? #","@odata.nextLink":"\#(link)""# : ""
            return Array(#"{"@adminapi.warnings":[\#(warnings)],"value":[\#(isFirst ? row : "")]\#(end)}"#.utf8)
        } _: { reader in
            let reading = await reader.read(rules: [])
            #expect(reading.value?.warnings.count == 101)
            #expect(reading.value?.warnings.last == "(and more warnings, which are left out here)")
            return reading.error
        }
        #expect(error == nil, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "https://evil.example/api/v1.0/T/activity/feed/audit/1", "http://127.0.0.1:1/api/v1.0/T/activity/feed/audit/1",
        "ORIGIN/api/v1.0/other-tenant/activity/feed/audit/1", "ORIGIN/api/v1.0/T/activity/feed/../../secret",
        "ORIGIN/api/v1.0/T/activity/feed/%2e%2e/secret", "ORIGIN/adminapi/beta/T/InvokeCommand", "audit/1", "",
        "https://HOST/api/v1.0/T/activity/feed/audit/1",
        "ORIGIN/api/v1.0/T/activity/feed/audit/LONG",
    ])
    func `the activity feed is not followed to what is not this tenant's feed`(address: String) async throws {
        let asked = Mutex<[String]>([])
        let error = try await feed { path, port in
            asked.withLock { $0.append(path) }
            guard path.contains("/subscriptions/content") else { return nil }
            let uri = address.replacing("ORIGIN", with: "http://127.0.0.1:\(port)")
                .replacing("HOST", with: "127.0.0.1:\(port)").replacing("/T/", with: "/\(SimulatedTenant.id)/")
                .replacing("LONG", with: String(repeating: "1", count: 4_096))
            return Array(#"[{"contentUri": "\#(uri)"}]"#.utf8)
        }
        #expect(error?.reason == .foreignLink)
        #expect(asked.withLock(\.self).allSatisfy { $0.contains("/oauth2/") || $0.contains("/subscriptions/content") })
    }

    @Test(arguments: [0, 1]) func `an address of the activity feed is followed up to 4,096 bytes`(
        more: Int
    ) async throws {
        let asked = Mutex(0)
        let error = try await feed { path, port in
            if path.contains("/audit/") { asked.withLock { $0 += 1 } }
            guard path.contains("/subscriptions/content") else {
                return path.contains("/oauth2/") ? nil : Array("[]".utf8)
            }
            let start = "http://127.0.0.1:\(port)/api/v1.0/\(SimulatedTenant.id)/activity/feed/audit/"
            let uri = start + String(repeating: "1", count: 4_096 + more - start.utf8.count)
            return Array(#"[{"contentUri": "\#(uri)"}]"#.utf8)
        }
        #expect(asked.withLock(\.self) == 1 - more)
        #expect((error?.reason == .foreignLink) == (more == 1), "\(error?.message ?? "read")")
        if more == 1 { #expect(error?.message.contains("4097 bytes") == true) }
    }

    @Test func `one piece of the activity feed that has no end is given up`() async throws {
        let filler = [UInt8](repeating: UInt8(ascii: "["), count: 9 << 20)
        let error = try await feed { path, port in
            guard path.contains("/activity/feed/") else { return nil }
            guard path.contains("/subscriptions/content") else { return filler }
            let feed = "http://127.0.0.1:\(port)/api/v1.0/\(SimulatedTenant.id)/activity/feed"
            return Array(#"[{"contentUri": "\#(feed)/audit/1"}]"#.utf8)
        }
        #expect(error?.reason == .transferFailed || error?.reason == .answerIncomplete, "\(error?.id ?? "read")")
    }

    /// Why the activity feed is unknown behind a server that answers with what `answers` gives.
    private func feed(
        _ answers: @escaping @Sendable (_ path: String, _ port: Int) -> [UInt8]?
    ) async throws -> ExchangeError? {
        try await withReader(answers) { reader in
            let now = Date()
            return await reader.activityTrail(since: now.addingTimeInterval(-600), until: now).error
        }
    }

    /// Why the tenant is unknown behind a server that answers each request with what `answers` gives, by path and port.
    private func reading(
        _ answers: @escaping @Sendable (_ path: String, _ port: Int) -> [UInt8]?
    ) async throws -> ExchangeError? {
        try await withReader(answers) { reader in await reader.read(rules: []).error }
    }

    private func withReader(
        _ answers: @escaping @Sendable (_ path: String, _ port: Int) -> [UInt8]?,
        _ body: (TenantReader) async -> ExchangeError?
    ) async throws -> ExchangeError? {
        let port = Mutex(0)
        let server = try AnsweringServer { path, _ in
            answers(path, port.withLock(\.self)) ?? Array(#"{"access_token":"x","expires_in":3600}"#.utf8)
        }
        defer { server.stop() }
        port.withLock { $0 = server.port }
        let url = "http://127.0.0.1:\(server.port)"
        let endpoints = try Endpoints(cloud: .worldwide, login: url, exchange: url, graph: url, activity: url)
        let pool = try TransferPool()
        let timing = Timing(clock: SkippingClock())
        let tokens = TokenSource(
            tenantId: SimulatedTenant.id,
            endpoints: endpoints,
            credential: .clientSecret(clientId: SimulatedTenant.clientId, secret: { "x" }),
            pool: pool,
            timing: timing
        )
        let connection = TenantConnection(
            tenantId: SimulatedTenant.id,
            organization: "contoso.onmicrosoft.com",
            endpoints: endpoints,
            tokens: tokens,
            pool: pool,
            timing: timing
        )
        return await body(TenantReader(connection))
    }
}
