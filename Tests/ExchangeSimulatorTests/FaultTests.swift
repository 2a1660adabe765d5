import ExchangeSimulator
import Foundation
import FoundationNetworking
import Testing

@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let effect: String
        var status = 200
        var header: (name: String, value: String)?
        let isRight: @Sendable (Reply) -> Bool

        init(
            _ description: String,
            _ effect: String,
            status: Int = 200,
            header: (name: String, value: String)? = nil,
            _ isRight: @escaping @Sendable (Reply) -> Bool
        ) {
            testDescription = description
            self.effect = effect
            self.status = status
            self.header = header
            self.isRight = isRight
        }
    }

    private static let error = #""type": "A.B.ServerBusyException", "text": "Busy|now.""#
    private static let concurrency =
        "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"

    @Test(arguments: [
        Case("details only", #"{"errorBody": {\#(error), "form": "details"}}"#, status: 400) {
            $0.exception == ("ServerBusyException", "Busy|now.") && !$0.text.lowercased().contains("internalexception")
        },
        Case("internalexception only", #"{"errorBody": {\#(error), "form": "internalexception"}}"#, status: 400) {
            $0.exception == ("ServerBusyException", "Busy|now.") && !$0.text.contains("details")
        },
        Case("both", #"{"errorBody": {\#(error), "form": "both"}}"#, status: 400) {
            $0.text.contains("details") && $0.text.lowercased().contains("xception\":{")
        },
        Case("message only", #"{"errorBody": {\#(error), "form": "message", "status": 500}}"#, status: 500) {
            $0.exception.type.isEmpty && $0.text.contains("InternalServerError") && !$0.text.contains("Busy")
        },
        Case("an empty error id", #"{"errorBody": {\#(error), "errorId": ""}}"#, status: 400) {
            $0.text.contains(#""message":"|A.B.ServerBusyException|Busy|now.""#)
        },
        Case("plain text", #"{"status": 503, "body": "Service is down"}"#, status: 503) {
            $0.text == "Service is down"
        },
        Case("HTML", #"{"status": 502, "body": "html"}"#, status: 502) { $0.text.hasPrefix("<html>") },
        Case("an empty body", #"{"status": 504}"#, status: 504) { $0.body.isEmpty },
        Case("403 of NUL bytes", #"{"forbidden": "nul"}"#, status: 403) { $0.body == Data(count: 4096) },
        Case("403 with a diagnosis", #"{"forbidden": "diagnostics"}"#, status: 403) {
            $0.headers["x-ms-diagnostics"]?.hasPrefix("2000003;reason=") ?? false
        },
        Case("429 without a wait", #"{"throttle": {}}"#, status: 429) { $0.headers["retry-after"] == nil },
        Case("429 with a wait", #"{"throttle": {}, "retryAfter": 7}"#, status: 429) {
            $0.headers["retry-after"] == "7"
        },
        Case("too many at once, under 503", #"{"throttle": {"form": "concurrency"}}"#, status: 503) {
            $0.text == concurrency
        },
        Case("too many at once, under 200", #"{"throttle": {"form": "concurrency", "status": 200}}"#) {
            $0.text == concurrency
        },
        Case("401 without claims", #"{"unauthorized": true}"#, status: 401) {
            !($0.headers["www-authenticate"] ?? "").contains("claims=")
        },
        Case("a redirect", #"{"redirect": "eur02"}"#, status: 302) {
            $0.headers["location"]?.hasPrefix("https://eur02.outlook.office365.com:444/adminapi/") ?? false
        },
        Case("value absent", #"{"value": "absent"}"#) { $0.json["value"] == nil && !$0.json.isEmpty },
        Case("value null", #"{"value": "null"}"#) { $0.json["value"] is NSNull },
        Case("warnings", #"{"warnings": ["Mind the gap."]}"#) {
            $0.warnings == ["Mind the gap."] && $0.rows.count == 2
        },
        Case("errors in a 200", #"{"errors": ["Half failed."]}"#) {
            $0.json["@adminapi.errors"] as? [String] == ["Half failed."]
        },
        Case("other rows", #"{"rows": [{"Name": "Else"}]}"#) { $0.names == ["Else"] },
        Case("truncated JSON", #"{"truncate": true}"#) { $0.json.isEmpty && $0.text.hasPrefix("{") },
        Case("gzip", #"{"gzip": true}"#) { $0.names == ["In", "Hybrid"] },
        Case("a link to a foreign host", #"{"nextLink": "foreign"}"#) {
            $0.nextLink?.hasPrefix("https://exchange.example.net/") ?? false
        },
        Case("a blank link", #"{"nextLink": "blank"}"#) { $0.nextLink == "" },
        Case("a delay", #"{"delay": 1, "bodyDelay": 1}"#) { $0.names == ["In", "Hybrid"] },
    ])
    func strikes(_ example: Case) async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "Get-*"}, "effect": \#(example.effect)}]"#)
            let reply = try await client.invoke("Get-InboundConnector")
            #expect(reply.status == example.status)
            #expect(example.isRight(reply), "\(reply.headers) \(reply.text)")
            #expect(client.simulator.requests().last?.fault == 0)
            let next = try await client.invoke("Get-InboundConnector")
            #expect(next.names == ["In", "Hybrid"])
            #expect(client.simulator.requests().last?.fault == nil)
        }
    }

    @Test(arguments: [
        (#"{"cmdlet": "set-outboundconnector"}"#, false), (#"{"cmdlet": "Get-Out*"}"#, false),
        (#"{"path": "/oauth2/"}"#, false), (#"{"tenant": "other.example"}"#, false), (#"{"object": "Out"}"#, false),
        (#"{"cmdlet": "get-inboundconnector"}"#, true), (#"{"path": "/InvokeCommand"}"#, true),
        (#"{"tenant": "contoso.com"}"#, true), (#"{"object": "IN"}"#, true), ("{}", true),
    ])
    func `a fault waits for what it names`(match: String, strikes: Bool) async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(#"[{"match": \#(match), "effect": {"status": 503}}]"#)
            let reply = try await client.invoke("Get-InboundConnector", #"{"Identity": "In"}"#)
            #expect(reply.status == (strikes ? 503 : 200))
        }
    }

    @Test func `a fault strikes from the nth match on, as often as it says`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*", "nth": 2}, "times": 2, "effect": {"status": 503}}, {"match": {"cmdlet": "Get-*"}, "effect": {"status": 504}}]"#
            )
            var statuses: [Int] = []
            for _ in 0..<5 { statuses.append(try await client.invoke("Get-InboundConnector").status) }
            #expect(statuses == [504, 503, 503, 200, 200])
        }
    }

    @Test func `an error may come after the write took effect`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(
                #"[{"match": {"cmdlet": "New-*"}, "effect": {"status": 504, "applied": true}}]"#
            )
            let new = #"{"Name": "x", "SenderDomains": ["*"]}"#
            #expect(try await client.invoke("New-InboundConnector", new).status == 504)
            #expect(
                try await client.invoke("New-InboundConnector", new).exception.type
                    == "ErrorInboundConnectorAlreadyExistsException"
            )
        }
    }

    @Test func `reads lag behind a write for as many reads as it says`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "New-*"}, "effect": {"staleReads": 2}}]"#)
            _ = try await client.invoke("New-InboundConnector", #"{"Name": "x", "SenderDomains": ["*"]}"#)
            var counts: [Int] = []
            for _ in 0..<3 { counts.append(try await client.invoke("Get-InboundConnector").rows.count) }
            #expect(counts == [2, 2, 3])
        }
    }

    @Test func `reads lag until they are released`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(
                #"[{"match": {"cmdlet": "Remove-*"}, "effect": {"staleReads": "until-released"}}]"#
            )
            _ = try await client.invoke("Remove-InboundConnector", #"{"Identity": "In"}"#)
            for _ in 0..<5 { #expect(try await client.invoke("Get-InboundConnector").rows.count == 2) }
            _ = try await client.send("POST", "/simulator/release")
            #expect(try await client.invoke("Get-InboundConnector").rows.count == 1)
        }
    }

    @Test func `a parameter may be forgotten without a word`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(
                #"[{"match": {"cmdlet": "Set-*"}, "effect": {"ignoreParameters": ["comment"]}}]"#
            )
            let set = #"{"Identity": "In", "Comment": "new", "RequireTls": false}"#
            let reply = try await client.invoke("Set-InboundConnector", set)
            #expect(reply.status == 200 && reply.warnings.isEmpty)
            let row = try await client.row("InboundConnector", "In")
            #expect(row["Comment"] as? String == "from Fabrikam")
            #expect(row["RequireTls"] as? Bool == false)
        }
    }

    @Test(arguments: [("answering", ["In"], 200, ["Hybrid"]), ("failing", ["In", "Hybrid"], 400, [])])
    func `a link may be answered, or fail`(link: String, first: [String], status: Int, rest: [String]) async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "Get-*"}, "effect": {"nextLink": "\#(link)"}}]"#)
            let reply = try await client.invoke("Get-InboundConnector")
            #expect(reply.names == first)
            let next = try #require(reply.nextLink)
            let body = Client.body("Get-InboundConnector", "{}")
            #expect(try await client.holding(nil).send("POST", next, body: body).status == 401)
            let replay = try await client.send("POST", next, body: body)
            #expect(replay.status == status)
            #expect(replay.names == rest)
        }
    }

    @Test func `another administrator comes in between`() async throws {
        try await withSimulator { client async throws in
            let edit =
                #"{"userId": "eve@contoso.com", "cmdlet": "Set-InboundConnector", "parameters": {"Identity": "In", "Comment": "Eve"}}"#
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "Set-Out*"}, "effect": {"editAfter": \#(edit)}}]"#)
            _ = try await client.invoke("Set-OutboundConnector", #"{"Identity": "Out", "Enabled": false}"#)
            #expect(try await client.row("InboundConnector", "In")["Comment"] as? String == "Eve")
        }
    }

    @Test func `a token failure is Entra's`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(#"[{"match": {"path": "/oauth2/"}, "effect": {"tokenError": 90033}}]"#)
            let reply = try await client.askForToken()
            #expect(reply.status == 503)
            #expect(reply.json["error"] as? String == "temporarily_unavailable")
            #expect(try await client.askForToken().status == 200)
        }
    }

    /// Two answers are held, so both requests are in flight; no time is involved.
    @Test func `held answers wait for their release, and count as in flight`() async throws {
        try await withSimulator { client async throws in
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "Set-*"}, "times": 2, "effect": {"hold": "head"}}]"#)
            try await withThrowingTaskGroup(of: Reply.self) { group in
                for name in ["In", "Hybrid"] {
                    group.addTask {
                        try await client.invoke("Set-InboundConnector", #"{"Identity": "\#(name)", "Comment": "x"}"#)
                    }
                }
                while client.simulator.peakInFlight(tenant: "contoso.com") < 2 { await Task.yield() }
                client.simulator.release()
                for try await reply in group { #expect(reply.status == 200) }
            }
            #expect(client.simulator.peakInFlight(tenant: Seeds.tenant) == 2)
        }
    }

    @Test func `a tenant's limit of requests at once answers in plain text`() async throws {
        let seed = Seeds.usual(quirks: #"{"oddForms": false, "concurrencyLimit": 1}"#)
        try await withSimulator(seed: seed) { client async throws in
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "Set-*"}, "effect": {"hold": "body"}}]"#)
            async let held = client.invoke("Set-InboundConnector", #"{"Identity": "In", "Comment": "x"}"#)
            while client.simulator.peakInFlight(tenant: Seeds.tenant) < 1 { await Task.yield() }
            #expect(try await client.invoke("Get-InboundConnector").text == Self.concurrency)
            client.simulator.release()
            #expect(try await held.status == 200)
            #expect(try await client.invoke("Get-InboundConnector").rows.count == 2)
        }
    }

    @Test(arguments: [
        ("{}", "the top"), ("[{}]", "[0]"), (#"[{"effect": {"nonsense": 1}}]"#, "[0].effect"),
        (#"[{"effect": {"drop": "later"}}]"#, "[0].effect.drop"),
        (#"[{"match": {"x": 1}, "effect": {}}]"#, "[0].match"),
        ("[", "byte 1"),
    ])
    func `a wrong schedule is refused with its place`(json: String, path: String) async throws {
        try await withSimulator { client async throws in
            let error = #expect(throws: SimulatorError.self) { try client.simulator.setFaults(json) }
            guard case .badFaults(let place, _)? = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(place == path)
            #expect(try await client.send("POST", "/simulator/faults", body: json).status == 400)
        }
    }
}
