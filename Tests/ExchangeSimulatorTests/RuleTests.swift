import ExchangeSimulator
import Foundation
import Testing

/// One row for each rule of tables 3.4 and 4.4, and for what binding refuses.
@Suite struct RuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cmdlet: String
        let parameters: String
        let type: String
        let text: String
        var status = 400

        init(
            _ description: String,
            _ cmdlet: String,
            _ parameters: String,
            _ type: String,
            _ text: String,
            status: Int = 400
        ) {
            testDescription = description
            self.cmdlet = cmdlet
            self.parameters = parameters
            self.type = type
            self.text = text
            self.status = status
        }
    }

    @Test(arguments: inbound + outbound + rules + binding)
    func refused(_ example: Case) async throws {
        try await withSimulator { client async throws in
            let before = client.simulator.state()
            let reply = try await client.invoke(example.cmdlet, example.parameters)
            #expect(reply.status == example.status)
            #expect(reply.exception.type == example.type)
            #expect(reply.exception.text.contains(example.text), "\(reply.exception.text)")
            #expect(reply.headers["x-exceptiontype"]?.hasSuffix(example.type) ?? false)
            #expect(client.simulator.state() == before)
            #expect(client.simulator.requests().last?.changedTenant == false)
        }
    }

    @Test func `O7: all mail through on-premises needs a way back`() async throws {
        try await withSimulator { client async throws in
            let new = #"""
                {"Name": "All", "ConnectorType": "OnPremises", "UseMXRecord": false, "SmartHosts": ["mx.contoso.com"],
                 "RecipientDomains": ["*"], "RouteAllMessagesViaOnPremises": true}
                """#
            _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "Hybrid", "Enabled": false}"#)
            #expect(try await client.invoke("New-OutboundConnector", new).exception.text.contains("RouteAllMessages"))
            _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "Hybrid", "Enabled": true}"#)
            #expect(try await client.invoke("New-OutboundConnector", new).status == 200)
        }
    }
}
