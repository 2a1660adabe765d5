import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

/// Rule 1, for every form in which a read can fail.
@Suite struct UnknownTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let faults: String
    }

    static let cases = [
        Case(
            testDescription: "every request is refused with 401",
            faults: #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"unauthorized": true}}]"#
        ),
        Case(
            testDescription: "403 with a body of NULs",
            faults:
                #"[{"match": {"cmdlet": "Get-OutboundConnector"}, "times": "always", "effect": {"forbidden": "nul"}}]"#
        ),
        Case(
            testDescription: "500 with an empty body",
            faults:
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "times": "always", "effect": {"status": 500, "body": "empty"}}]"#
        ),
        Case(
            testDescription: "throttled for ever",
            faults: #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {}}}]"#
        ),
        Case(
            testDescription: "throttled, to come back tomorrow",
            faults:
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 86400}}]"#
        ),
        Case(
            testDescription: "too many requests at once, as plain text under 200",
            faults:
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {"form": "concurrency", "status": 200}}}]"#
        ),
        Case(
            testDescription: "the second page fails",
            faults:
                #"[{"match": {"cmdlet": "Get-OutboundConnector"}, "times": "always", "effect": {"nextLink": "failing"}}]"#
        ),
        Case(
            testDescription: "the second page is at a stranger's",
            faults:
                #"[{"match": {"cmdlet": "Get-OutboundConnector"}, "times": "always", "effect": {"nextLink": "foreign"}}]"#
        ),
        Case(
            testDescription: "a row without a name",
            faults:
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "times": "always", "effect": {"rows": [{"Guid": "11111111-1111-1111-1111-111111111111"}]}}]"#
        ),
        Case(
            testDescription: "a list with a number in it",
            faults:
                #"[{"match": {"cmdlet": "Get-OutboundConnector"}, "times": "always", "effect": {"rows": [{"Name": "X", "Guid": "11111111-1111-1111-1111-111111111111", "RecipientDomains": [7]}]}}]"#
        ),
        Case(
            testDescription: "half of the answer",
            faults:
                #"[{"match": {"cmdlet": "Get-OutboundConnector"}, "times": "always", "effect": {"truncate": true}}]"#
        ),
        Case(
            testDescription: "the connection ends in the middle of the answer",
            faults: #"[{"match": {"cmdlet": "Get-TransportRule"}, "times": "always", "effect": {"drop": "body"}}]"#
        ),
        Case(
            testDescription: "no token",
            faults: #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"tokenError": 7000215}}]"#
        ),
    ]

    @Test(arguments: cases)
    func `rule 1: a read that failed is unknown: no plan, no drift, no write, exit 6`(example: Case) async throws {
        let files = [
            "fabrikam.yaml": Definition.outbound("fabrikam"),
            "tailspin.yaml": Definition.inbound("tailspin", annotations: Definition.approval),
        ]
        try await Bench.with(settings: "drift: correct, prune: delete", files: files) { bench in
            try #require(try await bench.apply().exitStatus == .done)
            try bench.repository.write(nil, to: "tenants/contoso/tailspin.yaml")
            try bench.repository.write(Definition.outbound("litware"), to: "tenants/contoso/litware.yaml")
            try await bench.repository.commit("One less, one more")
            let before = try bench.picture()
            bench.forget()
            try bench.faults(example.faults)

            let plan = try await bench.plan()
            #expect(plan.plan == nil)
            #expect(plan.exitStatus == .unknown, "\(plan.errors)")
            #expect(plan.errors.first?.message.isEmpty == false)
            let drift = try await bench.drift()
            #expect(drift.items.isEmpty)
            #expect(drift.exitStatus == .unknown)
            let apply = try await bench.apply()
            #expect(apply.exitStatus == .unknown)
            #expect(apply.result == nil)
            guard case .unknown = try await bench.status().drift else {
                Issue.record("status knows the drift of a tenant that it could not read")
                return
            }

            #expect(bench.writes.isEmpty)
            #expect(try bench.picture() == before)
            #expect(try await bench.remembered() == ["fabrikam", "tailspin"])
            #expect(try await bench.runs().first?.result == .failed)
            #expect(try await bench.runs().first?.exitCode == 6)

            try bench.faults("[]")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.remembered() == ["fabrikam", "litware"])
        }
    }

    @Test func `a service that is down at first is asked again, with waits, and then known`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.faults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "times": 2, "effect": {"status": 503, "body": "html"}}]"#
            )
            #expect(try await bench.plan().exitStatus == .done)
            #expect(bench.clock.sleeps == [.seconds(1.5), .seconds(3)])
        }
    }
}
