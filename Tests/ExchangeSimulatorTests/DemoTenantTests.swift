import ExchangeSimulator
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DemoTenantTests {
    @Test func `it is believable: connectors, mail, and who changed what`() async throws {
        let simulator = try await ExchangeSimulator.start(seed: DemoTenant.seed(now: Seeds.now), now: { Seeds.now })
        let client = Client(simulator)
        let form: [String: String?] = [
            "client_id": DemoTenant.clientId, "client_secret": DemoTenant.clientSecret,
        ]
        let reply = try await client.askForToken(form, tenant: DemoTenant.tenantId)
        let admin = client.holding(reply.json["access_token"] as? String)
        let path = "/adminapi/beta/\(DemoTenant.tenantId)/InvokeCommand"
        let names = { (noun: String) in try await admin.invoke("Get-\(noun)", path: path).names.sorted() }
        #expect(try await names("InboundConnector").count == 4)
        #expect(try await names("OutboundConnector").count == 4)
        #expect(try await names("TransportRule") == ["Court mail through the relay"])
        let search = #"{"StartDate": "2026-10-25T00:00:00Z", "EndDate": "2026-11-26T00:00:00Z"}"#
        let records = try await admin.invoke("Search-UnifiedAuditLog", search, path: path).rows
        #expect(records.compactMap { $0["UserIds"] as? String }.contains("kim@contoso.example"))
        let rows = try await admin.invoke("Get-MessageTraceV2", #"{"ResultSize": 5000}"#, path: path).rows
        #expect(rows.count > 1_000)
        let delivered = rows.filter { MailFlowTests.status($0) == "delivered" }.count
        #expect(delivered * 100 > rows.count * 95)
        #expect(rows.allSatisfy { ($0["RecipientAddress"] as? String ?? "").hasSuffix(".example") })
        client.end()
        await simulator.stop()
    }

    @Test func `what is printed names the address where it is not the usual one`() {
        #expect(DemoTenant.instructions(url: "http://127.0.0.1:8925").contains("    mitregate init --demo try\n"))
        let text = DemoTenant.instructions(url: "http://127.0.0.1:8025")
        #expect(text.contains("    mitregate init --demo --simulator http://127.0.0.1:8025 try\n"))
        #expect(text.contains("curl http://127.0.0.1:8025/simulator/edit") && !text.contains("8925"))
    }
}
