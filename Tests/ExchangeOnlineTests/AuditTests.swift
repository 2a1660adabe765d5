import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct AuditTests {
    private static let members = #""outboundConnectors": [{"Name": "Out", "RecipientDomains": ["a.example"]}]"#
    private let start = Date(timeIntervalSinceNow: -3_600)
    private let end = Date(timeIntervalSinceNow: 3_600)

    @Test func `our change and a person's are told apart`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.edit(
                tenant: SimulatedTenant.id,
                userId: "eve@contoso.com",
                cmdlet: "Set-OutboundConnector",
                parameters:
                    #"{"Identity": "Out", "TlsSettings": "EncryptionOnly", "RecipientDomains": ["a.example", "b.example"]}"#
            )
            let observed = try await tenant.reader.read(rules: []).get()
            let guid = try #require(observed.connectors.first).guid
            _ = await tenant.writer.update(.outboundConnector, guid: guid, name: "Out", settings: ["comment": "ours"])
            _ = await tenant.writer.create(
                .inboundConnector,
                name: "In",
                settings: ["senderDomains": ["a.example"], "requireTls": true]
            )

            let records = try await tenant.reader.auditRecords(since: start, until: end).get()
                .filter { $0.objectName == "Out" }
            #expect(records.count == 2)
            let eve = try #require(records.first { !$0.isOurs })
            #expect(eve.user == "eve@contoso.com")
            #expect(eve.operation == "Set-OutboundConnector")
            #expect(eve.objectName == "Out")
            #expect(eve.parameters["TlsSettings"] == "EncryptionOnly")
            #expect(eve.parameters["RecipientDomains"] == "a.example,b.example")
            let ours = try #require(records.first { $0.isOurs })
            #expect(ours.user == "application \(SimulatedTenant.clientId)")
            #expect(ours.parameters["Comment"] == "ours")

            #expect(try await tenant.reader.auditRecords(since: start, until: end).get().count == 3)
        }
    }

    @Test func `the log is read page by page until one is empty`() async throws {
        let records = (0..<1_001).map { number in
            #"{"CreationTime": "\#(Timestamp.text(Date()).dropLast())", "Id": "\#(number)", "Operation": "Set-OutboundConnector", "ObjectId": "Out", "UserId": "eve@contoso.com"}"#
        }
        let options = TenantOptions(members: Self.members + #", "auditRecords": [\#(records.joined(separator: ","))]"#)
        try await withTenant(options) { tenant in
            let found = try await tenant.reader.auditRecords(since: start, until: end).get()
            #expect(found.count == 1_001)
            let requests = tenant.requests("Search-UnifiedAuditLog")
            #expect(requests.count == 3)
            #expect(Set(requests.map(\.body)).count == 1)
        }
    }

    @Test func `a search that timed out at the service is repeated`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Search-*"}, "effect": {"rows": [{"ResultIndex": -1, "ResultCount": 0}]}}]"#
            )
            #expect(try await tenant.reader.auditRecords(since: start, until: end).get().isEmpty)
            #expect(tenant.requests("Search-UnifiedAuditLog").count == 2)
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Search-*"}, "times": "always", "effect": {"rows": [{"ResultIndex": -1, "ResultCount": 0}]}}]"#
            )
            let error = await tenant.reader.auditRecords(since: start, until: end).error
            #expect(error?.reason == .auditLogUnavailable)
        }
    }

    @Test func `a row that is not JSON makes the records unknown`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Search-*"}, "effect": {"rows": [{"AuditData": "{"}]}}]"#
            )
            #expect(await tenant.reader.auditRecords(since: start, until: end).error?.reason == .rowMalformed)
        }
    }

    @Test func `where auditing is off, an empty log is not a quiet one`() async throws {
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            let records = await tenant.reader.auditRecords(since: start, until: end)
            #expect(records == .known([]))
        }
        try await withTenant(TenantOptions(members: Self.members + #", "auditingOn": false"#)) { tenant in
            let error = await tenant.reader.auditRecords(since: start, until: end).error
            #expect(error?.reason == .auditingOff)
            #expect(error?.message.contains("Auditing is off") == true)
            #expect(await tenant.reader.permissions().auditLog == .known(false))
        }
    }

    @Test func `a log that takes more memory than any tenant's is given up`() async throws {
        let filler = String(repeating: "x", count: 400_000)
        let row = #"{"AuditData": "{\"CreationTime\": \"2026-11-22T10:11:12\", \"Operation\": \"\#(filler)\"}"}"#
        let rows = (0..<18).map { _ in row }.joined(separator: ",")
        try await withTenant(TenantOptions(members: Self.members)) { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"cmdlet": "Search-*"}, "times": "always", "effect": {"rows": [\#(rows)]}}]"#
            )
            #expect(await tenant.reader.auditRecords(since: start, until: end).error?.reason == .answerIncomplete)
            #expect(tenant.requests("Search-UnifiedAuditLog").count == 3)
        }
    }
}
