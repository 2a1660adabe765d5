import Connectors
import Foundation
import Probing
import TLSGate
import Testing

@Suite struct VerdictAlgebraTests {
    @Test func `joining decisions is associative, commutative and idempotent, with pass neutral`() {
        let all = Verdict.allCases
        for one in all {
            #expect(one.joined(with: one) == one)
            #expect(one.joined(with: .pass) == one)
            for other in all {
                #expect(one.joined(with: other) == other.joined(with: one))
                for third in all {
                    #expect(one.joined(with: other).joined(with: third) == one.joined(with: other.joined(with: third)))
                }
            }
        }
        #expect(all.sorted() == [.pass, .warn, .approve, .hold, .block])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        /// A letter for each address in each preference: d deliverable, u undeliverable, ? unknown.
        var tiers: [String]
        var result: Deliverability
        var verdict: Verdict
        var testDescription: String { rule }

        var units: [VerdictAlgebra.Unit] {
            tiers.enumerated().flatMap { preference, letters in
                letters.map { letter in
                    let result: Deliverability =
                        letter == "d" ? .deliverable : letter == "u" ? .undeliverable : .unknown
                    return VerdictAlgebra.Unit(preference: preference, result: result)
                }
            }
        }
    }

    @Test(arguments: [
        Case(rule: "all deliverable", tiers: ["dd", "d"], result: .deliverable, verdict: .pass),
        Case(
            rule: "some in the best preference, the rest unknown",
            tiers: ["d?", "?"],
            result: .deliverable,
            verdict: .warn
        ),
        Case(rule: "some deliverable, some not", tiers: ["du"], result: .degraded, verdict: .approve),
        Case(
            rule: "the best delivers, a worse one does not",
            tiers: ["d", "u"],
            result: .degraded,
            verdict: .approve
        ),
        Case(rule: "only a worse preference delivers", tiers: ["u", "d"], result: .degraded, verdict: .approve),
        Case(
            rule: "only a worse preference delivers, the best is unknown",
            tiers: ["?", "d"],
            result: .degraded,
            verdict: .approve
        ),
        Case(rule: "none deliverable, one unknown", tiers: ["u?"], result: .unknown, verdict: .hold),
        Case(rule: "none deliverable, none unknown", tiers: ["u", "u"], result: .undeliverable, verdict: .block),
        Case(rule: "nothing at all", tiers: [], result: .unknown, verdict: .hold),
    ])
    func `a next hop comes to what its addresses do`(_ example: Case) {
        #expect(VerdictAlgebra.result(of: example.units) == example.result)
        #expect(VerdictAlgebra.result(of: example.units.reversed()) == example.result)
        guard !example.tiers.isEmpty else { return }
        let hosts = example.tiers.enumerated().map { preference, letters in host(preference, letters) }
        let judgement = Fixture.judge([Fixture.partner(hosts)], .encryption)
        #expect(judgement.verdict == example.verdict)
        #expect(judgement.nextHops.first?.result == example.result)
        #expect((judgement.retryAt != nil) == (judgement.verdict == .hold))
    }

