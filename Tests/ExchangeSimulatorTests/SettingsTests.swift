import ExchangeSimulator
import Foundation
import Testing

/// What a test sets in a tenant that runs.
@Suite struct SettingsTests {
    @Test func `a tenant's settings change while it runs, and messages stay`() async throws {
        try await withSimulator(seed: MailFlowTests.seed()) { client async throws in
            let set = { (body: String) in try await client.send("POST", "/simulator/tenant", body: body).status }
            let tenant = #""tenant": "contoso.com""#
            #expect(try await set(#"{\#(tenant), "mail": {"faults": [{"fault": "refused"}]}}"#) == 204)
            #expect(try await set(#"{\#(tenant), "auditingOn": false, "auditLatency": 60}"#) == 204)
            #expect(try await set(#"{\#(tenant), "blockedConnectors": [{"ConnectorId": "x", "Name": "In"}]}"#) == 204)
            #expect(try await set(#"{\#(tenant), "organizationConfig": {"RejectDirectSend": true}}"#) == 204)
            #expect(try await client.send("POST", "/simulator/clock", body: #"{"advance": 60}"#).status == 204)
            let letter = #"{\#(tenant), "from": "a@contoso.com", "to": ["c@fabrikam.com"], "count": 3}"#
            #expect(try await client.send("POST", "/simulator/mail", body: letter).status == 204)
            try client.simulator.moveClock(by: 10)
            // A message is tried some seconds after it came, so the fault strikes all of them.
            let words = try await MailFlowTests.rows(client).map { MailFlowTests.status($0) }
            #expect(words == ["pending", "pending", "pending", "pending"])
            #expect(try await client.invoke("Get-BlockedConnector").row["Name"] as? String == "In")
            #expect(try await client.invoke("Get-OrganizationConfig").row["RejectDirectSend"] as? Bool == true)
            let config = try await client.invoke("Get-AdminAuditLogConfig")
            #expect(config.row["UnifiedAuditLogIngestionEnabled"] as? Bool == false)
            #expect(config.headers["date"] == "Wed, 25 Nov 2026 12:01:10 GMT")
        }
    }

    @Test func `the state holds the mail's settings`() async throws {
        try await withSimulator(seed: MailFlowTests.seed(#""routingDelay": 60"#)) { client async throws in
            let other = try await ExchangeSimulator.start(seed: client.simulator.state(), now: { Seeds.now })
            #expect(other.state() == client.simulator.state())
            #expect(other.state().contains(#""routingDelay":60"#))
            await other.stop()
        }
    }

    @Test(arguments: [
        (#"{"mail": {}}"#, #""tenant" is missing"#),
        (#"{"tenant": "x"}"#, "No tenant is called"),
        (#"{"tenant": "contoso.com", "organization": "x"}"#, #""organization" is unknown"#),
        (#"{"tenant": "contoso.com", "auditLatency": -1}"#, "wrong at auditLatency"),
        (
            #"{"tenant": "contoso.com", "mail": {"routingDelay": 3601}}"#,
            "mail.routingDelay: a whole number from 0 to 3600"
        ),
        (#"{"tenant": "contoso.com", "mail": {"historyHours": 2161}}"#, "from 0 to 2160"),
        (
            #"{"tenant": "contoso.com", "mail": {"traffic": [{"domain": "a", "perHour": 1e9}]}}"#,
            "mail.traffic[0].perHour"
        ),
        (
            #"{"tenant": "contoso.com", "mail": {"traffic": [{"domain": "a", "perHour": 1e999}]}}"#,
            "a number is expected"
        ),
        (#"{"tenant": "contoso.com", "mail": {"faults": [{"fault": "rust"}]}}"#, "known are certificate-expired"),
        (#"{"tenant": "contoso.com", "mail": {"trace": {"lag": [9, 1]}}}"#, "mail.trace.lag[1]"),
        (#"{"tenant": "contoso.com", "mail": {"messages": [{"at": "x", "to": ["a@b"]}]}}"#, "a time is expected"),
        (#"{"tenant": "contoso.com", "mail": {"messages": [{"at": "2026-11-25T12:00:00Z", "to": []}]}}"#, "1 to 100"),
        ("[]", "an object is expected"), ("{", "wrong at byte"),
    ])
    func `settings beyond their bounds are refused, with the place`(body: String, words: String) async throws {
        try await withSimulator { client async throws in
            let reply = try await client.send("POST", "/simulator/tenant", body: body)
            #expect(reply.status == 400 || reply.status == 404)
            #expect(reply.text.contains(words), "\(reply.text)")
        }
    }

    @Test func `more items than a seed may have are refused`() async throws {
        let faults = (0...1_000).map { _ in #"{"fault": "refused"}"# }.joined(separator: ",")
        try await withSimulator { client async throws in
            let body = #"{"tenant": "contoso.com", "mail": {"faults": [\#(faults)]}}"#
            let reply = try await client.send("POST", "/simulator/tenant", body: body)
            #expect(reply.text.contains("at most 1000"))
        }
    }

    @Test(arguments: [-1, 7_776_001])
    func `the clock goes forward only, and not without end`(seconds: Int) async throws {
        try await withSimulator { client async throws in
            #expect(try await client.send("POST", "/simulator/clock", body: #"{"advance": \#(seconds)}"#).status == 400)
        }
    }
}
