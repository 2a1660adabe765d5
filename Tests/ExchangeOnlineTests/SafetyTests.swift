import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Testing

/// Blocked connectors, auditing and the organization's settings.
@Suite(.timeLimit(.minutes(10)))
struct SafetyTests {
    private static let id = "3F2E0B54-8A41-4D0C-9A6E-0D8F6F0D1A01"

    @Test func `no connector is blocked until one is`() async throws {
        try await withTenant { tenant in
            #expect(await tenant.reader.blockedConnectors() == .known([]))
        }
        try await withTenant(TenantOptions(members: #""blockedConnectors": ["\#(Self.id)"]"#)) { tenant in
            let blocked = try await tenant.reader.blockedConnectors().get()
            #expect(blocked.map(\.guid) == [Self.id.lowercased()])
            #expect(blocked.first?.reason == "OutboundSpamLast24Hours=1200")
        }
    }

    /// Rows of the cmdlet, whose members are published nowhere.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let row: String
        let blocked: BlockedConnector?
    }

    @Test(arguments: [
        Row(
            testDescription: "an identity in another member",
            row: #"{"Identity": "3F2E0B54-8A41-4D0C-9A6E-0D8F6F0D1A01", "Name": "Printers"}"#,
            blocked: BlockedConnector(guid: "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01", name: "Printers")
        ),
        Row(testDescription: "no identity at all", row: #"{"x": 1}"#, blocked: BlockedConnector(guid: nil)),
        Row(
            testDescription: "an identity that is none",
            row: #"{"ConnectorId": "?"}"#,
            blocked: BlockedConnector(guid: nil)
        ),
        Row(testDescription: "no object", row: "7", blocked: nil),
    ])
    func `a row that is not understood is a blocked connector all the same`(_ example: Row) async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-BlockedConnector"}, "effect": {"rows": [\#(example.row)]}}]"#
            )
            let reading = await tenant.reader.blockedConnectors()
            if let blocked = example.blocked {
                #expect(reading == .known([blocked]))
            } else {
                #expect(reading.error?.reason == .rowMalformed)
            }
        }
    }

    @Test func `what the service says of the cause is cut and escaped`() async throws {
        let reason = String(repeating: "\u{1B}[31m", count: 10_000)
        let json = reason.replacingOccurrences(of: "\u{1B}", with: "\\u001b")
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-BlockedConnector"}, "effect": {"rows": [{"Reason": "\#(json)"}]}}]"#
            )
            let told = try #require(await tenant.reader.blockedConnectors().get().first?.reason)
            #expect(told.count <= 300)
            #expect(!told.contains("\u{1B}"))
        }
    }

    @Test func `more blocked connectors than there can be are unknown`() async throws {
        let rows = (0...10_000).map { _ in "{}" }.joined(separator: ",")
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-BlockedConnector"}, "effect": {"rows": [\#(rows)]}}]"#
            )
            #expect(await tenant.reader.blockedConnectors().error?.reason == .answerIncomplete)
        }
    }

    @Test func `auditing is on, off, or unknown`() async throws {
        try await withTenant { tenant in
            #expect(await tenant.reader.isAuditingOn() == .known(true))
            try tenant.simulator.edit(
                tenant: SimulatedTenant.id,
                userId: "eve@contoso.com",
                cmdlet: "Set-AdminAuditLogConfig",
                parameters: #"{"UnifiedAuditLogIngestionEnabled": false}"#
            )
            #expect(await tenant.reader.isAuditingOn() == .known(false))
            for effect in [#""rows": [{}]"#, #""value": "empty""#, #""forbidden": "nul""#] {
                try tenant.simulator.setFaults(
                    #"[{"match": {"cmdlet": "Get-AdminAuditLogConfig"}, "effect": {\#(effect)}}]"#
                )
                #expect(await tenant.reader.isAuditingOn().error != nil)
            }
        }
    }

    @Test func `whether direct send is rejected is told, or not`() async throws {
        try await withTenant { tenant in
            #expect(try await tenant.reader.organizationSettings().get().rejectsDirectSend == false)
            try tenant.simulator.edit(
                tenant: SimulatedTenant.id,
                userId: "eve@contoso.com",
                cmdlet: "Set-OrganizationConfig",
                parameters: #"{"RejectDirectSend": true}"#
            )
            #expect(try await tenant.reader.organizationSettings().get().rejectsDirectSend == true)
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-OrganizationConfig"}, "effect": {"rows": [{"Name": "x"}]}}]"#
            )
            #expect(try await tenant.reader.organizationSettings().get().rejectsDirectSend == nil)
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-OrganizationConfig"}, "effect": {"rows": [{}, {}]}}]"#
            )
            #expect(await tenant.reader.organizationSettings().error?.reason == .answerMalformed)
        }
    }
}
