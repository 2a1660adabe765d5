import Foundation
import MailWatch
import TestSupport
import Testing

@Suite struct FailureCauseTests {
    struct Text: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        var data = ""
        let cause: CauseClass
        var code = "450 4.4.317"
        var host: PartnerHost? = Text.mx
        static let mx = PartnerHost(name: "mx.contoso.com", address: "192.0.2.7")
    }

    /// A text in its whole form.
    static func whole(_ error: String, fqdn: String = "", ip: String = "") -> String {
        """
        Reason: [{LED=\(error) [LastAttemptedServerName=mx.contoso.com] [LastAttemptedIP=192.0.2.7:25] \
        [SmtpSecurity=-1;-1] [AM0EUR02FT025.eop-EUR02.prod.protection.outlook.com 2026-11-22T10:11:40.000Z \
        08DEE9A1B2C3D4E5]};{MSG=};{FQDN=\(fqdn)};{IP=\(ip)};{LRT=11/22/2026 10:11:40 AM}]
        """
    }

    static let messages: [Text] = [
        Text(
            testDescription: "STARTTLS is required",
            text: whole(
                "450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to send mail]"
            ),
            cause: .tlsAbsent
        ),
        Text(
            testDescription: "STARTTLS must come first",
            text: whole("451 5.7.3 Must issue a STARTTLS command first"),
            cause: .tlsAbsent,
            code: "451 5.7.3"
        ),
        Text(
            testDescription: "another name",
            text: whole(
                "450 4.4.317 Cannot connect to remote server [Message=SubjectMismatch Expected Subject: *.contoso.com. Presented Subject: CN=x]"
            ),
            cause: .tlsName
        ),
        Text(
            testDescription: "another name, by the older code",
            text: whole("450 4.7.320 Certificate validation failed [Message=SubjectMismatch Expected Subject: x]"),
            cause: .tlsName,
            code: "450 4.7.320"
        ),
        Text(
            testDescription: "an untrusted root",
            text: whole("450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot]"),
            cause: .tlsUntrusted
        ),
        Text(
            testDescription: "a handshake that broke",
            text: whole(
                "450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 TLS negotiation failed with error SocketError]"
            ),
            cause: .tlsHandshake
        ),
        Text(
            testDescription: "a handshake's security status",
            text: whole("450 4.4.317 Cannot connect [Message=451 4.4.0 Security status IllegalMessage]"),
            cause: .tlsHandshake
        ),
        Text(
            testDescription: "a server that timed out under the same code",
            text: whole("450 4.4.317 Cannot connect to remote server [Message=SocketError: TimedOut]"),
            cause: .network
        ),
        Text(
            testDescription: "a server's own 421 under the same code",
            text: whole("450 4.4.317 Cannot connect to remote server [Message=421 4.3.2 Service not available]"),
            cause: .other
        ),
        Text(testDescription: "the code alone", text: whole("450 4.4.317 Cannot connect"), cause: .other),
    ]

    static let codes: [Text] = [
        Text(
            testDescription: "an MX that a policy does not name",
            text: whole("450 4.4.8 MX hosts of contoso.com failed MTA-STS validation"),
            cause: .sts,
            code: "450 4.4.8"
        ),
        Text(
            testDescription: "a certificate that a policy does not allow",
            text: whole("550 5.7.5 Remote certificate failed MTA-STS validation. Reason: SubjectMismatch"),
            cause: .sts,
            code: "550 5.7.5"
        ),
        Text(
            testDescription: "DANE",
            text: whole("550 5.7.323 tlsa-invalid: The domain failed DANE validation."),
            cause: .dane,
            code: "550 5.7.323"
        ),
        Text(
            testDescription: "a certificate without more",
            text: whole("450 4.7.320 Certificate validation failed"),
            cause: .tlsCertificate,
            code: "450 4.7.320"
        ),
        Text(
            testDescription: "names that cannot be resolved",
            text: whole("450 4.4.312 DNS query failed"),
            cause: .network,
            code: "450 4.4.312"
        ),
        Text(
            testDescription: "a connection that was closed",
            text: whole("450 4.4.318 Connection was closed abruptly"),
            cause: .network,
            code: "450 4.4.318"
        ),
        Text(
            testDescription: "a relay that the other server refused",
            text: whole("550 5.7.64 TenantAttribution; Relay Access Denied", fqdn: "mx.contoso.com", ip: "192.0.2.7"),
            cause: .refused,
            code: "550 5.7.64"
        ),
        Text(
            testDescription: "a relay refused, as only the members say",
            text: whole("550 5.7.1 Unable to relay"),
            data: #"<root><MEP Name="CustomData" Blob="S:x=1;S:IsSmtpResponseFromExternalServer=True" /></root>"#,
            cause: .refused,
            code: "550 5.7.1"
        ),
        Text(
            testDescription: "a relay that no outside server refused",
            text: whole("550 5.7.1 Unable to relay"),
            cause: .other,
            code: "550 5.7.1"
        ),
        Text(
            testDescription: "a rule of the tenant",
            text: whole("550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
            cause: .ownPolicy,
            code: "550 5.7.1"
        ),
        Text(
            testDescription: "a policy against data loss, as only the members say",
            text: whole("550 5.7.1 Relay not allowed", fqdn: "mx.contoso.com"),
            data: #"<root><MEP Name="SourceContext" String="DLP Policy Agent" /></root>"#,
            cause: .ownPolicy,
            code: "550 5.7.1"
        ),
        Text(
            testDescription: "an unknown user, with an address in the text",
            text: whole("550 5.1.1 <user@contoso.com>: user unknown", fqdn: "mx.contoso.com"),
            cause: .other,
            code: "550 5.1.1"
        ),
    ]

    static let forms: [Text] = [
        Text(
            testDescription: "the older form",
            text:
                "Reason: [{LED=450 4.4.316 Connection refused};{MSG=Socket error code 10061};{Last attempted server name=mx.contoso.com};{IP=192.0.2.7}]",
            cause: .network,
            code: "450 4.4.316"
        ),
        Text(
            testDescription: "a text that was cut behind its cause",
            text: "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot",
            cause: .tlsUntrusted,
            host: nil
        ),
        Text(
            testDescription: "a text that was cut in a server's name",
            text: "Reason: [{LED=450 4.4.315 Connection timed out [LastAttemptedServerName=mx.conto",
            cause: .network,
            code: "450 4.4.315",
            host: nil
        ),
        Text(
            testDescription: "an IPv6 address",
            text: "{LED=450 4.4.315 Connection timed out [LastAttemptedIP=[2001:db8::7]:25]}",
            cause: .network,
            code: "450 4.4.315",
            host: PartnerHost(address: "2001:db8::7")
        ),
        Text(
            testDescription: "a cause that stands only behind the last error",
            text: "Reason: [{LED=550 5.1.1 unknown};{MSG=450 4.4.317 STARTTLS is required}]",
            cause: .other,
            code: "550 5.1.1",
            host: nil
        ),
        Text(
            testDescription: "an address that looks like a code",
            text: "Reason: [{LED=Connection to 10.4.4.315 failed, 450 4.4.316 refused}]",
            cause: .network,
            code: "450 4.4.316",
            host: nil
        ),
        Text(testDescription: "no text", text: "", cause: .other, code: "", host: nil),
        Text(testDescription: "another text", text: "Message expired", cause: .other, code: "", host: nil),
    ]

    @Test(arguments: messages + codes + forms)
    func `a text's cause`(_ example: Text) {
        let cause = FailureCause([
            TraceDetail(date: applied, event: "DEFER", detail: example.text, data: example.data)
        ])
        #expect(cause.cause == example.cause)
        #expect(cause.code == example.code)
        #expect(cause.host == example.host)
    }

    @Test(arguments: messages + codes + forms)
    func `letter case does not matter`(_ example: Text) {
        let upper = FailureCause([
            TraceDetail(date: applied, event: "Defer", detail: example.text.uppercased(), data: example.data)
        ])
        #expect(upper.cause == example.cause)
        #expect(upper.host == example.host)
    }

    @Test func `the newest event with a cause counts, as the last one may only say that the message expired`() {
        let cause = FailureCause([
            TraceDetail(
                date: applied.addingTimeInterval(120),
                event: "Fail",
                detail: "Reason: [{LED=550 5.4.300 Message expired}]"
            ),
            TraceDetail(date: applied, event: "Defer", detail: Reason.timeout()),
            TraceDetail(date: applied.addingTimeInterval(60), event: "defer", detail: Reason.starttls()),
            TraceDetail(date: applied.addingTimeInterval(90), event: "Send external", detail: Reason.untrusted()),
        ])
        #expect(cause.cause == .tlsAbsent)
    }

    @Test func `events of one second give the same cause in any order`() {
        let events = [Reason.untrusted(), Reason.starttls(), Reason.timeout(), ""].map {
            TraceDetail(date: applied, event: "Defer", detail: $0)
        }
        let first = FailureCause(events)
        for shift in events.indices {
            #expect(FailureCause(Array(events[shift...] + events[..<shift])) == first)
        }
    }

    @Test func `no event of a failure has no cause`() {
        #expect(FailureCause([]).cause == .other)
        #expect(FailureCause([TraceDetail(date: applied, event: "Deliver", detail: Reason.starttls())]).cause == .other)
    }

    @Test(
        arguments: [
            (
                #"<root><MEP Name="CustomData" Blob="S:a=b;S:Microsoft.Exchange.Hygiene.TenantOutboundConnectorCustomData=Name=Contoso out TLS;" /></root>"#,
                "Contoso out TLS"
            ),
            (
                #"<root><MEP Name="CustomData" Blob="'S:k3=a=b;c=d';S:Microsoft.Exchange.Hygiene.TenantOutboundConnectorCustomData=Name=A &amp; B"/></root>"#,
                "A & B"
            ),
            (#"<root><MEP Name="ConnectorId" String="x\Default y" /></root>"#, nil),
            (#"<root><MEP Name="CustomData" Blob="S:Microsoft.Exchange"#, nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func `the outbound connector that a message took`(_ data: String, _ name: String?) {
        let details = [
            TraceDetail(date: applied, event: "Receive", detail: ""),
            TraceDetail(date: applied.addingTimeInterval(1), event: "Defer", detail: "", data: data),
        ]
        #expect(FailureCause.connector(in: details) == name)
    }

    @Test func `hostile texts are read to some end`() {
        var chance = Chance(seed: 4)
        let seeds = (Self.messages + Self.codes + Self.forms).flatMap { [$0.text, $0.data] }
        for _ in 0..<2_000 {
            var bytes = Array(seeds[Int(chance.next() % UInt64(seeds.count))].utf8)
            for _ in 0..<Int(chance.next() % 6) where !bytes.isEmpty {
                let place = Int(chance.next() % UInt64(bytes.count))
                if chance.isTrue(0.5) {
                    bytes[place] = UInt8(truncatingIfNeeded: chance.next())
                } else {
                    bytes.removeSubrange(place...)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let cause = FailureCause([TraceDetail(date: applied, event: "Fail", detail: text, data: text)])
            #expect(!cause.code.contains("@"))
        }
    }

    @Test(arguments: [
        ("550 5.1.1 <user@contoso.com>: unknown", "550 5.1.1 <address>: unknown"),
        ("to a.b@contoso.com, refused", "to <address> refused"),
        ("cut <user@con", "cut <address>"),
        ("nothing", "nothing"),
    ])
    func `a text is shown without addresses`(_ text: String, _ shown: String) {
        #expect(text.withoutAddresses == shown)
        #expect(String(repeating: "x", count: 500).withoutAddresses.count == 200)
    }
}
