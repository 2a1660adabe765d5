import Probing
import TLSGate
import Testing

/// What a look saw, and what it could not see.
@Suite struct SightTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let host: HostObservations
        let isSeen: Bool?

        init(_ testDescription: String, _ host: HostObservations, isSeen: Bool?) {
            self.testDescription = testDescription
            self.host = host
            self.isSeen = isSeen
        }
    }

    private static let name = "mx1.partner.example"

    private static func ending(_ phase: ProbePhase, _ outcome: PhaseOutcome, _ code: Int? = nil) -> HostObservations {
        let reply = code.map { SMTPReply(code: $0, lines: ["so"]) }
        return Fixture.host(probes: [Fixture.probe(endingIn: phase, outcome, reply: reply)])
    }

    private static func left(_ reason: NotProbedReason) -> HostObservations {
        var probe = Fixture.probe()
        (probe.notProbed, probe.phases) = (reason, [])
        return Fixture.host(probes: [probe])
    }

    private static func made(_ edit: (inout HostObservations) -> Void) -> HostObservations {
        var host = Fixture.host(probes: [])
        edit(&host)
        return host
    }

    static let cases: [Case] = [
        Case("a server that shows its certificate is seen", Fixture.host(), isSeen: true),
        Case("one that offers no STARTTLS is seen", ending(.starttls, .notOffered), isSeen: true),
        Case("one that refuses EHLO for good is seen", ending(.ehlo, .replied, 550), isSeen: true),
        Case("one that puts EHLO off is not", ending(.ehlo, .replied, 450), isSeen: false),
        Case("one that does not let us in is not", ending(.greeting, .replied, 554), isSeen: false),
        Case("one that does not answer is not", ending(.connect, .timedOut), isSeen: false),
        Case("one that refuses the connection is not", ending(.connect, .refused), isSeen: false),
        Case(
            "one that wants fewer connections is not",
            left(.backingOff(until: Fixture.now)),
            isSeen: false
        ),
        Case("one that there was no time for is not", left(.other("no answer within 60 s")), isSeen: false),
        Case("one that only IPv6 reaches is not, without IPv6", left(.noIPv6), isSeen: false),
        Case("an address that is not public is known", left(.addressNotPublic("private")), isSeen: true),
        Case(
            "a name without addresses is known",
            made { $0.ipv4 = Fixture.answer(name, .a, []) },
            isSeen: true
        ),
        Case(
            "a name whose addresses could not be had is not",
            made { $0.ipv4 = Fixture.answer(name, .a, [], rcode: nil, failure: .timedOut) },
            isSeen: false
        ),
        Case(
            "a host beyond those that are looked at counts for nothing",
            made { $0.notProbed = .overTheCap },
            isSeen: nil
        ),
    ]

    @Test("What one look says of a host", arguments: cases)
    func oneHost(_ example: Case) {
        let sight = Sight([Fixture.partner([example.host])])
        #expect(sight.seen == (example.isSeen == true ? [Self.name] : []))
        #expect(sight.unseen == (example.isSeen == false ? [Self.name] : []))
        #expect(sight.isBlind == (example.isSeen == false))
    }

    @Test func `servers count as silent only where none said a word`() {
        let silent = Self.ending(.connect, .timedOut)
        #expect(Sight([Fixture.partner([silent])]).silentServers == ["203.0.113.7"])
        var other = Fixture.partner([Fixture.host("mx2.partner.example", address: "203.0.113.8")])
        other.hosts.append(silent)
        let sight = Sight([other])
        #expect(sight.silentServers.isEmpty && sight.hasHeard && !sight.isBlind)
        #expect(sight.unseen == [Self.name])
    }

    @Test func `a host that one next hop saw is seen, whatever another did`() {
        let sight = Sight([Fixture.partner([Self.ending(.connect, .timedOut)]), Fixture.partner()])
        #expect(sight.seen == [Self.name] && sight.unseen.isEmpty)
    }

    @Test func `a silent resolver, and a next hop that could not be found out, leave a look blind`() {
        var silent = Fixture.partner([])
        silent.isDNSSilent = true
        #expect(Sight([silent]).isBlind && Sight([silent]).isDNSSilent)
        var failing = Fixture.partner([])
        failing.mx = Fixture.answer("partner.example", .mx, [], rcode: nil, failure: .timedOut)
        #expect(Sight([failing]).isBlind)
        var gone = Fixture.partner([])
        gone.mx = Fixture.answer("partner.example", .mx, [], rcode: 3)
        #expect(!Sight([gone]).isBlind)
    }
}
