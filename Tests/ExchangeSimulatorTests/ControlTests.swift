import ExchangeSimulator
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct ControlTests {
    @Test func `the state seeds another simulator with the same state`() async throws {
        try await withSimulator(seed: Seeds.usual(quirks: "{}", more: #", "auditLatency": 60"#)) {
            client async throws in
            _ = try await client.invoke("New-InboundConnector", #"{"Name": "x", "SenderDomains": ["*"]}"#)
            _ = try await client.invoke("Disable-TransportRule", #"{"Identity": "Route"}"#)
            let state = client.simulator.state()
            #expect(try await client.send("GET", "/simulator/state").text == state)
            let other = try await ExchangeSimulator.start(seed: state)
            #expect(other.state() == state)
            try other.reseed(Seeds.usual())
            #expect(other.state() != state)
            await other.stop()
        }
    }

    @Test func `an edit over HTTP changes the tenant, and a refused one says why`() async throws {
        try await withSimulator { client async throws in
            let edit = { (set: String) in
                #"{"tenant": "\#(Seeds.tenant)", "userId": "eve@contoso.com", "cmdlet": "Set-OutboundConnector", "parameters": \#(set)}"#
            }
            let weaken = edit(#"{"Identity": "Hosted", "TlsSettings": "EncryptionOnly", "TlsDomain": null}"#)
            #expect(try await client.send("POST", "/simulator/edit", body: weaken).status == 204)
            #expect(try await client.row("OutboundConnector", "Hosted")["TlsSettings"] as? String == "EncryptionOnly")
            let refused = try await client.send("POST", "/simulator/edit", body: edit(#"{"Identity": "Missing"}"#))
            #expect(refused.status == 400)
            #expect(refused.text.contains("Missing"))
            #expect(
                try await client.send("POST", "/simulator/edit", body: #"{"tenant": "x", "cmdlet": "y"}"#).status == 404
            )
        }
    }

    @Test func `requests are kept without secrets`() async throws {
        try await withSimulator { client async throws in
            _ = try await client.invoke("Get-InboundConnector", #"{"ResultSize": "Unlimited"}"#)
            let requests = client.simulator.requests()
            #expect(requests.map(\.number) == [1, 2])
            #expect(requests[0].body.contains("client_secret=[redacted]"))
            #expect(requests[1].headers["authorization"] == "Bearer [redacted]")
            #expect(requests[1].cmdlet == "Get-InboundConnector")
            #expect(requests[1].parameters == #"{"ResultSize":"Unlimited"}"#)
            #expect(requests[1].tenant == Seeds.tenant)
            #expect(requests[1].status == 200)
            let text = try await client.send("GET", "/simulator/requests").text
            #expect(!text.contains("s3cret") && text.contains("ResultSize"))
            #expect(try await client.send("DELETE", "/simulator/requests").status == 204)
            #expect(client.simulator.requests().isEmpty)
        }
    }

    @Test func `health tells the peak of requests in flight`() async throws {
        try await withSimulator { client async throws in
            _ = try await client.invoke("Get-InboundConnector")
            let health = try await client.send("GET", "/simulator/health")
            #expect(health.json["status"] as? String == "ok")
            let tenants = health.json["tenants"] as? [[String: Any]] ?? []
            #expect(tenants.first?["peakInFlight"] as? Int == 1)
        }
    }

    @Test(arguments: [
        (#"{"tenants": [{}]}"#, "tenants[0]"), (#"{"tenant": []}"#, "the top"), ("{", "byte 1"),
        (
            #"{"tenants": [{"tenantId": "x", "organization": "y", "applications": [{"clientId": 1}]}]}"#,
            "tenants[0].applications[0].clientId"
        ),
        (
            #"{"tenants": [{"tenantId": "x", "organization": "y", "applications": [{"clientId": "z", "clientSecrets": [{"value": "a", "expires": "soon"}]}]}]}"#,
            "tenants[0].applications[0].clientSecrets[0].expires"
        ),
        (
            #"{"tenants": [{"tenantId": "x", "organization": "y", "applications": [{"clientId": "z", "certificates": ["no"]}]}]}"#,
            "tenants[0].applications[0].certificates[0]"
        ),
        (
            #"{"tenants": [{"tenantId": "x", "organization": "y", "inboundConnectors": [{}]}]}"#,
            "tenants[0].inboundConnectors[0]"
        ),
    ])
    func `a wrong seed is refused with its place`(seed: String, path: String) async throws {
        let error = await #expect(throws: SimulatorError.self) { try await ExchangeSimulator.start(seed: seed) }
        guard case .badSeed(let place, _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(place == path)
    }

    @Test func `what a seed's object has beyond the known is kept`() async throws {
        let seed = Seeds.usual().replacing(
            #""Comment": "from Fabrikam""#,
            with: #""Comment": "x", "NewThing": [1.50], "ConnectorSource": "AdminUI""#
        )
        try await withSimulator(seed: seed) { client async throws in
            let reply = try await client.invoke("Get-InboundConnector")
            #expect(reply.text.contains(#""NewThing":[1.50]"#))
            #expect(reply.row["ConnectorSource"] as? String == "AdminUI")
        }
    }

    @Test func `a taken port is an error that names it`() async throws {
        try await withSimulator { client async throws in
            let port = client.simulator.port
            let error = await #expect(throws: SimulatorError.self) { try await ExchangeSimulator.start(port: port) }
            guard case .cannotListen(port, _)? = error else { return #expect(Bool(false)) }
        }
    }

    @Test func `a stop ends connections, also those that wait`() async throws {
        let simulator = try await ExchangeSimulator.start(seed: Seeds.usual())
        let client = try await Client(simulator).signedIn()
        try simulator.setFaults(#"[{"effect": {"delay": 600000}}]"#)
        let waiting = Task { try await client.invoke("Get-InboundConnector") }
        while simulator.peakInFlight(tenant: Seeds.tenant) < 1 { await Task.yield() }
        await simulator.stop()
        await #expect(throws: (any Error).self) { try await waiting.value }
        client.end()
    }
}
