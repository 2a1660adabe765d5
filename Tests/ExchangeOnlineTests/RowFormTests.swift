import Connectors
import ExchangeOnline
import ExchangeSimulator
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
