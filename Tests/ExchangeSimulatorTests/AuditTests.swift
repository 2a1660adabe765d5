import ExchangeSimulator
import Foundation
import Synchronization
import Testing

@Suite struct AuditTests {
    private static func search(_ more: String = "") -> String {
        #"{"StartDate": "2026-11-25T00:00:00Z", "EndDate": "2026-11-26T00:00:00Z", "RecordType": "ExchangeAdmin"\#(more)}"#
    }

    private static func data(_ row: [String: Any]) -> [String: Any] {
        let text = row["AuditData"] as? String ?? ""
        return (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    @Test func `changes are told with who made them`() async throws {
        try await withSimulator { client async throws in
            let set =
                #"{"Identity": "Out", "TlsSettings": "EncryptionOnly", "RecipientDomains": ["a.example", "b.example"], "Enabled": false}"#
            _ = try await client.invoke("Set-OutboundConnector", set)
            try client.simulator.edit(
                tenant: Seeds.tenant,
                userId: "eve@contoso.com",
                cmdlet: "Remove-TransportRule",
                parameters: #"{"Identity": "Route"}"#
            )
            let rows = try await client.invoke("Search-UnifiedAuditLog", Self.search()).rows
            #expect(rows.map { $0["Operations"] as? String } == ["Remove-TransportRule", "Set-OutboundConnector"])
            let eve = Self.data(rows[0])
            #expect(eve["UserId"] as? String == "eve@contoso.com")
            #expect(eve["AppId"] == nil)
            #expect(eve["ObjectId"] as? String == "Route")
            let own = Self.data(rows[1])
            #expect(own["AppId"] as? String == Seeds.admin)
            #expect(own["CreationTime"] as? String == "2026-11-25T12:00:00")
            let parameters = own["Parameters"] as? [[String: String]] ?? []
            #expect(
                parameters.map { $0["Value"] } == ["Out", "EncryptionOnly", "a.example,b.example", "False"]
            )
        }
    }

    @Test(arguments: [
        (#", "Operations": ["Set-InboundConnector"]"#, 2), (#", "Operations": "New-InboundConnector""#, 0),
        (#", "ObjectIds": ["hybrid"]"#, 1), (#", "ResultSize": 1"#, 1), ("", 2),
    ])
    func `a search is narrowed`(more: String, count: Int) async throws {
        try await withSimulator { client async throws in
            for name in ["In", "Hybrid"] {
                _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "\#(name)", "Comment": "x"}"#)
            }
            let reply = try await client.invoke("Search-UnifiedAuditLog", Self.search(more))
            #expect(reply.rows.count == count)
        }
    }

    @Test func `a session gives page after page until none is left`() async throws {
        try await withSimulator { client async throws in
            for number in 0..<5 {
                _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "In", "Comment": "\#(number)"}"#)
            }
            let page = Self.search(#", "ResultSize": 2, "SessionId": "s", "SessionCommand": "ReturnLargeSet""#)
            var counts: [Int] = []
            var indices: Set<Int> = []
            repeat {
                let rows = try await client.invoke("Search-UnifiedAuditLog", page).rows
                counts.append(rows.count)
                indices.formUnion(rows.compactMap { $0["ResultIndex"] as? Int })
            } while counts.last != 0
            #expect(counts == [2, 2, 1, 0])
            #expect(indices == [1, 2, 3, 4, 5])
        }
    }

    @Test func `the log lags behind`() async throws {
        let seconds = Mutex(0.0)
        let clock: @Sendable () -> Date = { Seeds.now.addingTimeInterval(seconds.withLock { $0 }) }
        try await withSimulator(seed: Seeds.usual(more: #", "auditLatency": 600"#), now: clock) { client async throws in
            _ = try await client.invoke("Set-InboundConnector", #"{"Identity": "In", "Comment": "x"}"#)
            #expect(try await client.invoke("Search-UnifiedAuditLog", Self.search()).rows.isEmpty)
            seconds.withLock { $0 = 601 }
            #expect(try await client.invoke("Search-UnifiedAuditLog", Self.search()).rows.count == 1)
        }
    }

    @Test func `Graph's search is a job, and its answer has pages`() async throws {
        try await withSimulator { client async throws in
            for number in 0..<101 {
                try client.simulator.edit(
                    tenant: Seeds.tenant,
                    userId: "eve@contoso.com",
                    cmdlet: "Set-InboundConnector",
                    parameters: #"{"Identity": "In", "Comment": "\#(number)"}"#
                )
            }
            #expect(try await client.send("GET", "/v1.0/domains").status == 401)
            let graph = try await client.signedIn(["scope": "https://graph.microsoft.com/.default"])
            #expect(try await graph.send("GET", "/v1.0/domains").rows.map { $0["id"] as? String }.count == 2)
            let path = "/beta/security/auditLog/queries"
            let query =
                #"{"displayName": "x", "operationFilters": ["Set-InboundConnector"], "filterStartDateTime": "2026-11-25T00:00:00Z"}"#
            #expect(try await graph.send("POST", "/v1.0/security/auditLog/queries", body: query).status == 404)
            let started = try await graph.send("POST", path, body: query)
            #expect(started.status == 201)
            let id = try #require(started.json["id"] as? String)
            var states = [started.json["status"] as? String]
            for _ in 0..<2 { states.append(try await graph.send("GET", "\(path)/\(id)").json["status"] as? String) }
            #expect(states == ["notStarted", "running", "succeeded"])
            let first = try await graph.send("GET", "\(path)/\(id)/records")
            #expect(first.rows.count == 100)
            #expect(first.row["userPrincipalName"] as? String == "eve@contoso.com")
            #expect(try await graph.send("GET", try #require(first.nextLink)).rows.count == 1)
            let reader = try await client.signedIn([
                "client_id": Seeds.reader, "scope": "https://graph.microsoft.com/.default",
            ])
            #expect(try await reader.send("POST", path, body: query).status == 403)
        }
    }

    @Test func `with auditing off, nothing is found, and only the configuration says why`() async throws {
        let members = #""auditingOn": false, "blockedConnectors": ["3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01"]"#
        try await withSimulator(seed: Seeds.usual(more: ", \(members)")) { client async throws in
            try client.simulator.edit(
                tenant: Seeds.tenant,
                userId: "eve@contoso.com",
                cmdlet: "New-InboundConnector",
                parameters: #"{"Name": "New", "SenderDomains": ["a.example"]}"#
            )
            #expect(try await client.invoke("Search-UnifiedAuditLog", Self.search()).rows.isEmpty)
            let config = try await client.invoke("Get-AdminAuditLogConfig", "{}")
            #expect(config.row["UnifiedAuditLogIngestionEnabled"] as? Bool == false)
            let blocked = try await client.invoke("Get-BlockedConnector", "{}")
            #expect(blocked.rows.map { $0["ConnectorId"] as? String } == ["3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01"])
            let organization = try await client.invoke("Get-OrganizationConfig", "{}")
            #expect(organization.row["RejectDirectSend"] as? Bool == false)
        }
    }
}
