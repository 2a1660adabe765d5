import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing

/// The message trace: pages without links, rows that come again, words of any kind.
@Suite(.timeLimit(.minutes(10)))
struct TraceTests {
    static let start = Date(timeIntervalSince1970: 1_795_608_000)

    /// A tenant with mail, whose clock stands `hours` after the mail began; no lag unless asked for.
    static func options(_ mail: String, hours: Double = 24, forms: String = #""lag": 0"#) -> TenantOptions {
        var options = TenantOptions(
            members:
                #""outboundConnectors": [], "mail": {"historyHours": \#(Int(hours)), "trace": {\#(forms)}, \#(mail)}"#
        )
        let now = start.addingTimeInterval(hours * 3_600)
        options.now = { now }
        options.serviceNow = { now }
        return options
    }

    private static let traffic = #""traffic": [{"domain": "fabrikam.com", "perHour": 20, "recipients": 3}]"#

    private func trace(
        _ tenant: SimulatedTenant,
        statuses: [String] = [],
        pages: Int = 1_000,
        size: Int = 5_000
    ) async -> Reading<TraceList> {
        await tenant.reader.messageTrace(
            from: Self.start,
            to: Self.start.addingTimeInterval(86_400),
            statuses: statuses,
            maximumPages: pages,
            pageSize: size
        )
    }

    private func keys(_ list: TraceList) -> Set<String> { Set(list.messages.map { "\($0.traceId) \($0.recipient)" }) }

