import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Testing

/// What a row may look like: forms of lists, and parts of a rule that no definition can say.
@Suite(.timeLimit(.minutes(10)))
struct RowFormTests {
    @Test func `lists come as arrays, alone, joined, in braces or not at all`() async throws {
        let forms = [
            #"["a.example", "b.example"]"#, #""a.example,b.example""#, #""a.example, b.example""#,
            #""{a.example, b.example}""#,
        ]
        for form in forms {
            try await withTenant { tenant in
                try tenant.simulator.setFaults(
                    #"""
                    [{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"rows": [
                      {"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "SenderDomains": \#(form),
                       "EFUsers": "one@a.example", "TrustedOrganizations": null, "Enabled": "True", "RequireTLS": false}]}}]
                    """#
                )
                let observed = try await tenant.reader.read(rules: []).get()
                let connector = try #require(observed.connectors.first)
                #expect(connector.settings["senderDomains"] == .list(["a.example", "b.example"]))
                #expect(connector.settings["efUsers"] == .list(["one@a.example"]))
                #expect(connector.settings["trustedOrganizations"] == .list([]))
                #expect(connector.settings["senderIPAddresses"] == .list([]))
                #expect(connector.settings["enabled"] == true)
                #expect(connector.settings["requireTls"] == false)
                #expect(connector.settings["cloudServicesMailEnabled"] == nil)
            }
        }
    }

    private static let endless = String(repeating: "9", count: 400)

    @Test(
        arguments: [
            ("/Date(1795608000000)/", "2026-11-25T12:00:00Z"), ("/Date(253402300799999)/", "9999-12-31T23:59:59Z"),
            ("/Date(253402300800000)/", nil), ("/Date(-62135596800000)/", nil),
            ("/Date(100000000000000000000000)/", nil), ("/Date(\(endless))/", nil), ("/Date(-\(endless))/", nil),
            ("/Date(--1)/", nil), ("/Date()/", nil),
        ] as [(String, String?)]
    )
    func `a date in milliseconds is one where it can be written, else it is not known`(
        date: String,
        text: String?
    ) async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"cmdlet": "Get-OutboundConnector"}, "times": "always", "effect": {"rows": [
                  {"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "WhenChanged": "\#(date)",
                   "IsValidated": true, "LastValidationTimestamp": "\#(date)"}]}}]
                """#
            )
            let observed = try await tenant.reader.read(rules: []).get()
            let connector = try #require(observed.connectors.first)
            #expect(connector.whenChanged.map(Timestamp.text) == text)
            #expect(connector.validated?.at.map(Timestamp.text) == text)
            #expect((connector.validated == nil) == (text == nil))
            #expect(try !JSONEncoder().encode(connector).isEmpty)
        }
    }

    /// Both lists of outbound connectors have it, and it changed between the two.
    @Test(arguments: [["09", "10"], ["10", "09"]])
    func `of two rows for one connector the one that was changed last counts`(hours: [String]) async throws {
        try await withTenant { tenant in
            let faults = hours.map { hour in
                #"""
                {"match": {"cmdlet": "Get-OutboundConnector"}, "effect": {"rows": [
                  {"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "Comment": "of \#(hour)",
                   "WhenChangedUTC": "2026-11-20T\#(hour):00:00.0000000Z"}]}}
                """#
            }
            try tenant.simulator.setFaults("[\(faults.joined(separator: ","))]")
            let observed = try await tenant.reader.read(rules: []).get()
            #expect(observed.connectors.count == 1)
            #expect(observed.connectors.first?.settings["comment"] == "of 10")
            #expect(observed.connectors.first?.whenChanged == Timestamp.instant("2026-11-20T10:00:00Z"))
            #expect(tenant.requests("Get-OutboundConnector").count == 2)
        }
    }

    @Test func `conditions that no definition can say are named`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"""
                [{"match": {"cmdlet": "Get-TransportRule"}, "effect": {"rows": [
                  {"Name": "x", "Guid": "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", "State": "Enabled",
                   "RouteMessageOutboundConnector": "Relay",
                   "Conditions": ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.RecipientDomainIsPredicate",
                                  "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.FromMemberOfPredicate"],
                   "Exceptions": ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SentToScopePredicate"],
                   "Actions": ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.RouteMessageOutboundConnectorAction"]}]}}]
                """#
            )
            let observed = try await tenant.reader.read(rules: []).get()
            let rule = try #require(observed.connectors.first)
            #expect(
                rule.unmanagedParts == [
                    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.FromMemberOfPredicate",
                    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SentToScopePredicate",
                ]
            )
        }
    }
}