    private func host(_ preference: Int, _ letters: String) -> HostObservations {
        let name = "mx\(preference).partner.example"
        let probes = letters.enumerated().map { index, letter in
            var probe =
                switch letter {
                case "d": Fixture.probe(host: name)
                case "u": Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] }
                default: Fixture.probe(endingIn: .greeting, .closed)
                }
            probe.host = name
            probe.address = "203.0.113.\(preference * 10 + index)"
            return probe
        }
        var host = Fixture.host(name, preference: preference, probes: probes)
        host.ipv4?.answers = probes.map { DNSRecord(.address($0.address)) }
        return host
    }

    @Test func `an address is what its worst finding says`() {
        func finding(_ outcome: Outcome, waived: Bool = false) -> Finding {
            Finding(check: "x", outcome: outcome, subject: "x", message: "x", waived: waived)
        }
        #expect(VerdictAlgebra.result(of: [Finding]()) == .deliverable)
        #expect(VerdictAlgebra.result(of: [finding(.warn), finding(.info), finding(.pass)]) == .deliverable)
        #expect(VerdictAlgebra.result(of: [finding(.unknown)]) == .unknown)
        #expect(VerdictAlgebra.result(of: [finding(.unknown), finding(.fail)]) == .undeliverable)
        #expect(VerdictAlgebra.result(of: [finding(.fail, waived: true)]) == .deliverable)
    }

    @Test func `a hold that has used up its tries is for a person`() {
        let silent = [Fixture.partner(probe: Fixture.probe(endingIn: .greeting, .timedOut))]
        #expect((0...3).map { Fixture.judge(silent, tries: $0).verdict } == [.hold, .hold, .hold, .approve])
        #expect(Fixture.judge(silent, tries: 1).retryAt == Fixture.now.addingTimeInterval(300))
        #expect(Fixture.judge(silent, tries: 9).retryAt == nil)
    }

    @Test func `the policy says what a degraded and an unknown next hop come to`() {
        var policy = Fixture.lab
        (policy.degraded, policy.unknown) = (.block, .warn)
        let half = Fixture.partner([host(0, "du")])
        #expect(Fixture.judge([half], .encryption, policy: policy).verdict == .block)
        #expect(Fixture.judge([Fixture.partner([host(0, "?")])], .encryption, policy: policy).verdict == .warn)
    }

    @Test func `a connector is the worst of its next hops`() {
        var other = Fixture.partner(probe: Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] })
        other.nextHop = .mx(domain: "other.example")
        let judgement = Fixture.judge(
            [Fixture.partner(), other],
            .encryption,
            settings: ["recipientDomains": ["partner.example", "other.example"]]
        )
        #expect(judgement.nextHops.map(\.verdict) == [.block, .pass])
        #expect(judgement.verdict == .block)
    }

    @Test func `servers that all fail do so whatever is not known of the whole next hop`() {
        let plain = Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] }
        func judgement(_ probe: ProbeObservation, held id: String) -> Judgement {
            Fixture.judge([Row.sts(nil, probe: probe, cached: Row.held(id))], .encryption)
        }
        let announced = "20261101T000000"
        #expect(judgement(plain, held: announced).nextHops.map(\.result) == [.undeliverable])
        #expect(judgement(plain, held: announced).verdict == .block)
        #expect(judgement(plain, held: "20250101").verdict == .block, "it offers no encryption, and that is demanded")
        #expect(judgement(Fixture.probe(), held: announced).verdict == .hold)
        #expect(judgement(Fixture.probe(endingIn: .greeting, .closed), held: announced).verdict == .hold)
    }

    @Test func `where a forged answer may have named the servers, that they fail settles nothing`() {
        var partner = Fixture.partner([host(0, "u")])
        partner.mx?.dnssec = .bogus(why: "signature expired")
        partner.dnssecSelfTest = DNSSECSelfTest(name: ".", status: .insecure, at: Fixture.seen)
        #expect(Fixture.judge([partner], .encryption).verdict == .hold)
    }

    @Test func `a preferred server that refuses before one that delivers is nolisting`() {
        var refusing = Fixture.probe(endingIn: .connect, .refused)
        refusing.host = "mx0.partner.example"
        refusing.address = "203.0.113.1"
        let hosts = [
            Fixture.host("mx0.partner.example", preference: 0, address: "203.0.113.1", probes: [refusing]),
            Fixture.host(),
        ]
        let judgement = Fixture.judge([Fixture.partner(hosts)])
        #expect(judgement.verdict == .warn)
        #expect(judgement.findings.first { $0.check == "tcp-refused" }?.outcome == .warn)
    }

    @Test(arguments: [(3, Deliverability.degraded, Verdict.approve), (2, .deliverable, .warn)])
    func `a server without an address counts beside one that takes the mail`(
        _ rcode: Int,
        _ result: Deliverability,
        _ verdict: Verdict
    ) {
        let name = "mx2.partner.example"
        let lost = HostObservations(
            host: name,
            preference: 10,
            ipv4: Fixture.answer(name, .a, [], rcode: rcode),
            ipv6: Fixture.answer(name, .aaaa, [], rcode: rcode)
        )
        let judgement = Fixture.judge([Fixture.partner([Fixture.host(), lost])])
        #expect(judgement.nextHops.map(\.result) == [result])
        #expect(judgement.verdict == verdict)
    }

    @Test func `an address that there was no time to ask is told, and counts`() {
        var unasked = ProbeObservation(address: "203.0.113.8", host: "mx1.partner.example", at: Fixture.seen)
        unasked.notProbed = .other("no answer within 600 s")
        let judgement = Fixture.judge([Fixture.partner([Fixture.host(probes: [Fixture.probe(), unasked])])])
        let open = judgement.findings.filter { $0.outcome == .unknown }
        #expect(open.map(\.subject) == ["mx1.partner.example [203.0.113.8]:25"])
        #expect(open.first?.evidence["seen"] == "no answer within 600 s")
        #expect(judgement.verdict == .warn)
    }

    @Test func `what was left out for the cap does not count`() {
        var left = HostObservations(host: "mx9.partner.example", preference: 90)
        left.notProbed = .overTheCap
        let judgement = Fixture.judge([Fixture.partner([Fixture.host(), left])])
        #expect(judgement.nextHops.first?.result == .deliverable)
        #expect(judgement.verdict == .warn)
    }

    @Test func `servers of the best preference that were left out are a person's to accept`() {
        var partner = Fixture.partner([Fixture.host()])
        var rest = LeftOut()
        (rest.addresses, rest.named) = (1, ["203.0.113.99"])
        partner.leftOut = rest
        #expect(Fixture.judge([partner]).verdict == .warn)
        rest.isOfBestPreference = true
        partner.leftOut = rest
        let judgement = Fixture.judge([partner])
        #expect(judgement.verdict == .approve)
        #expect(judgement.findings.filter { $0.check == "mx-many" }.count == 1)
    }

    @Test func `what was left out for the cap is told once, however many names DNS has for it`() {
        var host = Fixture.host()
        host.ipv4?.answers += (1...200).map { DNSRecord(.address("198.51.100.\($0)")) }
        var partner = Fixture.partner([host])
        partner.mx?.answers += (1...200).map { DNSRecord(.mx(preference: 20, host: "mx\($0).partner.example")) }
        var rest = LeftOut()
        (rest.hosts, rest.addresses, rest.isOfBestPreference) = (200, 200, true)
        partner.leftOut = rest
        let judgement = Fixture.judge([partner])
        #expect(judgement.verdict == .approve)
        #expect(judgement.findings.filter { $0.outcome == .unknown }.isEmpty)
        #expect(judgement.findings.filter { $0.check == "mx-many" }.count == 1)
        #expect(judgement.nextHops.first?.hosts.count == 1)
    }

    @Test func `of addresses that the cap does not explain the first are named, and the rest are one`() {
        var host = Fixture.host()
        host.ipv4?.answers += (1...200).map { DNSRecord(.address("198.51.100.\($0)")) }
        let judgement = Fixture.judge([Fixture.partner([host])])
        let missing = judgement.findings.filter { $0.check == "smtp-closed" }
        #expect(missing.count == 21)
        #expect(missing.contains { $0.subject.contains("[180 more]") })
        #expect(judgement.verdict == .warn)
    }

    @Test func `the apex of a wildcard is told and decides nothing`() {
        let plain = Fixture.partner(probe: Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] })
        let judgement = Fixture.judge([plain], .encryption, settings: ["recipientDomains": ["*.partner.example"]])
        #expect(judgement.findings.first { $0.check == "starttls-not-offered" }?.outcome == .info)
        #expect(judgement.verdict == .approve)
    }

    @Test(arguments: [["partner.example", "*.partner.example"], ["*.partner.example", "partner.example"]])
    func `the apex of a wildcard that is listed itself decides as any other domain`(_ domains: [String]) {
        let plain = Fixture.partner(probe: Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] })
        let judgement = Fixture.judge([plain], .encryption, settings: ["recipientDomains": .list(domains)])
        #expect(judgement.findings.first { $0.check == "starttls-not-offered" }?.outcome == .fail)
        #expect(judgement.verdict == .block)
    }
}
