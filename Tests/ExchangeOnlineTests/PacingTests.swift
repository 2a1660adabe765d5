import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing

/// What every request waits at, and what it tells of the service's wishes.
@Suite(.timeLimit(.minutes(5)))
struct PacingTests {
    /// Grants every turn and notes it; after a rest only what heeds none goes on.
    private final class Notes: Sendable {
        private struct State {
            var turns = 0
            var rests: [Duration] = []
            var left: [Duration] = []
        }

        private let state = Mutex(State())

        var turns: Int { state.withLock(\.turns) }
        var rests: [Duration] { state.withLock(\.rests) }

        /// - Parameter left: What the next requests that heed it are told to wait.
        func rest(_ left: Duration...) { state.withLock { $0.left = left } }

        var pacing: RequestPacing {
            RequestPacing(
                turn: { heedsRest in
                    self.state.withLock { state in
                        if heedsRest, !state.left.isEmpty { return state.left.removeFirst() }
                        state.turns += 1
                        return nil
                    }
                },
                rest: { duration in self.state.withLock { $0.rests.append(duration) } }
            )
        }
    }

    private static func with(_ body: @escaping (SimulatedTenant, Notes) async throws -> Void) async throws {
        let notes = Notes()
        var options = TenantOptions()
        options.pacing = notes.pacing
        try await withTenant(options) { try await body($0, notes) }
    }

    @Test func `every request takes a turn, those for tokens and for the host too`() async throws {
        try await Self.with { tenant, notes in
            _ = try await tenant.reader.read(rules: []).get()
            #expect(notes.turns == tenant.simulator.requests().count)
            #expect(tenant.tokenRequests.count == 1)
        }
    }

    @Test func `what one caller is told by Retry-After is passed on`() async throws {
        try await Self.with { tenant, notes in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-AcceptedDomain"}, "effect": {"throttle": {}, "retryAfter": 9}}]"#
            )
            _ = try await tenant.reader.read(rules: []).get()
            #expect(notes.rests == [.seconds(9)])
        }
    }

    @Test func `the quota of the message trace holds up nothing else`() async throws {
        try await Self.with { tenant, notes in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTrace*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 90}}]"#
            )
            let now = Date()
            let hour = now.addingTimeInterval(-3_600)
            let reading = await tenant.reader.messageTrace(from: hour, to: now, maximumPages: 1)
            #expect(reading.error?.reason == .throttled)
            #expect(notes.rests == [])
        }
    }

    @Test func `a short rest is waited out, and then the request is sent`() async throws {
        try await Self.with { tenant, notes in
            _ = try await tenant.reader.blockedConnectors().get()
            tenant.simulator.clearRequests()
            notes.rest(.seconds(20))
            _ = try await tenant.reader.blockedConnectors().get()
            #expect(tenant.clock.sleeps.last == .seconds(20))
            #expect(tenant.simulator.requests().count == 1)
        }
    }

    @Test func `in a long rest nothing is sent, and the caller learns when to come back`() async throws {
        try await Self.with { tenant, notes in
            _ = try await tenant.reader.blockedConnectors().get()
            tenant.simulator.clearRequests()
            notes.rest(.seconds(900))
            let error = await tenant.reader.blockedConnectors().error
            #expect(error?.reason == .throttled)
            #expect(error?.retryAfter == .seconds(900))
            #expect(tenant.simulator.requests().isEmpty)
        }
    }

    @Test func `a write that was held back was surely not applied`() async throws {
        try await Self.with { tenant, notes in
            notes.rest(.seconds(900))
            let outcome = await tenant.writer.delete(.inboundConnector, guid: "x", name: "x")
            #expect(outcome.refusal?.reason == .throttled)
        }
    }
}

/// When the credential ends by which we sign in.
@Suite(.timeLimit(.minutes(5)))
struct CredentialEndTests {
    private static let end = "2030-01-02T03:04:05Z"

    private static func end(_ secrets: String, roles: String) async throws -> Reading<Date?> {
        var options = TenantOptions()
        options.application = #""clientSecrets": [\#(secrets)]"#
        options.roles = #""Exchange.ManageAsApp"\#(roles)"#
        return try await withTenant(options) { await $0.reader.credentialEnd() }
    }

    private static let own = #"{"value": "\#(SimulatedTenant.secret)", "expires": "\#(end)"}"#
    private static let other = #"{"value": "another secret of this application", "expires": "2029-01-01T00:00:00Z"}"#

    @Test func `Graph tells the end of the secret that is ours, where the application may ask`() async throws {
        let end = try await Self.end("\(Self.own), \(Self.other)", roles: #", "Application.Read.All""#)
        #expect(try end.get() == Timestamp.instant(Self.end))
    }

    @Test func `without the permission it is not known, and Graph is not asked`() async throws {
        var options = TenantOptions()
        options.application = #""clientSecrets": [\#(Self.own)]"#
        try await withTenant(options) { (tenant: SimulatedTenant) async throws in
            #expect(try await tenant.reader.credentialEnd().get() == nil)
            #expect(tenant.simulator.requests().allSatisfy { $0.path.contains("/oauth2/") })
        }
    }

    @Test func `a secret without an end has none`() async throws {
        let end = try await Self.end(#"{"value": "\#(SimulatedTenant.secret)"}"#, roles: #", "Application.Read.All""#)
        #expect(try end.get() == nil)
    }

    @Test func `a Graph that does not answer leaves it unknown`() async throws {
        var options = TenantOptions()
        options.roles = #""Exchange.ManageAsApp", "Application.Read.All""#
        try await withTenant(options) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/applications"}, "times": "always", "effect": {"status": 503, "body": "html"}}]"#
            )
            #expect(await tenant.reader.credentialEnd().error != nil)
        }
    }
}
