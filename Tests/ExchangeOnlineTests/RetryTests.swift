import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import TestSupport
import Testing
import Transfers

/// What is sent again, and how often.
@Suite(.timeLimit(.minutes(10)))
struct RetryTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// What the first requests for the cmdlet meet.
        let effects: [String]
        /// How often the cmdlet is asked for.
        let requests: Int
        /// Why it fails in the end; nothing when it does not.
        var reason: ExchangeError.Reason?
        /// The waits in between, where they matter.
        var sleeps: [Duration]?
    }

    private static func faults(_ cmdlet: String, _ effects: [String]) -> String {
        let faults = effects.map { #"{"match": {"cmdlet": "\#(cmdlet)"}, "effect": \#($0)}"# }
        return "[\(faults.joined(separator: ","))]"
    }

    @Test(arguments: [
        Case(
            testDescription: "a service that is down twice",
            effects: [#"{"status": 503, "body": "html"}"#, #"{"status": 504}"#],
            requests: 3,
            sleeps: [.seconds(1.5), .seconds(2)]
        ),
        Case(
            testDescription: "429 that says when",
            effects: [#"{"throttle": {}, "retryAfter": 9}"#],
            requests: 2,
            sleeps: [.seconds(9.5)]
        ),
        Case(
            testDescription: "429 that says when as a date that has passed",
            effects: [#"{"throttle": {}, "retryAfter": "Sun, 06 Nov 1994 08:49:37 GMT"}"#],
            requests: 2,
            sleeps: [.seconds(0.5)]
        ),
        Case(
            testDescription: "429 that says when as a date that is far away",
            effects: [#"{"throttle": {}, "retryAfter": "Sun, 06 Nov 2094 08:49:37 GMT"}"#],
            requests: 1,
            reason: .throttled
        ),
        Case(
            testDescription: "429 that does not, after which at least half of the step is waited",
            effects: [#"{"throttle": {}}"#],
            requests: 2,
            sleeps: [.seconds(1.5)]
        ),
        Case(
            testDescription: "429 that asks for an hour",
            effects: [#"{"throttle": {}, "retryAfter": 3600}"#],
            requests: 1,
            reason: .throttled
        ),
        Case(
            testDescription: "too many at once, as a 503",
            effects: [#"{"throttle": {"form": "concurrency"}}"#],
            requests: 2
        ),
        Case(
            testDescription: "too many at once, as a 200",
            effects: [#"{"throttle": {"form": "concurrency", "status": 200}}"#],
            requests: 2
        ),
        Case(
            testDescription: "a connection that ends without an answer",
            effects: [#"{"drop": "before"}"#],
            requests: 2
        ),
        Case(testDescription: "a connection that ends in the answer", effects: [#"{"drop": "body"}"#], requests: 2),
        Case(
            testDescription: "a busy back end, said by a 400",
            effects: [
                #"{"errorBody": {"type": "Microsoft.Exchange.Data.StorageTransientException", "text": "Busy."}}"#
            ],
            requests: 2
        ),
        Case(testDescription: "a 500 without a cause", effects: [#"{"status": 500}"#], requests: 2),
        Case(
            testDescription: "a service that stays down",
            effects: Array(repeating: #"{"status": 503}"#, count: 9),
            requests: 5,
            reason: .serviceUnavailable,
            sleeps: [.seconds(1.5), .seconds(3), .seconds(6), .seconds(12)]
        ),
        Case(
            testDescription: "a refusal",
            effects: [#"{"forbidden": "nul"}"#],
            requests: 1,
            reason: .permissionMissing
        ),
        Case(
            testDescription: "a token that is not taken, once",
            effects: [#"{"unauthorized": true}"#],
            requests: 2,
            sleeps: []
        ),
        Case(
            testDescription: "a token that is never taken",
            effects: Array(repeating: #"{"unauthorized": true}"#, count: 9),
            requests: 2,
            reason: .tokenRejected
        ),
        Case(testDescription: "a claims challenge", effects: [#"{"claimsChallenge": true}"#], requests: 2, sleeps: []),
    ])
    func `a read`(_ example: Case) async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(Self.faults("Get-InboundConnector", example.effects))
            let reading = await tenant.reader.read(rules: [])
            #expect(reading.error?.reason == example.reason)
            #expect(tenant.requests("Get-InboundConnector").count == example.requests)
            if let sleeps = example.sleeps { #expect(tenant.clock.sleeps == sleeps) }
        }
    }

    struct WriteCase: CustomTestStringConvertible {
        enum Outcome { case accepted, refused, ambiguous }

        let testDescription: String
        let effects: [String]
        let requests: Int
        let outcome: Outcome
        var isApplied = false
    }

    @Test(arguments: [
        WriteCase(
            testDescription: "429 is sent again",
            effects: [#"{"throttle": {}}"#],
            requests: 2,
            outcome: .accepted,
            isApplied: true
        ),
        WriteCase(
            testDescription: "429 to the end is surely not applied",
            effects: Array(repeating: #"{"throttle": {}}"#, count: 9),
            requests: 5,
            outcome: .refused
        ),
        WriteCase(
            testDescription: "a new token is fetched once",
            effects: [#"{"unauthorized": true}"#],
            requests: 2,
            outcome: .accepted,
            isApplied: true
        ),
        WriteCase(
            testDescription: "503 is not sent again",
            effects: [#"{"status": 503}"#],
            requests: 1,
            outcome: .ambiguous
        ),
        WriteCase(
            testDescription: "503 after it took effect is found out by reading",
            effects: [#"{"status": 503, "applied": true}"#],
            requests: 1,
            outcome: .ambiguous,
            isApplied: true
        ),
        WriteCase(
            testDescription: "a connection that ends after it took effect is not sent again",
            effects: [#"{"drop": "after"}"#],
            requests: 1,
            outcome: .ambiguous,
            isApplied: true
        ),
        WriteCase(
            testDescription: "a connection that ends before is not told apart",
            effects: [#"{"drop": "before"}"#],
            requests: 1,
            outcome: .ambiguous
        ),
        WriteCase(
            testDescription: "an answer that breaks off",
            effects: [#"{"drop": "body"}"#],
            requests: 1,
            outcome: .ambiguous,
            isApplied: true
        ),
        WriteCase(
            testDescription: "half an answer",
            effects: [#"{"truncate": true}"#],
            requests: 1,
            outcome: .ambiguous,
            isApplied: true
        ),
        WriteCase(
            testDescription: "errors inside a success",
            effects: [#"{"errors": ["It broke."]}"#],
            requests: 1,
            outcome: .ambiguous,
            isApplied: true
        ),
        WriteCase(
            testDescription: "too many at once, in plain text",
            effects: [#"{"throttle": {"form": "concurrency"}}"#],
            requests: 1,
            outcome: .ambiguous
        ),
        WriteCase(
            testDescription: "a busy back end, said by a 400",
            effects: [
                #"{"errorBody": {"type": "Microsoft.Exchange.Data.StorageTransientException", "text": "Busy."}}"#
            ],
            requests: 1,
            outcome: .ambiguous
        ),
        WriteCase(
            testDescription: "a broken back end, said by a 400",
            effects: [
                #"{"status": 400, "contentType": "application/json", "body": "{\"error\":{\"code\":\"InternalServerError\"}}"}"#
            ],
            requests: 1,
            outcome: .ambiguous
        ),
        WriteCase(
            testDescription: "a rule that is broken",
            effects: [#"{"errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "No."}}"#],
            requests: 1,
            outcome: .refused
        ),
        WriteCase(testDescription: "403", effects: [#"{"forbidden": "empty"}"#], requests: 1, outcome: .refused),
        WriteCase(
            testDescription: "a success without a body",
            effects: [#"{"status": 204, "applied": true}"#],
            requests: 1,
            outcome: .accepted,
            isApplied: true
        ),
    ])
    func `a write`(_ example: WriteCase) async throws {
        try await withTenant { tenant in
            _ = await tenant.reader.read(rules: [])  // so that there is a connection to reuse
            try tenant.simulator.setFaults(Self.faults("New-OutboundConnector", example.effects))
            let outcome = await tenant.writer.create(
                .outboundConnector,
                name: "Fabrikam",
                settings: ["recipientDomains": ["fabrikam.com"], "useMXRecord": true]
            )
            switch example.outcome {
            case .accepted: #expect(outcome.isAccepted)
            case .refused: #expect(outcome.refusal != nil)
            case .ambiguous: #expect(outcome.ambiguity != nil)
            }
            #expect(tenant.requests("New-OutboundConnector").count == example.requests)
            #expect(tenant.simulator.state().contains("Fabrikam") == example.isApplied)
        }
    }

    @Test func `a write to a service that cannot be reached was surely not applied`() async throws {
        try await withTenant { tenant in
            _ = await tenant.reader.read(rules: [])
            await tenant.simulator.stop()
            let outcome = await tenant.writer.delete(.outboundConnector, guid: "", name: "x")
            let error = try #require(outcome.refusal)
            #expect(error.reason == .transferFailed)
            #expect(error.message.contains("127.0.0.1:\(tenant.simulator.port)"))
            #expect(tenant.clock.sleeps.count == 4)
        }
    }

    @Test func `a claims challenge is answered with the claims`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "times": "always", "effect": {"claimsChallenge": true}}]"#
            )
            // The simulator lets a token pass that was asked for with what the challenge wanted.
            #expect(await tenant.reader.read(rules: []).error == nil)
            #expect(tenant.tokenRequests.count == 2)
            #expect(tenant.tokenRequests.last?.body.contains("claims=") == true)
            _ = try await tenant.tokens.token(for: .graph)
            #expect(tenant.tokenRequests.last?.body.contains("claims=") == false)
        }
    }

    @Test func `a cancelled read ends at once and says so`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"hold": "head"}}]"#
            )
            let reader = tenant.reader
            let task = Task { await reader.read(rules: []) }
            while tenant.simulator.requests().filter({ $0.cmdlet != nil }).count < 2 { await Task.yield() }
            task.cancel()
            #expect(await task.value.error?.reason == .cancelled)
        }
    }
}
