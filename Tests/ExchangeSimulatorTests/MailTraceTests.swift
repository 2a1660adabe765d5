import ExchangeSimulator
import Foundation
import Testing

/// The cmdlets of the message trace, with their limits.
@Suite(.timeLimit(.minutes(5)))
struct MailTraceTests {
    private static let usual = MailFlowTests.seed(
        #""traffic": [{"domain": "fabrikam.com", "perHour": 60}], "historyHours": 4"#,
        messages: false
    )

    @Test(arguments: [
        (#"{"StartDate": "2026-11-14T00:00:00Z", "EndDate": "2026-11-24T00:00:01Z"}"#, 400),
        (#"{"StartDate": "2026-11-14T00:00:00Z", "EndDate": "2026-11-24T00:00:00Z"}"#, 200),
        (#"{"StartDate": "2026-08-20T00:00:00Z", "EndDate": "2026-08-28T00:00:00Z"}"#, 400),
        (#"{"StartDate": "2026-11-25T00:00:00Z"}"#, 400),
        (#"{"StartDate": "2026-11-25T00:00:00Z", "EndDate": "2026-11-24T00:00:00Z"}"#, 400),
        (#"{"ResultSize": 5001}"#, 400),
        (#"{"ResultSize": 0}"#, 400),
        (#"{"Unknown": 0}"#, 400),
        (#"{}"#, 200),
    ])
    func `a query has its limits`(parameters: String, status: Int) async throws {
        try await withSimulator(seed: Self.usual) { client async throws in
            #expect(try await client.invoke("Get-MessageTraceV2", parameters).status == status)
        }
    }

    @Test func `the first cmdlets answer 400`() async throws {
        try await withSimulator(seed: Self.usual) { client async throws in
            for cmdlet in ["Get-MessageTrace", "Get-MessageTraceDetail"] {
                #expect(try await client.invoke(cmdlet).status == 400)
            }
        }
    }

    @Test func `rows come newest first, some twice, and a cut answer has only a warning`() async throws {
        let seed = MailFlowTests.seed(
            #""traffic": [{"domain": "fabrikam.com", "perHour": 60}], "historyHours": 4"#,
            messages: false,
            trace: #""lag": 0, "repeats": 0.2"#
        )
        try await withSimulator(seed: seed) { client async throws in
            let reply = try await client.invoke("Get-MessageTraceV2", #"{"ResultSize": 100}"#)
            let times = reply.rows.compactMap { $0["Received"] as? String }
            #expect(times.count == 100)
            #expect(times == times.sorted(by: >))
            #expect(Set(reply.rows.compactMap { $0["MessageTraceId"] as? String }).count < 100)
            #expect(reply.nextLink == nil)
            #expect((reply.json["@adminapi.warnings"] as? [String])?.isEmpty == false)
            let last = try #require(reply.rows.last)
            let next = try await client.invoke(
                "Get-MessageTraceV2",
                #"{"StartDate": "2026-11-25T00:00:00Z", "EndDate": "\#(times[99])", "StartingRecipientAddress": "\#(last["RecipientAddress"] as? String ?? "")", "ResultSize": 5000}"#
            )
            #expect(next.rows.first?["MessageTraceId"] as? String == last["MessageTraceId"] as? String)
            #expect((next.json["@adminapi.warnings"] as? [String])?.isEmpty == true)
        }
    }

    @Test func `a row, and a change of its status, is told after its lag`() async throws {
        let seed = MailFlowTests.seed(
            #""faults": [{"fault": "greylisting"}]"#,
            trace: #""lag": [300, 300], "repeats": 0, "words": "documented""#
        )
        try await withSimulator(seed: seed) { client async throws in
            for (seconds, status) in [(290, "none"), (15, "pending"), (890, "pending"), (20, "delivered")] {
                try client.simulator.moveClock(by: seconds)
                #expect(MailFlowTests.status(try await MailFlowTests.rows(client).first) == status)
            }
        }
    }

    @Test func `rows of one message come each after a lag of its own`() async throws {
        let letter =
            #""messages": [{"at": "2026-11-25T12:00:00Z", "from": "a@contoso.com", "to": ["b@x.example", "c@x.example", "d@x.example", "e@x.example", "f@x.example"]}]"#
        let seed = MailFlowTests.seed(letter, messages: false, trace: #""lag": [300, 1800], "repeats": 0"#)
        try await withSimulator(seed: seed) { client async throws in
            try client.simulator.moveClock(by: 900)
            #expect((1...4).contains(try await MailFlowTests.rows(client).count))
            try client.simulator.moveClock(by: 901)
            #expect(try await MailFlowTests.rows(client).count == 5)
        }
    }

    @Test func `a hundred calls in five minutes, for each cmdlet`() async throws {
        try await withSimulator(seed: Self.usual) { client async throws in
            for _ in 0..<100 { #expect(try await client.invoke("Get-MessageTraceV2", "{}").status == 200) }
            #expect(try await client.invoke("Get-MessageTraceV2", "{}").status == 429)
            let detail = #"{"MessageTraceId": "x", "RecipientAddress": "y@z"}"#
            #expect(try await client.invoke("Get-MessageTraceDetailV2", detail).status == 200)
            try client.simulator.moveClock(by: 301)
            #expect(try await client.invoke("Get-MessageTraceV2", "{}").status == 200)
        }
    }

    @Test func `details without dates are of the last 48 hours only`() async throws {
        try await withSimulator(seed: MailFlowTests.seed()) { client async throws in
            try client.simulator.moveClock(by: 10)
            let row = try #require(try await MailFlowTests.rows(client).first)
            let detail =
                #"{"MessageTraceId": "\#(row["MessageTraceId"] as? String ?? "")", "RecipientAddress": "B@fabrikam.com"}"#
            #expect(try await client.invoke("Get-MessageTraceDetailV2", detail).rows.count == 2)
            try client.simulator.moveClock(by: 3 * 86_400)
            let fresh = try await client.signedIn()
            #expect(try await fresh.invoke("Get-MessageTraceDetailV2", detail).rows.isEmpty)
            #expect(try await fresh.invoke("Get-MessageTraceDetailV2", "{}").status == 400)
        }
    }

    // MARK: The door

    struct Visit: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Members of the inbound connector `In`, as Set-InboundConnector takes them.
        var connector = ""
        /// Members of the traffic.
        var traffic = ""
        var domain = "fabrikam.com"
        var tenant = ""
        let isAccepted: Bool
    }

    @Test(arguments: [
        Visit(testDescription: "no restriction", isAccepted: true),
        Visit(testDescription: "no TLS where it is required", traffic: #", "tls": false"#, isAccepted: false),
        Visit(
            testDescription: "a certificate of another name",
            connector: #""RestrictDomainsToCertificate": true, "TlsSenderCertificateName": "mail.fabrikam.com""#,
            traffic: #", "certificateName": "mail.tailspin.example""#,
            isAccepted: false
        ),
        Visit(
            testDescription: "the certificate that is asked for",
            connector: #""RestrictDomainsToCertificate": true, "TlsSenderCertificateName": "*.fabrikam.com""#,
            traffic: #", "certificateName": "mail.fabrikam.com""#,
            isAccepted: true
        ),
        Visit(
            testDescription: "another address",
            connector: #""RestrictDomainsToIPAddresses": true, "SenderIPAddresses": ["203.0.113.0/24"]"#,
            traffic: #", "address": "198.51.100.25""#,
            isAccepted: false
        ),
        Visit(
            testDescription: "one of the addresses",
            connector: #""RestrictDomainsToIPAddresses": true, "SenderIPAddresses": ["203.0.113.0/24"]"#,
            traffic: #", "address": "203.0.113.25""#,
            isAccepted: true
        ),
        Visit(testDescription: "the tenant's own domain from a stranger", domain: "contoso.com", isAccepted: true),
        Visit(
            testDescription: "the same where direct send is rejected",
            domain: "contoso.com",
            tenant: #", "organizationConfig": {"RejectDirectSend": true}"#,
            isAccepted: false
        ),
        Visit(
            testDescription: "a blocked connector",
            tenant: #", "blockedConnectors": ["a0000000-0000-4000-8000-000000000001"]"#,
            isAccepted: false
        ),
    ])
    func `what is refused at the door leaves no row`(_ visit: Visit) async throws {
        let mail =
            #""traffic": [{"domain": "\#(visit.domain)", "direction": "inbound", "perHour": 60\#(visit.traffic)}]"#
        try await withSimulator(seed: MailFlowTests.seed(mail, messages: false)) { client async throws in
            if !visit.connector.isEmpty {
                let reply = try await client.invoke("Set-InboundConnector", #"{"Identity": "In", \#(visit.connector)}"#)
                #expect(reply.status == 200)
            }
            try client.simulator.set(#"{"tenant": "\#(Seeds.tenant)"\#(visit.tenant)}"#)
            try client.simulator.moveClock(by: 3_600)
            let rows = try await MailFlowTests.rows(client)
            #expect(rows.isEmpty == !visit.isAccepted)
            #expect(rows.allSatisfy { MailFlowTests.status($0) == "delivered" && $0["ToIP"] as? String == "" })
        }
    }
}
