import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import TestSupport
import Testing

/// The trace through Graph, where the admin API refuses it.
@Suite(.timeLimit(.minutes(10)))
struct GraphTraceTests {
    private static let mail = #"""
        "faults": [{"fault": "refused", "share": 0.3}, {"fault": "unknown-user", "share": 0.1}],
        "traffic": [{"domain": "fabrikam.com", "perHour": 20, "recipients": 2}]
        """#

    /// A tenant whose application may read the trace over Graph, and not over the admin API.
    private func withGraph(
        roles: String = #""Exchange.ManageAsApp", "ExchangeMessageTrace.Read.All""#,
        forms: String = #""lag": 0, "words": "lower""#,
        _ body: (SimulatedTenant) async throws -> Void
    ) async throws {
        var options = TraceTests.options(Self.mail, forms: forms)
        options.application = #""clientSecret": "\#(SimulatedTenant.secret)""#
        options.roles = roles
        try await withTenant(options) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTrace*"}, "times": "always", "effect": {"forbidden": "nul"}}]"#
            )
            try await body(tenant)
        }
    }

    private func trace(
        _ tenant: SimulatedTenant,
        statuses: [String] = [],
        pages: Int = 100,
        size: Int = 5_000
    ) async -> Reading<TraceList> {
        await tenant.reader.messageTrace(
            from: TraceTests.start,
            to: TraceTests.start.addingTimeInterval(86_400),
            statuses: statuses,
            maximumPages: pages,
            pageSize: size
        )
    }

    @Test func `it tells the same messages as the admin API, page by page`() async throws {
        try await withGraph { tenant in
            let pages = try await trace(tenant, size: 100).get()
            #expect(pages.isComplete)
            #expect(pages.requests == (pages.messages.count + 99) / 100)
            try tenant.simulator.setFaults("[]")
            let direct = try await trace(tenant).get()
            let key = { (message: TracedMessage) in "\(message.traceId) \(message.recipient) \(message.status)" }
            #expect(Set(pages.messages.map(key)) == Set(direct.messages.map(key)))
            #expect(pages.messages.count == direct.messages.count)
            #expect(pages.serviceTime == TraceTests.start.addingTimeInterval(86_400))
        }
    }

    @Test func `one word is asked for at a time, and pages count together`() async throws {
        try await withGraph { tenant in
            let list = try await trace(tenant, statuses: ["Failed", "Pending"]).get()
            #expect(list.requests == 2)
            #expect(Set(list.messages.map(\.status)) == ["failed", "pending"])
            let cut = try await trace(tenant, statuses: ["Failed", "Pending"], pages: 2, size: 5).get()
            #expect(!cut.isComplete)
            #expect(cut.requests == 2)
        }
    }

    @Test func `events are told too`() async throws {
        try await withGraph { tenant in
            let message = try #require(try await trace(tenant, statuses: ["Failed"]).get().messages.first)
            let events = try await tenant.reader.traceEvents(
                of: message.traceId,
                to: message.recipient,
                from: message.received,
                until: message.received.addingTimeInterval(86_400)
            ).get().events
            #expect(events.contains { $0.event.lowercased() == "fail" && $0.detail.contains("550 5.1.1") })
        }
    }

    @Test func `where Graph does not let us either, the admin API's refusal is told`() async throws {
        try await withGraph(roles: #""Exchange.ManageAsApp""#) { tenant in
            let error = await trace(tenant).error
            #expect(error?.reason == .permissionMissing)
            #expect(error?.cmdlet == "Get-MessageTraceV2")
        }
        try await withGraph(forms: #""graph": false"#) { tenant in
            #expect(await trace(tenant).error?.cmdlet == "Get-MessageTraceV2")
        }
    }

    @Test func `Graph's own quota is not waited for`() async throws {
        try await withGraph(forms: #""quota": 2"#) { tenant in
            #expect(await trace(tenant).error == nil)
            #expect(await trace(tenant).error == nil)
            #expect(await trace(tenant).error?.reason == .throttled)
            #expect(tenant.clock.sleeps.isEmpty)
        }
    }

    @Test(arguments: [
        (#""body": "{\"value\": 3}""#, ExchangeError.Reason.answerMalformed),
        (#""body": "{\"value\": [{}]}""#, .rowMalformed),
        (#""body": "{\"value\": [], \"@odata.nextLink\": \"https://graph.example/x\"}""#, nil),
        (
            #""body": "{\"value\": [{\"id\": \"1\", \"receivedDateTime\": \"2026-11-25T13:00:00Z\", \"recipientAddress\": \"a@b\", \"status\": \"failed\"}], \"@odata.nextLink\": \"https://graph.example/x\"}""#,
            .foreignLink
        ),
    ])
    func `an answer that is not Graph's is unknown`(effect: String, reason: ExchangeError.Reason?) async throws {
        try await withGraph { tenant in
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"cmdlet": "Get-MessageTrace*"}, "times": "always", "effect": {"forbidden": "nul"}},
                 {"match": {"path": "/tracing/"}, "times": "always", "effect": {"status": 200, \#(effect)}}]
                """#
            )
            #expect(await trace(tenant).error?.reason == reason)
        }
    }
}
