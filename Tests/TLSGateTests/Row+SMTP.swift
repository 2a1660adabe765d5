import Connectors
import Probing
import TLSGate

extension Row {
    private static func reply(_ code: Int, _ text: String = "no") -> SMTPReply { SMTPReply(code: code, lines: [text]) }

    static let smtp: [Row] = [
        Row("tcp-refused", "a reset on connect", "U") { Fixture.probe(endingIn: .connect, .refused) },
        Row("tcp-timeout", "no answer on connect", "U") { Fixture.probe(endingIn: .connect, .timedOut) },
        Row("tcp-timeout", "no way to the address", "U") {
            Fixture.probe(endingIn: .connect, .unreachable("no route to host"))
        },
        Row(
            "vantage-blocked",
            "no server answers at three partners",
            "U",
            settings: ["recipientDomains": ["a.example", "b.example", "c.example"]]
        ) {
            ["a", "b", "c"].enumerated().map { index, name in
                var probe = Fixture.probe(endingIn: .connect, .timedOut)
                probe.address = "203.0.113.\(index)"
                var partner = Fixture.partner([
                    Fixture.host("mx.\(name).example", address: probe.address, probes: [probe])
                ])
                partner.nextHop = .mx(domain: "\(name).example")
                return partner
            }
        },
        Row("smtp-greeting-timeout", "no greeting", "U") { Fixture.probe(endingIn: .greeting, .timedOut) },
        Row("smtp-greeting-4xx", "421 as greeting", "U") {
            Fixture.probe(endingIn: .greeting, .replied, reply: reply(421, "4.7.0 too many connections"))
        },
        Row("smtp-greeting-5xx", "554 as greeting", "U") {
            Fixture.probe(endingIn: .greeting, .replied, reply: reply(554))
        },
        Row("smtp-greeting-bad", "no SMTP at all", "U") {
            Fixture.probe(endingIn: .greeting, .malformed("SSH-2.0-OpenSSH"))
        },
        Row("smtp-greeting-bad", "250 as greeting", "U") {
            Fixture.probe(endingIn: .greeting, .replied, reply: reply(250))
        },
        Row("smtp-closed", "the end before the greeting", "U") { Fixture.probe(endingIn: .greeting, .closed) },
        Row("smtp-closed", "the end before the reply to EHLO", "U") { Fixture.probe(endingIn: .ehlo, .closed) },
        Row("smtp-closed", "silence after STARTTLS", "U") { Fixture.probe(endingIn: .starttls, .timedOut) },
        Row("smtp-ehlo-4xx", "421 to EHLO", "U") { Fixture.probe(endingIn: .ehlo, .replied, reply: reply(421)) },
        Row("smtp-ehlo-5xx", "502 to EHLO", "WFFF") {
            Fixture.probe(endingIn: .ehlo, .replied, reply: reply(502)) { $0.heloReply = reply(250) }
        },
        Row("smtp-reply-malformed", "codes differ in one reply", "W") {
            var probe = Fixture.probe()
            probe.phases[2].reply?.oddities = ["codes differ: 250-x, 220 y"]
            return probe
        },
        Row("smtp-reply-malformed", "an answer without meaning", "U") {
            Fixture.probe(endingIn: .ehlo, .malformed("hello"))
        },
        Row("smtp-reply-limit", "an endless reply", "U") { Fixture.probe(endingIn: .ehlo, .tooLong) },
        Row("starttls-not-offered", "no STARTTLS keyword", "WFFF") {
            Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = ["SIZE 10240000", "XSTARTTLS"] }
        },
        Row("starttls-not-offered", "the keyword in other letters is it", "-") {
            var probe = Fixture.probe()
            probe.extensions = ["sTaRtTlS"]
            return probe
        },
        Row("starttls-mangled", "a firewall rewrites the keyword", "I") {
            Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = ["XXXXXXXA"] }
        },
        Row("starttls-4xx", "454 to STARTTLS", "U") { Fixture.probe(endingIn: .starttls, .replied, reply: reply(454)) },
        Row("smtp-ehlo-5xx", "550 to EHLO, which may be about us", "U") {
            Fixture.probe(endingIn: .ehlo, .replied, reply: reply(550)) { $0.heloReply = reply(250) }
        },
        Row("smtp-ehlo-5xx", "502 to EHLO and to HELO, which says nothing of encryption", "U") {
            Fixture.probe(endingIn: .ehlo, .replied, reply: reply(502)) { $0.heloReply = reply(502) }
        },
        Row("smtp-ehlo-5xx", "502 5.7.1 to EHLO, which is about who asks", "U") {
            Fixture.probe(endingIn: .ehlo, .replied, reply: reply(502, "5.7.1 Invalid HELO name")) {
                $0.heloReply = reply(250)
            }
        },
        Row("starttls-5xx", "502 to STARTTLS", "WFFF") {
            Fixture.probe(endingIn: .starttls, .replied, reply: reply(502))
        },
        Row("starttls-5xx", "550 to STARTTLS, which may be about us", "U") {
            Fixture.probe(endingIn: .starttls, .replied, reply: reply(550))
        },
        Row("starttls-injection", "bytes before the handshake", "W") {
            var probe = Fixture.probe()
            probe.bytesAfterStartTLS = Base64Bytes(Array("250 x\r\n".utf8))
            return probe
        },
        Row("starttls-after-tls", "STARTTLS inside TLS", "I") {
            var probe = Fixture.probe()
            probe.extensionsInTLS = ["STARTTLS"]
            return probe
        },
        Row("smtp-posttls-failed", "421 inside TLS", "U") {
            Fixture.probe(endingIn: .ehloInTLS, .replied, reply: reply(421))
        },
        Row("smtp-posttls-failed", "502 inside TLS", "F") {
            Fixture.probe(endingIn: .ehloInTLS, .replied, reply: reply(502))
        },
        Row("smtp-posttls-failed", "502 5.7.1 inside TLS, which is about who asks", "U") {
            Fixture.probe(endingIn: .ehloInTLS, .replied, reply: reply(502, "5.7.1 Access denied"))
        },
        Row("smtp-posttls-failed", "550 inside TLS, which may be about us", "U") {
            Fixture.probe(endingIn: .ehloInTLS, .replied, reply: reply(550))
        },
        Row("smtp-posttls-failed", "the end inside TLS", "U") { Fixture.probe(endingIn: .ehloInTLS, .closed) },
    ]
}
