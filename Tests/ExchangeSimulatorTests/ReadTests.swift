import ExchangeSimulator
import Foundation
import Testing

@Suite struct ReadTests {
    @Test func `the envelope has warnings, and rows their known members`() async throws {
        try await withSimulator { client async throws in
            let reply = try await client.invoke("Get-InboundConnector", headers: ["client-request-id": "abc"])
            #expect((reply.json["@odata.context"] as? String ?? "").hasSuffix("#Collection(Exchange.GenericHashTable)"))
            #expect(reply.warnings == [])
            #expect(reply.headers["client-request-id"] == "abc")
            #expect(reply.headers["cmdlet-name"] == "Get-InboundConnector")
            let row = reply.row
            #expect(row["Identity"] as? String == "In")
            #expect(row["Guid"] as? String == row["ExchangeObjectId"] as? String)
            #expect(row["IsValid"] as? Bool == true)
            #expect(row["UseMXRecord"] == nil)
        }
    }

    /// Every form of sections 2.4 and 12 comes up, and the values stay what they are.
    @Test func `rows come in odd forms`() async throws {
        try await withSimulator(seed: Seeds.usual(quirks: "{}")) { client async throws in
            var seen: Set<String> = []
            var orders: Set<String> = []
            for _ in 0..<60 {
                let reply = try await client.invoke("Get-InboundConnector")
                let row = try #require(reply.rows.first { $0["Name"] as? String == "In" })
                orders.insert(reply.text)
                seen.insert(row["Comment"] is NSNull ? "null" : "text")
                let name = row["TlsSenderCertificateName"]
                seen.insert(name is NSNull ? "no name: null" : "no name: \(name ?? "absent")")
                seen.insert(row["SenderDomains"] is String ? "one text" : "list")
                #expect(Reply.list(row["SenderDomains"]) == ["smtp:fabrikam.com;1"])
                seen.insert(row["EFUsers"].map { $0 is NSNull ? "list: null" : "list: []" } ?? "list: absent")
                #expect(Reply.list(row["EFUsers"]).isEmpty)
                #expect(row["WhenChangedUTC@data.type"] as? String == "System.DateTime")
                #expect(row["LastUsedDate(DateTime])"] is NSNull)
                #expect(row["MemberOfALaterBuild"] != nil)
            }
            #expect(
                seen == [
                    "text", "no name: null", "no name: ", "one text", "list", "list: null", "list: []", "list: absent",
                ]
            )
            #expect(orders.count > 50)
        }
    }

    @Test func `no rows are [], null or nothing`() async throws {
        let seed = Seeds.usual(quirks: "{}")
        try await withSimulator(seed: seed) { client async throws in
            _ = try await client.invoke("Remove-TransportRule", #"{"Identity": "Route"}"#)
            var forms: Set<String> = []
            for _ in 0..<40 {
                let value = try await client.invoke("Get-TransportRule").json["value"]
                forms.insert(value.map { $0 is NSNull ? "null" : "[]" } ?? "absent")
            }
            #expect(forms == ["null", "[]", "absent"])
        }
    }

    @Test func `a wrong outer key or null parameters are refused`() async throws {
        try await withSimulator { client async throws in
            for body in [
                #"{"cmdletInput":{"CmdletName":"Get-InboundConnector","Parameters":{}}}"#,
                #"{"CmdletInput":{"cmdletName":"Get-InboundConnector","Parameters":{}}}"#,
                #"{"CmdletInput":{"CmdletName":"Get-InboundConnector","Parameters":null}}"#,
                #"{"CmdletInput":{"CmdletName":"Get-InboundConnector"}}"#, "not json",
            ] {
                #expect(try await client.send("POST", Client.path, body: body).status == 400)
            }
            #expect(try await client.send("GET", Client.path).status == 405)
        }
    }

    struct Identity: Sendable {
        let value: String
        var quirks = #"{"oddForms": false}"#
        let names: [String]
        var status = 200
    }

    @Test(arguments: [
        Identity(value: #""in""#, names: ["In"]),
        Identity(value: #""a0000000-0000-4000-8000-000000000001""#, names: ["In"]),
        Identity(value: "null", names: ["In", "Hybrid"]),
        Identity(value: #""none""#, names: [], status: 404),
        Identity(
            value: #""none""#,
            quirks: #"{"oddForms": false, "unknownIdentityReturnsAll": true}"#,
            names: ["In", "Hybrid"]
        ),
    ])
    func `Get by identity finds one, or all`(_ example: Identity) async throws {
        try await withSimulator(seed: Seeds.usual(quirks: example.quirks)) { client async throws in
            let reply = try await client.invoke("Get-InboundConnector", #"{"Identity": \#(example.value)}"#)
            #expect(reply.status == example.status)
            #expect(reply.names == example.names)
        }
    }

    @Test(arguments: [
        ("{}", "{}", ["Out", "Hosted", "Scoped"]),
        (#"{"IncludeTestModeConnectors": true}"#, "{}", ["Out_Test_2026"]),
        (
            #"{"IncludeTestModeConnectors": true}"#, #"{"includeTestModeReturnsAll": true}"#,
            ["Out", "Hosted", "Scoped", "Out_Test_2026"]
        ),
        (#"{"IsTransportRuleScoped": true}"#, "{}", ["Scoped"]),
        (#"{"ResultSize": 1}"#, "{}", ["Out"]),
    ])
    func `which outbound connectors are read`(parameters: String, quirks: String, names: [String]) async throws {
        try await withSimulator(seed: Seeds.usual(quirks: quirks)) { client async throws in
            let reply = try await client.invoke("Get-OutboundConnector", parameters)
            #expect(reply.names == names)
            let isCut = reply.warnings.contains { $0.hasPrefix("There are more results available") }
            #expect(isCut == parameters.contains("ResultSize"))
        }
    }

    @Test func `a projection keeps the members that it names`() async throws {
        try await withSimulator { client async throws in
            let reply = try await client.invoke("Get-InboundConnector", path: Client.path + "?$select=Name,Guid")
            #expect(Set(reply.row.keys) == ["Name", "Guid"])
        }
    }

    @Test func `a page size cuts, and the link is answered to the same body`() async throws {
        try await withSimulator { client async throws in
            let prefer = ["Prefer": "odata.maxpagesize=2; odata.continue-on-error"]
            let first = try await client.invoke("Get-OutboundConnector", headers: prefer)
            #expect(first.names == ["Out", "Hosted"])
            let link = try #require(first.nextLink)
            let wrong = try await client.send("POST", link, body: Client.body("Get-OutboundConnector", #"{"x": 1}"#))
            #expect(wrong.status == 400)
            let second = try await client.send("POST", link, body: Client.body("Get-OutboundConnector", "{}"))
            #expect(second.names == ["Scoped"])
            #expect(second.nextLink == nil)
            let replay = try await client.send("POST", link, body: Client.body("Get-OutboundConnector", "{}"))
            #expect(replay.exception.text.hasPrefix("Expired or Invalid pagination request."))
        }
    }

    @Test func `supporting reads name the initial domain`() async throws {
        try await withSimulator { client async throws in
            let domains = try await client.invoke("Get-AcceptedDomain").rows
            #expect(
                domains.first { $0["InitialDomain"] as? Bool == true }?["DomainName"] as? String
                    == "contoso.onmicrosoft.com"
            )
            #expect(domains.first { $0["Default"] as? Bool == true }?["Name"] as? String == "contoso.com")
            let organization = try await client.invoke("Get-OrganizationConfig").row
            #expect(organization["Name"] as? String == "contoso.onmicrosoft.com")
            #expect(organization["IsDehydrated"] as? Bool == false)
        }
    }

    @Test func `a batch answers each of its requests`() async throws {
        try await withSimulator { client async throws in
            let item = { (id: String, cmdlet: String, parameters: String) in
                #"{"id":"\#(id)","method":"POST","url":"\#(client.simulator.url)\#(Client.path)","body":\#(Client.body(cmdlet, parameters))}"#
            }
            let body =
                #"{"requests":[\#(item("1", "Get-InboundConnector", "{}")),\#(item("2", "Remove-InboundConnector", #"{"Identity":"none"}"#))]}"#
            let reply = try await client.send("POST", "/adminapi/beta/\(Seeds.tenant)/$batch", body: body)
            let responses = reply.json["responses"] as? [[String: Any]] ?? []
            let status = { (id: String) in responses.first { $0["id"] as? String == id }?["status"] as? Int }
            #expect(status("1") == 200)
            #expect(status("2") == 404)
        }
    }
}
