import Connectors
import Foundation
import Probing
import TLSGate
import Testing

@Suite struct FreshnessTests {
    @Test func `a verdict rests on its oldest observation and ends with its first`() {
        var partner = Fixture.partner()
        partner.mx?.at = Fixture.now.addingTimeInterval(-600)
        let judgement = Fixture.judge([partner])
        #expect(judgement.observedAt == Fixture.now.addingTimeInterval(-600))
        #expect(judgement.expiresAt == Fixture.now.addingTimeInterval(-300))
    }

    @Test func `a verdict is as old as its oldest connection, and its oldest policy`() {
        let old = Fixture.now.addingTimeInterval(-7_200)
        var partner = Row.sts(Row.policy("enforce"))
        partner.hosts[0].probes[0].at = old
        #expect(Fixture.judge([partner]).observedAt == old)
        partner.hosts[0].probes[0].at = Fixture.seen
        #expect(Fixture.judge([partner]).observedAt == Fixture.seen)
        partner.mtaSTS[0].fetch?.at = old
        #expect(Fixture.judge([partner]).observedAt == old)
    }

    @Test func `rule 13: DNS answers are kept within bounds`() {
        func kept(_ ttl: Int?, rcode: Int? = 0, negative: Int? = nil, failure: DNSFailure? = nil) -> TimeInterval {
            let observation = DNSObservation(
                question: DNSQuestion("a.example", .a),
                answers: ttl.map { [DNSRecord(ttl: $0, .address("192.0.2.1"))] } ?? [],
                rcode: rcode,
                negativeTTL: negative,
                at: Fixture.now,
                failure: failure
            )
            return Freshness.end(of: observation).timeIntervalSince(Fixture.now)
        }
        #expect([kept(5), kept(300), kept(86_400)] == [60, 300, 3_600])
        #expect([kept(nil, negative: 86_400), kept(nil)] == [900, 60])
        #expect([kept(nil, rcode: 2), kept(nil, rcode: nil, failure: .timedOut)] == [0, 0])
        let probe = Fixture.probe()
        #expect(Freshness.end(of: probe, .deliverable) == probe.at.addingTimeInterval(21_600))
        #expect(Freshness.end(of: probe, .undeliverable) == probe.at.addingTimeInterval(900))
        #expect(Freshness.end(of: probe, .unknown) == probe.at)
    }

    @Test func `another field that counts is another digest`() {
        let one = Fixture.judge([Fixture.partner()], .domain).digest
        #expect(Fixture.judge([Fixture.partner()], .domain).digest == one)
        #expect(Fixture.judge([Fixture.partner()], .certificate).digest != one)
        #expect(Fixture.judge([Fixture.partner()], .domain, settings: ["comment": "new"]).digest == one)
        #expect(
            Fixture.judge([Fixture.partner()], .domain, settings: ["tlsDomain": "MX1.Partner.example"]).digest == one
        )
    }

    @Test(
        arguments: [
            ["connectorType": "OnPremises"], ["isTransportRuleScoped": true], ["mtaStsMode": "None"],
            ["recipientDomains": ["other.example"]], ["smartHosts": ["192.0.2.1"]], ["smtpDaneMode": "None"],
            ["tlsDomain": "other.example"], ["tlsSettings": "EncryptionOnly"], ["useMXRecord": false],
            ["validationRecipients": ["test@other.example"]],
        ] as [Settings]
    )
    func `each field that a verdict rests on outdates a waiver, and makes another digest`(_ change: Settings) {
        func connector(_ settings: Settings) -> DesiredConnector {
            DesiredConnector(
                key: Fixture.key,
                displayName: "partner",
                settings: settings,
                source: SourcePosition(file: "partner.yaml", line: 1)
            )
        }
        let (old, new) = (Fixture.settings(.domain), Fixture.settings(.domain, change))
        #expect(Gate.changedFields(connector(old), connector(new)) == change.keys)
        #expect(Fixture.judge([], settings: change).digest != Fixture.judge([]).digest)
    }

    @Test func `certificates are forecast, soonest first`() {
        let first = Fixture.judge([Fixture.partner()])
        let second = Fixture.judge([Fixture.partner(probe: Fixture.probe(["soon", "int"]))])
        let merged = ExpiryForecast.merged([first, second])
        #expect(merged.map(\.name).first == "mx1.partner.example")
        #expect(merged.map(\.notAfter) == merged.map(\.notAfter).sorted())
        #expect(merged.first?.subjects == ["mx1.partner.example [203.0.113.7]:25"])
    }

    @Test func `observations and judgements survive JSON`() throws {
        var partner = Row.signed([Row.tlsa(3, 1, 1, "leaf")])
        partner.crls = [Fixture.lists("http://x", [1, 2], partner)]
        partner.hosts[0].probes.append(Fixture.probe(endingIn: .connect, .unreachable("no route")))
        let again = try JSONDecoder().decode(PartnerObservations.self, from: JSONEncoder().encode(partner))
        #expect(again == partner)
        let judgement = Fixture.judge([partner])
        #expect(try JSONDecoder().decode(Judgement.self, from: JSONEncoder().encode(judgement)) == judgement)
        #expect(Fixture.judge([again]) == judgement)
    }
}
