import Connectors
import Probing
import TLSGate
import Testing

/// Our own trouble is said once and held against no partner.
@Suite struct VantageTests {
    private static func partner(_ name: String, _ probe: ProbeObservation, address: String) -> PartnerObservations {
        var probe = probe
        (probe.host, probe.address) = ("mx.\(name)", address)
        var partner = Fixture.partner([Fixture.host("mx.\(name)", address: address, probes: [probe])])
        partner.nextHop = .mx(domain: name)
        return partner
    }

    private static let silence: [ProbeObservation] = [
        Fixture.probe(endingIn: .connect, .timedOut), Fixture.probe(endingIn: .connect, .refused),
        Fixture.probe(endingIn: .greeting, .closed),
    ]

    /// Three unrelated partners of whose servers none says a word, each in a way of its own.
    private static let silent = zip(["partner.example", "b.example", "c.example"], silence).enumerated().map {
        partner($0.element.0, $0.element.1, address: "203.0.113.\(7 + $0.offset)")
    }

    private static func judge(_ own: PartnerObservations, of run: [PartnerObservations]) -> Judgement {
        Gate.judge(
            connector: Fixture.key,
            settings: Fixture.settings(.encryption),
            observations: [own],
            policy: Fixture.lab,
            roots: Fixture.roots,
            now: Fixture.now,
            vantage: Vantage(run)
        )
    }

    @Test func `where no server of three partners says a word, it is our port`() {
        #expect(Vantage(Self.silent).silentServers == 3)
        let judgement = Self.judge(Self.silent[0], of: Self.silent)
        #expect(judgement.verdict == .hold)
        let open = judgement.findings.filter { $0.outcome == .unknown || $0.outcome == .fail }
        #expect(open.map(\.check) == ["vantage-blocked"])
        #expect(open.map(\.isAboutUs) == [true])
        #expect(open.first?.message.contains("None of 3 servers") == true)
        #expect(judgement.nextHops.map(\.result) == [.unknown])
    }

    @Test func `one word from one server, or one partner less, and it is not our port`() {
        var run = Self.silent
        #expect(!Vantage(Array(run.dropLast())).isPortBlocked)
        run.append(Self.partner("d.example", Fixture.probe(endingIn: .ehlo, .closed), address: "203.0.113.99"))
        #expect(!Vantage(run).isPortBlocked)
        #expect(Self.judge(run[0], of: run).findings.contains { $0.check == "tcp-timeout" })
        let shared = Self.silent.map { partner in
            var partner = partner
            partner.hosts = Self.silent[0].hosts
            return partner
        }
        #expect(!Vantage(shared).isPortBlocked)
    }

    @Test func `what a partner publishes counts also where the port is closed here`() {
        var own = Self.silent[0]
        own.mx = Fixture.answer("partner.example", .mx, [.mx(preference: 0, host: ".")])
        let judgement = Self.judge(own, of: Self.silent)
        #expect(judgement.verdict == .block)
        #expect(judgement.findings.contains { $0.check == "mx-null" })
    }

    @Test func `where our resolver is silent, nothing is said of the partner`() {
        var partner = Fixture.partner([])
        partner.mx = Fixture.answer("partner.example", .mx, [], rcode: nil, failure: .timedOut)
        partner.mtaSTS = []
        partner.isDNSSilent = true
        let judgement = Fixture.judge([partner])
        #expect(judgement.verdict == .hold)
        #expect(judgement.findings.map(\.check) == ["vantage-dns"])
        #expect(judgement.findings.first?.message.contains("The resolver 127.0.0.1@53 does not answer") == true)
        partner.isDNSSilent = false
        #expect(Fixture.judge([partner]).findings.contains { $0.check == "dns-failed" })
    }

    @Test func `no IPv6 here is a warning about us, and costs no partner its verdict`() {
        var six = ProbeObservation(address: "2001:db8::7", host: "mx1.partner.example", at: Fixture.seen)
        six.notProbed = .noIPv6
        var host = Fixture.host()
        host.ipv6 = Fixture.answer("mx1.partner.example", .aaaa, [.address("2001:db8::7")])
        host.probes.append(six)
        let judgement = Fixture.judge([Fixture.partner([host])])
        #expect(judgement.verdict == .pass)
        #expect(judgement.nextHops.map(\.result) == [.deliverable])
        let told = judgement.findings.filter { $0.outcome != .pass && $0.outcome != .info }
        #expect(told.map(\.check) == ["vantage-no-ipv6"])
    }
}
