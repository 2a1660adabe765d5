import ExchangeSimulator
import Foundation
import Testing

/// Mail that flows through the tenant's connectors as they are, and what the trace tells of it.
@Suite(.timeLimit(.minutes(5)))
struct MailFlowTests {
    /// One message to Fabrikam at the start, and whatever else `mail` says; the trace has no lag.
    static func seed(_ mail: String = "", messages: Bool = true, trace: String = #""lag": 0, "repeats": 0"#) -> String {
        let letter = #""messages": [{"at": "2026-11-25T12:00:00Z", "from": "a@contoso.com", "to": ["b@fabrikam.com"]}]"#
        let parts = [messages ? letter : "", #""trace": {\#(trace)}"#, mail].filter { !$0.isEmpty }
        return Seeds.usual(more: #", "mail": {\#(parts.joined(separator: ", "))}"#, tokenLifetime: 10_000_000)
    }

    static func rows(_ client: Client, _ more: String = "") async throws -> [[String: Any]] {
        try await client.invoke(
            "Get-MessageTraceV2",
            #"{"StartDate": "2026-11-20T00:00:00Z", "EndDate": "2026-11-30T00:00:00Z", "ResultSize": 5000\#(more)}"#
        ).rows
    }

    /// The events of the only message.
    static func events(_ client: Client) async throws -> [[String: Any]] {
        let row = try #require(try await rows(client).first)
        let (id, recipient) = (row["MessageTraceId"] as? String ?? "", row["RecipientAddress"] as? String ?? "")
        return try await client.invoke(
            "Get-MessageTraceDetailV2",
            #"{"MessageTraceId": "\#(id)", "RecipientAddress": "\#(recipient)", "StartDate": "2026-11-25T00:00:00Z", "EndDate": "2026-11-28T00:00:00Z"}"#
        ).rows
    }

    static func status(_ row: [String: Any]?) -> String { (row?["Status"] as? String ?? "none").lowercased() }

    // MARK: Causes

    struct Case: Sendable, CustomTestStringConvertible {
        let fault: String
        /// Parameters of the connector to Fabrikam.
        let connector: String
        /// What the text holds; `nil` where the message is delivered.
        let text: String?
        var status = "pending"

        var testDescription: String { "\(fault), \(connector): \(text ?? "delivered")" }
    }

    private static let opportunistic = #""TlsSettings": null"#
    private static let encrypted = #""TlsSettings": "EncryptionOnly""#
    private static let checked = #""TlsSettings": "CertificateValidation""#
    private static let named = #""TlsSettings": "DomainValidation", "TlsDomain": "*.fabrikam.com""#

    @Test(arguments: [
        Case(fault: "certificate-expired", connector: encrypted, text: nil),
        Case(fault: "certificate-expired", connector: checked, text: "450 4.7.320 Certificate validation failed"),
        Case(fault: "wrong-name", connector: checked, text: nil),
        Case(fault: "wrong-name", connector: named, text: "[Message=SubjectMismatch Expected Subject: *.fabrikam.com."),
        Case(fault: "chain-incomplete", connector: encrypted, text: nil),
        Case(fault: "chain-incomplete", connector: checked, text: "[Message=UntrustedRoot]"),
        Case(fault: "starttls-gone", connector: opportunistic, text: nil),
        Case(fault: "starttls-gone", connector: encrypted, text: "STARTTLS is required to send mail"),
        Case(fault: "handshake-broken", connector: opportunistic, text: nil),
        Case(fault: "handshake-broken", connector: encrypted, text: "TLS negotiation failed with error SocketError"),
        Case(fault: "refused", connector: opportunistic, text: "450 4.4.316 Connection refused"),
        Case(fault: "timed-out", connector: opportunistic, text: "450 4.4.315 Connection timed out"),
        Case(fault: "closed", connector: opportunistic, text: "450 4.4.318 Connection was closed abruptly"),
        Case(fault: "dns-gone", connector: opportunistic, text: "450 4.4.312 DNS query failed"),
        Case(fault: "busy", connector: opportunistic, text: "421 4.3.2 Service not available"),
        Case(fault: "greylisting", connector: named, text: "451 4.7.1 Greylisting"),
        Case(fault: "mailbox-full", connector: named, text: "452 4.2.2"),
        Case(fault: "unknown-user", connector: named, text: "550 5.1.1 <b@fabrikam.com>", status: "failed"),
        Case(fault: "relay-denied", connector: named, text: "550 5.7.64 TenantAttribution", status: "failed"),
        Case(fault: "tlsa-mismatch", connector: encrypted, text: "450 4.7.323 tlsa-invalid"),
        Case(fault: "tlsa-mismatch", connector: #""SmtpDaneMode": "None""#, text: nil),
        Case(fault: "mta-sts-mismatch", connector: encrypted, text: "failed MTA-STS validation"),
        Case(fault: "mta-sts-mismatch", connector: #""MtaStsMode": "None""#, text: nil),
    ])
    func `the fault and the demand decide on the text`(_ example: Case) async throws {
        let publishes =
            example.fault == "tlsa-mismatch"
            ? #""dane": true"# : example.fault == "mta-sts-mismatch" ? #""mtaSTS": true"# : #""dane": false"#
        let mail = #"""
            "partners": [{"domain": "fabrikam.com", "hosts": [{"name": "mx1.fabrikam.com", "address": "192.0.2.7"}], \#(publishes)}],
            "faults": [{"fault": "\#(example.fault)", "domain": "fabrikam.com"}]
            """#
        try await withSimulator(seed: Self.seed(mail, messages: false)) { client async throws in
            let reply = try await client.invoke("Set-OutboundConnector", #"{"Identity": "Out", \#(example.connector)}"#)
            #expect(reply.status == 200)
            try client.simulator.send(tenant: Seeds.tenant, from: "a@contoso.com", to: ["b@fabrikam.com"])
            try client.simulator.moveClock(by: 10)
            #expect(
                Self.status(try await Self.rows(client).first) == (example.text == nil ? "delivered" : example.status)
            )
            let texts = try await Self.events(client).compactMap { $0["Detail"] as? String }
            if let text = example.text { #expect(texts.contains { $0.contains(text) }, "\(texts)") }
        }
    }

    @Test func `a smart host that no one knows is not found, and an address does not answer`() async throws {
        for (host, text) in [("mx.gone.example", "450 4.4.312 DNS query failed"), ("192.0.2.99", "450 4.4.315")] {
            try await withSimulator(seed: Self.seed(messages: false)) { client async throws in
                _ = try await client.invoke(
                    "Set-OutboundConnector",
                    #"{"Identity": "Out", "UseMXRecord": false, "SmartHosts": ["\#(host)"]}"#
                )
                try client.simulator.send(tenant: Seeds.tenant, from: "a@contoso.com", to: ["b@fabrikam.com"])
                try client.simulator.moveClock(by: 10)
                let texts = try await Self.events(client).compactMap { $0["Detail"] as? String }
                #expect(texts.contains { $0.contains(text) }, "\(texts)")
            }
        }
    }

    // MARK: Tries

    @Test func `it is tried at once, after 15 and 30 minutes, then hourly, and has failed after a day`() async throws {
        let mail = #""faults": [{"fault": "refused"}]"#
        try await withSimulator(seed: Self.seed(mail)) { client async throws in
            try client.simulator.moveClock(by: 86_300)
            #expect(Self.status(try await Self.rows(client).first) == "pending")
            try client.simulator.moveClock(by: 200)
            #expect(Self.status(try await Self.rows(client).first) == "failed")
            let minutes = try await Self.events(client).filter {
                ["defer", "fail"].contains(($0["Event"] as? String ?? "").lowercased())
            }.compactMap { row -> Int? in
                let parts = (row["Date"] as? String ?? "").dropLast(9).split(whereSeparator: { "-T:".contains($0) })
                    .compactMap { Int($0) }
                return parts.count >= 5 ? (parts[2] - 25) * 1_440 + parts[3] * 60 + parts[4] - 720 : nil
            }
            #expect(minutes == [0, 15, 30] + (1...23).map { 30 + 60 * $0 } + [1_440])
        }
    }

    @Test func `greylisting ends at the try that is good`() async throws {
        let mail = #""faults": [{"fault": "greylisting", "goodTry": 3}]"#
        try await withSimulator(seed: Self.seed(mail)) { client async throws in
            for (seconds, status) in [(10, "pending"), (900, "pending"), (900, "delivered")] {
                try client.simulator.moveClock(by: seconds)
                #expect(Self.status(try await Self.rows(client).first) == status)
            }
        }
    }

    @Test func `a fault has its times`() async throws {
        let mail =
            #""faults": [{"fault": "refused", "from": "2026-11-25T11:00:00Z", "until": "2026-11-25T12:20:00Z"}]"#
        try await withSimulator(seed: Self.seed(mail)) { client async throws in
            try client.simulator.moveClock(by: 1_000)
            #expect(Self.status(try await Self.rows(client).first) == "pending")
            try client.simulator.moveClock(by: 900)
            #expect(Self.status(try await Self.rows(client).first) == "delivered")
        }
    }

    @Test func `one of two servers that is bad takes half of the mail`() async throws {
        let mail = #"""
            "partners": [{"domain": "fabrikam.com", "hosts": ["mx1.fabrikam.com", "mx2.fabrikam.com"]}],
            "faults": [{"fault": "unknown-user", "host": "mx2.fabrikam.com"}]
            """#
        try await withSimulator(seed: Self.seed(mail, messages: false)) { client async throws in
            try client.simulator.send(tenant: Seeds.tenant, from: "a@contoso.com", to: ["b@fabrikam.com"], count: 400)
            try client.simulator.moveClock(by: 500)
            let failed = try await Self.rows(client).filter { Self.status($0) == "failed" }.count
            #expect((150...250).contains(failed))
        }
    }

    @Test func `a changed connector is used after a while`() async throws {
        let mail = #""routingDelay": 1800, "faults": [{"fault": "starttls-gone"}]"#
        try await withSimulator(seed: Self.seed(mail, messages: false)) { client async throws in
            _ = try await client.invoke("Set-OutboundConnector", #"{"Identity": "Out", "TlsSettings": null}"#)
            try client.simulator.moveClock(by: 1_700)
            try client.simulator.send(tenant: Seeds.tenant, from: "a@contoso.com", to: ["b@fabrikam.com"])
            try client.simulator.moveClock(by: 60)
            #expect(Self.status(try await Self.rows(client).first) == "pending")
            try client.simulator.moveClock(by: 900)
            #expect(Self.status(try await Self.rows(client).first) == "delivered")
        }
    }

    // MARK: Texts

    @Test func `texts come whole, cut and in their older form`() async throws {
        let mail = #""faults": [{"fault": "chain-incomplete"}]"#
        try await withSimulator(seed: Self.seed(mail)) { client async throws in
            try client.simulator.moveClock(by: 86_000)
            let texts = try await Self.events(client).compactMap { $0["Detail"] as? String }
                .filter { $0.contains("UntrustedRoot") }
            #expect(texts.contains { $0.contains("[SmtpSecurity=-1;-1]") && $0.contains("};{FQDN=") })
            #expect(texts.contains { !$0.contains("};{") && !$0.hasSuffix("]") })
            #expect(texts.contains { $0.contains("{Last attempted server name=mx.fabrikam.com}") })
            #expect(texts.allSatisfy { $0.hasPrefix("Reason: [{LED=450 4.4.317 ") })
        }
    }

    @Test(arguments: [0.0, 1.0])
    func `details name the outbound connector, or not`(_ share: Double) async throws {
        let trace = #""lag": 0, "repeats": 0, "namesConnector": \#(share)"#
        try await withSimulator(seed: Self.seed(trace: trace)) { client async throws in
            try client.simulator.moveClock(by: 10)
            let data = try await Self.events(client).compactMap { $0["Data"] as? String }
            #expect(data.contains { $0.contains("TenantOutboundConnectorCustomData=Name=Out;") } == (share == 1))
        }
    }

    // MARK: Traffic

    @Test func `what became of the mail does not hang on how often someone asked`() async throws {
        let mail = #"""
            "traffic": [{"domain": "fabrikam.com", "perHour": 30, "recipients": 3, "forwarded": 0.2,
                         "bursts": {"perDay": 20, "messages": 10}}],
            "faults": [{"fault": "greylisting", "share": 0.3}, {"fault": "mailbox-full", "share": 0.1}]
            """#
        var traces: [[String]] = []
        for step in [60, 7_200] {
            try await withSimulator(seed: Self.seed(mail, messages: false)) { client async throws in
                for _ in 0..<(7_200 / step) {
                    try client.simulator.moveClock(by: step)
                    if step == 60 { _ = try await client.send("GET", "/simulator/health") }
                }
                traces.append(
                    try await Self.rows(client).map { "\($0.sorted { $0.key < $1.key }.map { "\($0.value)" })" }
                )
            }
        }
        #expect(traces[0].count > 50)
        #expect(traces[0] == traces[1])
    }

    @Test func `traffic has its rate, its bursts and its strangers`() async throws {
        let mail = #"""
            "historyHours": 24, "traffic": [
              {"domain": "fabrikam.com", "perHour": 50, "senders": 5, "forwarded": 0.2},
              {"domain": "tailspin.example", "perHour": 0, "senders": 9, "bursts": {"perDay": 10, "messages": 20, "within": 240}}]
            """#
        try await withSimulator(seed: Self.seed(mail, messages: false)) { client async throws in
            let rows = try await Self.rows(client)
            let to = { (domain: String) in
                rows.filter { ($0["RecipientAddress"] as? String ?? "").hasSuffix("@\(domain)") }
            }
            #expect((1_050...1_350).contains(to("fabrikam.com").count))
            let senders = Set(to("fabrikam.com").map { $0["SenderAddress"] as? String ?? "?" })
            #expect(senders.filter { $0.hasSuffix("@contoso.com") }.count == 5)
            #expect(senders.contains("") && senders.contains { $0.hasSuffix("@stranger.example") })
            let burst = to("tailspin.example")
            #expect(burst.count >= 60 && burst.count.isMultiple(of: 20))
            #expect(Set(burst.map { $0["SenderAddress"] as? String ?? "?" }).count <= 9)
            #expect(rows.allSatisfy { "\($0["Subject"] ?? "")\($0["MessageId"] ?? "")".contains("postmark") })
        }
    }

    @Test func `no more is kept than may be`() async throws {
        let mail = #""historyHours": 2160, "keep": 500, "traffic": [{"domain": "fabrikam.com", "perHour": 20000}]"#
        try await withSimulator(seed: Self.seed(mail, messages: false)) { client async throws in
            let rows = try await Self.rows(client)
            #expect((400...550).contains(rows.count))
            try client.simulator.moveClock(by: 80 * 86_400)
            let reply = try await client.invoke("Get-MessageTraceV2", #"{"ResultSize": 5000}"#)
            #expect((400...550).contains(reply.rows.count))
        }
    }
}
