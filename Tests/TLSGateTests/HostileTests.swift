import Connectors
import Foundation
import Probing
import TLSGate
import Testing

/// What strangers send, and what could not be found out.
@Suite struct HostileTests {
    /// Acts on a terminal, turns text, ends a line, and orders a pipeline's agent about.
    private static let hostile = "\u{1B}[2J\u{9B}31m\u{202E}x\r\n::error::y ##vso[task.setvariable variable=PATH]z"

    @Test func `nothing that a stranger says reaches a judgement unescaped`() throws {
        let bad = Self.hostile
        var texts: [String] = []
        for observations in Self.strangers(bad) {
            for level in TLSLevel.allCases {
                let judgement = Fixture.judge(observations, level, settings: ["smtpDaneMode": "Opportunistic"])
                for finding in judgement.findings {
                    texts += [finding.subject, finding.message, finding.remedy, finding.exo ?? ""]
                    texts += finding.evidence.values
                    texts.append(FindingText.render(finding))
                }
                texts += judgement.nextHops.map(\.name) + judgement.nextHops.flatMap(\.hosts).map(\.host)
                texts += judgement.forecasts.flatMap { [$0.name] + $0.subjects }
                let sheet = PartnerSheet(name: bad, outbound: Fixture.settings(level), outboundJudgement: judgement)
                texts.append(sheet.text())
            }
        }
        #expect(texts.contains { $0.contains("vso[") })
        for text in texts {
            #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isTreacherous }, "\(text.debugDescription)")
            #expect(!text.contains("##vso["), "\(text.debugDescription)")
            #expect(text.utf8.count < 4_000)
        }
    }

    /// Observations with the text wherever a stranger's text can be.
    private static func strangers(_ bad: String) -> [[PartnerObservations]] {
        let reply = SMTPReply(code: 550, lines: [bad], oddities: [bad])
        let steps: [(ProbePhase, PhaseOutcome)] = [
            (.greeting, .replied), (.greeting, .malformed(bad)), (.ehlo, .replied), (.starttls, .replied),
            (.starttls, .malformed(bad)), (.handshake, .handshakeFailed(bad)), (.ehloInTLS, .replied),
            (.connect, .unreachable(bad)),
        ]
        var probes = steps.map { phase, outcome in
            Fixture.probe(endingIn: phase, outcome, reply: outcome == .replied ? reply : nil)
        }
        probes.append(Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [bad, "XXXXXXXA"] })
        var named = Fixture.probe()
        (named.host, named.cipher, named.vantage) = ("mx1\(bad)", "ECDHE-\(bad)", bad)
        probes.append(named)
        var partners = probes.map { Fixture.partner(probe: $0) }
        partners.append(Fixture.partner([Fixture.host("mx1\(bad)", probes: [named])]))
        var dns = Fixture.partner()
        dns.mx?.dnssec = .bogus(why: bad)
        dns.mx?.resolver = bad
        partners.append(dns)
        var policy = Fixture.partner()
        policy.mtaSTS[0].txt = Fixture.answer("_mta-sts.partner.example", .txt, [.text("v=STSv1; id=1;\(bad)")])
        policy.mtaSTS[0].fetch = MTASTSObservation.PolicyFetch(url: bad, redirect: bad, at: Fixture.seen)
        partners.append(policy)
        policy.mtaSTS[0].txt = Fixture.answer("_mta-sts.partner.example", .txt, [.text("v=STSv1; \(bad)")])
        partners.append(policy)
        return partners.map { [$0] }
    }

    struct Doubt: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The least that is to be decided.
        var least = Verdict.hold
        let edit: @Sendable (inout PartnerObservations) -> Void
    }

    private static func signed() -> PartnerObservations { Row.signed([Row.tlsa(3, 1, 1, "leaf")]) }

    private static let doubts: [Doubt] = [
        Doubt(testDescription: "the MX timed out") { $0.mx?.lose() },
        Doubt(testDescription: "the MX was not asked for") { $0.mx = nil },
        Doubt(testDescription: "no address came") {
            $0.hosts[0].ipv4?.lose()
            $0.hosts[0].ipv6?.lose()
        },
        Doubt(testDescription: "half of the addresses came", least: .warn) { $0.hosts[0].ipv6?.lose() },
        Doubt(testDescription: "the key records timed out") { $0.hosts[0].tlsa[0].lose() },
        Doubt(testDescription: "the key records were not asked for") { $0.hosts[0].tlsa = [] },
        Doubt(testDescription: "a key record is too short to be one", least: .warn) {
            $0.hosts[0].tlsa[0].answers = [DNSRecord(.malformed("0301"))]
        },
        Doubt(testDescription: "the policy was not asked for") { $0.mtaSTS = [] },
        Doubt(testDescription: "the policy's record timed out", least: .warn) { $0.mtaSTS[0].txt.lose() },
        Doubt(testDescription: "the server was not probed") { $0.hosts[0].probes = [] },
        Doubt(testDescription: "the host was not looked at") { $0.hosts = [] },
        Doubt(testDescription: "the dialogue ended early") { $0.hosts[0].probes[0].phases.removeLast(3) },
        Doubt(testDescription: "nothing is known of the dialogue") { $0.hosts[0].probes[0].phases = [] },
        Doubt(testDescription: "no certificate was kept") { $0.hosts[0].probes[0].presentedChain = [] },
    ]

    @Test func `all is well where everything was found out`() {
        let judgement = Fixture.judge([Self.signed()])
        #expect(judgement.verdict == .pass, "\(judgement.findings.filter { $0.outcome != .pass })")
    }

    @Test(arguments: doubts)
    func `what could not be found out is never well`(_ doubt: Doubt) {
        var observations = Self.signed()
        doubt.edit(&observations)
        let judgement = Fixture.judge([observations])
        #expect(judgement.verdict >= doubt.least, "\(judgement.findings.map { "\($0.check) \($0.outcome)" })")
    }

    @Test func `a record that is too short still demands encryption`() {
        var observations = Row.signed(
            [],
            probe: Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] }
        )
        observations.hosts[0].tlsa[0].answers = [DNSRecord(.malformed("03"))]
        let judgement = Fixture.judge([observations], .opportunistic)
        #expect(judgement.verdict == .block)
    }

    @Test func `a name that a stranger's certificate carries is not taken over unasked`() throws {
        let judgement = Fixture.judge([Fixture.partner(probe: Fixture.probe(["wrongname", "int"]))])
        let finding = try #require(judgement.findings.first { $0.check == "cert-name-mismatch" })
        #expect(finding.remedy.contains("once the partner confirms"))
    }
}

extension DNSObservation {
    fileprivate mutating func lose() {
        (answers, rcode, failure) = ([], nil, .timedOut)
    }
}