    @Test(arguments: [7, 50, 300, 5_000])
    func `the pages of any size give the same messages, each once`(_ size: Int) async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            let whole = try await trace(tenant).get()
            #expect(whole.requests == 1 && whole.isComplete)
            #expect(whole.messages.count > 600)
            tenant.simulator.clearRequests()
            try tenant.simulator.set(#"{"tenant": "contoso.com", "mail": {"trace": {"lag": 0, "quota": 100000}}}"#)
            let list = try await trace(tenant, size: size).get()
            #expect(list.isComplete)
            #expect(keys(list) == keys(whole))
            #expect(list.messages.count == keys(list).count)
            #expect(list.requests == tenant.requests("Get-MessageTraceV2").count)
            #expect(list.requests >= whole.messages.count / size)
            #expect(zip(list.messages, list.messages.dropFirst()).allSatisfy { $0.received >= $1.received })
        }
    }

    @Test func `many messages of one second are told apart by their recipients`() async throws {
        let mail =
            #""messages": [{"at": "2026-11-25T13:00:00Z", "from": "a@contoso.com", "to": [\#((0..<40).map { "\"r\($0)@fabrikam.com\"" }.joined(separator: ","))]}]"#
        try await withTenant(Self.options(mail, forms: #""lag": 0, "repeats": 0.5"#)) { tenant in
            let list = try await trace(tenant, size: 7).get()
            #expect(list.messages.count == 40)
            #expect(list.isComplete)
        }
    }

    @Test func `a listing that is cut is the newest part, and says so`() async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            let whole = try await trace(tenant).get()
            let list = try await trace(tenant, pages: 2, size: 100).get()
            #expect(!list.isComplete)
            #expect(list.requests == 2)
            #expect(list.messages.count > 100 && list.messages.count <= 200)
            #expect(list.messages.map(\.received) == whole.messages.prefix(list.messages.count).map(\.received))
        }
    }

    @Test func `both dates are sent with every page, and the service's words are asked for`() async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            _ = await trace(tenant, statuses: ["Failed", "Pending"], pages: 3, size: 5)
            for request in tenant.requests("Get-MessageTraceV2") {
                let parameters = try #require(request.parameters)
                #expect(parameters.contains(#""StartDate":"2026-11-25T12:00:00.0000000Z""#))
                #expect(parameters.contains(#""EndDate":"2026-11-2"#))
                #expect(parameters.contains(#""Status":["Failed","Pending"]"#))
            }
        }
    }

    @Test func `more than a hundred calls in five minutes are refused, and not waited for`() async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            for _ in 0..<100 { #expect(await trace(tenant, pages: 1, size: 1).error == nil) }
            let error = try #require(await trace(tenant, pages: 1, size: 1).error)
            #expect(error.reason == .throttled)
            #expect(tenant.requests("Get-MessageTraceV2").count == 101)
            #expect(tenant.clock.sleeps.isEmpty)
        }
    }

    @Test func `words in any case and words that no one knows come as they are`() async throws {
        let forms = #""lag": 0, "oddWords": 0.3"#
        try await withTenant(Self.options(Self.traffic, forms: forms)) { tenant in
            let words = Set(try await trace(tenant).get().messages.map(\.status))
            #expect(words == ["Delivered", "delivered", "Resolved", "resolved", "HandedOver", "handedOver"])
        }
    }

    /// What takes the place of the rows, and why the trace cannot be read then.
    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let effect: String
        let reason: ExchangeError.Reason
    }

    /// A row whose members are JSON texts.
    private static func row(
        id: String = #""1""#,
        received: String = #""2026-11-25T13:00:00.0000000Z""#,
        status: String = #""Pending""#
    ) -> String {
        #"{"MessageTraceId": \#(id), "Received": \#(received), "SenderAddress": null, "RecipientAddress": "b@fabrikam.com", "Status": \#(status)}"#
    }

    @Test(arguments: [
        Broken(testDescription: "forbidden", effect: #""forbidden": "nul""#, reason: .permissionMissing),
        Broken(testDescription: "an outage", effect: #""status": 500, "body": "html""#, reason: .serviceUnavailable),
        Broken(testDescription: "half an answer", effect: #""truncate": true"#, reason: .answerMalformed),
        Broken(testDescription: "no object", effect: #""rows": [1]"#, reason: .rowMalformed),
        Broken(testDescription: "an empty row", effect: #""rows": [{}]"#, reason: .rowMalformed),
        Broken(
            testDescription: "a time that is none",
            effect: #""rows": [\#(row(received: #""soon""#))]"#,
            reason: .rowMalformed
        ),
        Broken(
            testDescription: "an id without end",
            effect: #""rows": [\#(row(id: "\"" + String(repeating: "x", count: 129) + "\""))]"#,
            reason: .rowMalformed
        ),
        Broken(
            testDescription: "a status that is a number",
            effect: #""rows": [\#(row(status: "3"))]"#,
            reason: .rowMalformed
        ),
        Broken(
            testDescription: "more to come, and none of it",
            effect: #""rows": [\#(row()), \#(row())], "warnings": ["more"]"#,
            reason: .answerIncomplete
        ),
        Broken(
            testDescription: "the oldest first, and more to come",
            effect:
                #""rows": [\#(row()), \#(row(id: #""2""#, received: #""2026-11-25T14:00:00Z""#))], "warnings": ["more"]"#,
            reason: .answerIncomplete
        ),
    ])
    func `a trace that makes no sense is unknown`(_ example: Broken) async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTraceV2"}, "times": "always", "effect": {\#(example.effect)}}]"#
            )
            let error = try #require(await trace(tenant, size: 2).error)
            #expect(error.reason == example.reason, "\(error.message)")
            #expect(!error.message.contains("fabrikam"))
        }
    }

    @Test func `a warning of anything else does not make the listing endless`() async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTraceV2"}, "times": "always", "effect": {"rows": [\#(Self.row())], "warnings": ["This cmdlet will change."]}}]"#
            )
            let list = try await trace(tenant).get()
            #expect(list.messages.count == 1)
            #expect(list.isComplete)
            #expect(list.requests == 2)
        }
    }

    @Test func `an answer larger than five thousand rows can be is given up`() async throws {
        let filler = String(repeating: "x", count: 13 << 20)
        try await withTenant(Self.options(Self.traffic)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTrace*"}, "times": "always", "effect": {"rows": ["\#(filler)"]}}]"#
            )
            #expect(await trace(tenant).error?.reason == .transferFailed)
        }
    }

    @Test func `a span that the service would refuse is not asked for`() async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            for days in [-1.0, 10.1] {
                let error = await tenant.reader.messageTrace(
                    from: Self.start,
                    to: Self.start.addingTimeInterval(days * 86_400),
                    maximumPages: 1
                ).error
                #expect(error?.reason == .valueInvalid)
            }
            #expect(tenant.requests("Get-MessageTraceV2").isEmpty)
            let error = await tenant.reader.messageTrace(
                from: Self.start.addingTimeInterval(-91 * 86_400),
                to: Self.start.addingTimeInterval(-90 * 86_400),
                maximumPages: 1
            ).error
            #expect(error?.reason == .valueInvalid)
        }
    }

    @Test func `the first cmdlet of the trace answers 400`() async throws {
        try await withTenant(Self.options(Self.traffic)) { tenant in
            let refusal = #expect(throws: SimulatorError.self) {
                try tenant.simulator.edit(
                    tenant: SimulatedTenant.id,
                    userId: "eve@contoso.com",
                    cmdlet: "Get-MessageTrace",
                    parameters: "{}"
                )
            }
            #expect(refusal?.description.contains("Get-MessageTraceV2") == true)
        }
    }

    // MARK: Events

    private static let broken =
        #""messages": [{"at": "2026-11-25T13:00:00Z", "from": "a@contoso.com", "to": ["b@fabrikam.com"]}], "faults": [{"fault": "refused"}]"#

    private func events(_ tenant: SimulatedTenant) async throws -> Reading<TraceEvents> {
        let message = try #require(await trace(tenant).get().messages.first)
        return await tenant.reader.traceEvents(
            of: message.traceId,
            to: message.recipient,
            from: message.received.addingTimeInterval(-60),
            until: Self.start.addingTimeInterval(86_400)
        )
    }

    @Test(arguments: ["documented", "lower", "mixed"])
    func `the events of a message tell why it waits`(_ words: String) async throws {
        let forms = #""lag": 0, "words": "\#(words)""#
        try await withTenant(Self.options(Self.broken, forms: forms)) { tenant in
            let told = try await events(tenant).get()
            #expect(told.serviceTime == Self.start.addingTimeInterval(86_400))
            let deferred = told.events.filter { $0.event.lowercased() == "defer" }
            // At once, after 15 and 30 minutes, then hourly: the clock stands 23 hours after its arrival.
            #expect(deferred.count == 3 + 22)
            #expect(deferred.allSatisfy { $0.detail.contains("450 4.4.316 Connection refused") })
            #expect(told.events.first?.event.lowercased() == "receive")
            #expect(zip(told.events, told.events.dropFirst()).allSatisfy { $0.date <= $1.date })
        }
    }

    @Test func `events without a time, or without end, are unknown`() async throws {
        try await withTenant(Self.options(Self.broken)) { tenant in
            let many = (0...1_000).map { _ in #"{"Date": "2026-11-25T13:00:00Z", "Event": "Defer"}"# }
            for (rows, reason) in [
                (#"{"Event": "Defer"}"#, ExchangeError.Reason.rowMalformed),
                (many.joined(separator: ","), .answerIncomplete),
            ] {
                try tenant.simulator.setFaults(
                    #"[{"match": {"cmdlet": "Get-MessageTraceDetailV2"}, "effect": {"rows": [\#(rows)]}}]"#
                )
                #expect(try await events(tenant).error?.reason == reason)
            }
        }
    }

    @Test func `a text without end is cut between two characters`() async throws {
        let text = String(repeating: "ä", count: 100_000)
        try await withTenant(Self.options(Self.broken)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTraceDetailV2"}, "effect": {"rows": [{"Date": "2026-11-25T13:00:00Z", "Event": "Defer", "Detail": "x\#(text)", "Data": "\#(text)"}]}}]"#
            )
            let event = try #require(try await events(tenant).get().events.first)
            #expect(event.detail.utf8.count == (16 << 10) - 1)
            #expect(event.data.utf8.count == 64 << 10)
        }
    }
}
