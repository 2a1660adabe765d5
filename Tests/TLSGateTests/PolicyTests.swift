import Connectors
import Foundation
import Probing
import TLSGate
import Testing

@Suite struct PolicyTests {
    private static let expired = [Fixture.partner(probe: Fixture.probe(["expired", "int"]))]

    private static func waiver(
        _ check: String = "cert-expired",
        connector: String = "partner",
        subject: String? = nil,
        days: Double = 10
    ) -> Waiver {
        Waiver(
            name: "renewal-agreed",
            check: check,
            connector: connector,
            subject: subject,
            owner: "mail team",
            reason: "renewal is on its way",
            until: Fixture.now.addingTimeInterval(days * 86_400),
            source: SourcePosition(file: "waivers.yaml", line: 3)
        )
    }

    private static func leaf(_ name: String) -> String { (try? Fixture.certificate(name).sha256) ?? "" }

    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        var waiver: Waiver
        var isWaived: Bool
        var verdict: Verdict
        var testDescription: String { rule }
    }

    @Test(arguments: [
        Case(rule: "for the connector", waiver: waiver(), isWaived: true, verdict: .warn),
        Case(rule: "for its host", waiver: waiver(subject: "MX1.partner.example"), isWaived: true, verdict: .warn),
        Case(rule: "for its address", waiver: waiver(subject: "203.0.113.7"), isWaived: true, verdict: .warn),
        Case(
            rule: "for the subject as it is shown",
            waiver: waiver(subject: "mx1.partner.example [203.0.113.7]:25"),
            isWaived: true,
            verdict: .warn
        ),
        Case(
            rule: "for its certificate",
            waiver: waiver(subject: "sha256:\(leaf("expired"))"),
            isWaived: true,
            verdict: .warn
        ),
        Case(
            rule: "for the certificate before it",
            waiver: waiver(subject: leaf("leaf").uppercased()),
            isWaived: false,
            verdict: .block
        ),
        Case(
            rule: "for another host",
            waiver: waiver(subject: "mx2.partner.example"),
            isWaived: false,
            verdict: .block
        ),
        Case(rule: "for another connector", waiver: waiver(connector: "other"), isWaived: false, verdict: .block),
        Case(rule: "for another check", waiver: waiver("cert-key-weak"), isWaived: false, verdict: .block),
        Case(rule: "run out", waiver: waiver(days: -1), isWaived: false, verdict: .block),
    ])
    func `a waiver covers its check, connector and subject until its day`(_ example: Case) throws {
        let judgement = Fixture.judge(Self.expired, .certificate, waivers: [example.waiver])
        let finding = try #require(judgement.findings.first { $0.check == "cert-expired" })
        #expect(finding.waived == example.isWaived)
        #expect(finding.outcome == .fail)
        #expect(judgement.verdict == example.verdict)
    }

    @Test func `a waiver for one certificate covers nothing that is about none`() throws {
        let plain = Fixture.probe(endingIn: .starttls, .notOffered) { $0.extensions = [] }
        let waiver = Self.waiver("starttls-not-offered", subject: "sha256:\(Self.leaf("leaf"))")
        let judgement = Fixture.judge([Fixture.partner(probe: plain)], .encryption, waivers: [waiver])
        let finding = try #require(judgement.findings.first { $0.check == "starttls-not-offered" })
        #expect(!finding.waived)
        #expect(judgement.verdict == .block)
    }

    @Test func `a waiver for one certificate covers what MTA-STS and the issuer's lists say of it`() throws {
        let seen = [Row.sts(Row.policy("enforce"), probe: Fixture.probe(["expired", "int"]))]
        for (name, isWaived) in [("expired", true), ("leaf", false)] {
            let waiver = Self.waiver("mtasts-cert-invalid", subject: "sha256:\(Self.leaf(name))")
            let judgement = Fixture.judge(seen, .encryption, waivers: [waiver])
            let finding = try #require(judgement.findings.first { $0.check == "mtasts-cert-invalid" })
            #expect(finding.waived == isWaived)
        }
    }

    @Test func `a waiver that has run out is told`() {
        let judgement = Fixture.judge([Fixture.partner()], waivers: [Self.waiver(days: -1)])
        #expect(judgement.findings.first?.check == "policy-waiver-expired")
        #expect(judgement.findings.first?.outcome == .warn)
        #expect(judgement.verdict == .warn)
    }

    @Test func `a waiver that was written before its connector changed is told and covers nothing`() throws {
        let waiver = Self.waiver()
        let outdated = OutdatedWaiver(waiver, connector: Fixture.key, fields: ["tlsDomain", "smartHosts"])
        let judgement = Gate.judge(
            connector: Fixture.key,
            settings: Fixture.settings(.certificate),
            observations: Self.expired,
            policy: Fixture.lab,
            waivers: [waiver],
            outdated: [outdated],
            roots: Fixture.roots,
            now: Fixture.now
        )
        #expect(judgement.verdict == .block)
        #expect(judgement.findings.allSatisfy { !$0.waived })
        let told = try #require(judgement.findings.first { $0.check == "policy-waiver-outdated" })
        #expect(told.message.contains("tlsDomain, smartHosts"))
    }

    @Test func `an error in the connector's own fields cannot be waived`() {
        let judgement = Fixture.judge(
            [Fixture.partner()],
            settings: ["tlsDomain": "mx.*.example"],
            policy: GatePolicy(
                overrides: [
                    .init(
                        check: "cfg-tlsdomain-syntax",
                        connectors: ["partner"],
                        outcome: .warn,
                        reason: "no",
                        until: .distantFuture
                    )
                ],
                allowsPrivateAddresses: true
            ),
            waivers: [Self.waiver("cfg-tlsdomain-syntax")]
        )
        #expect(judgement.verdict == .block)
    }

    @Test func `the policy weighs a check otherwise on named connectors until its day`() {
        func verdict(_ connector: String, _ outcome: Outcome, days: Double) -> Verdict {
            var policy = Fixture.lab
            policy.overrides = [
                .init(
                    check: "cert-expired",
                    connectors: [connector],
                    outcome: outcome,
                    reason: "agreed",
                    until: Fixture.now.addingTimeInterval(days * 86_400)
                )
            ]
            return Fixture.judge(Self.expired, .certificate, policy: policy).verdict
        }
        #expect(verdict("partner", .warn, days: 1) == .warn)
        #expect(verdict("other", .warn, days: 1) == .block)
        #expect(verdict("partner", .warn, days: -1) == .block)
        var strict = Fixture.lab
        strict.overrides = [
            .init(
                check: "cert-expires-soon",
                connectors: ["partner"],
                outcome: .fail,
                reason: "strict",
                until: .distantFuture
            )
        ]
        let soon = [Fixture.partner(probe: Fixture.probe(["soon", "int"]))]
        #expect(Fixture.judge(soon, .certificate, policy: strict).verdict == .block)
        #expect(Fixture.judge(soon, .certificate).verdict == .warn)
    }

    @Test func `the policy makes no warning of what could not be found out`() throws {
        var policy = Fixture.lab
        policy.overrides = [
            .init(
                check: "smtp-greeting-timeout",
                connectors: ["partner"],
                outcome: .warn,
                reason: "no",
                until: .distantFuture
            )
        ]
        let silent = Fixture.partner(probe: Fixture.probe(endingIn: .greeting, .timedOut))
        let judgement = Fixture.judge([silent], policy: policy)
        let finding = try #require(judgement.findings.first { $0.check == "smtp-greeting-timeout" })
        #expect(finding.outcome == .unknown)
        #expect(judgement.verdict == .hold)
    }

    @Test func `a certificate that ends within days is urgent`() throws {
        let judgement = Fixture.judge([Fixture.partner(probe: Fixture.probe(["urgent", "int"]))], .certificate)
        let finding = try #require(judgement.findings.first { $0.check == "cert-expires-soon" })
        #expect(finding.tags == ["urgent"])
        #expect(finding.evidence["seen"] == "expires 2026-11-30T00:00:00Z (lifetime 90 days)")
    }

    @Test func `key floors are the policy's`() {
        var policy = Fixture.lab
        policy.minimumECBits = 384
        #expect(Fixture.judge([Fixture.partner()], policy: policy).verdict == .approve)
    }

    @Test func `a good partner passes at every level`() {
        for level in TLSLevel.allCases {
            let judgement = Fixture.judge([Fixture.partner()], level)
            #expect(judgement.verdict == .pass)
            #expect(judgement.nextHops.first?.result == .deliverable)
        }
    }

    @Test func `a chain without its intermediate blocks, also where it could be fetched`() {
        #expect(Fixture.judge([Fixture.partner(probe: Fixture.probe(["aia"]))], .certificate).verdict == .block)
    }

    @Test func `a refusal that may be about us holds, and does not block`() {
        let probe = Fixture.probe(endingIn: .ehlo, .replied, reply: SMTPReply(code: 550, lines: ["5.7.1 listed"]))
        #expect(Fixture.judge([Fixture.partner(probe: probe)], .encryption).verdict == .hold)
    }

    @Test func `bytes before the handshake need a person where encryption is demanded`() {
        var probe = Fixture.probe()
        probe.bytesAfterStartTLS = Base64Bytes(Array("250 x\r\n".utf8))
        #expect(Fixture.judge([Fixture.partner(probe: probe)], .encryption).verdict == .approve)
        #expect(Fixture.judge([Fixture.partner(probe: probe)], .opportunistic).verdict == .warn)
    }

    @Test func `what a person accepted by a waiver needs no person again`() {
        var probe = Fixture.probe()
        probe.bytesAfterStartTLS = Base64Bytes(Array("250 x\r\n".utf8))
        let waiver = Self.waiver("starttls-injection")
        #expect(Fixture.judge([Fixture.partner(probe: probe)], .encryption, waivers: [waiver]).verdict == .warn)
    }

    @Test func `what is asked for is what the connector sends to`() {
        func requests(_ settings: Settings, _ policy: GatePolicy = GatePolicy()) -> [NextHop] {
            Gate.requests(for: Fixture.key, settings: settings, policy: policy).map(\.nextHop)
        }
        #expect(
            requests(["recipientDomains": ["B.example", "a.example", "b.example."]]) == [
                .mx(domain: "a.example"), .mx(domain: "b.example"),
            ]
        )
        #expect(requests(["recipientDomains": ["*.a.example"]]) == [.mx(domain: "a.example")])
        let policy = GatePolicy(probeDomains: ["*.a.example": ["x.a.example"], "*": ["y.example"]])
        #expect(
            requests(["recipientDomains": ["*.a.example", "*"]], policy) == [
                .mx(domain: "x.a.example"), .mx(domain: "y.example"),
            ]
        )
        #expect(
            requests(["useMXRecord": false, "smartHosts": ["[192.0.2.1]", "Mail.A.example"]]) == [
                .smartHosts(["192.0.2.1", "mail.a.example"])
            ]
        )
        #expect(
            requests(["isTransportRuleScoped": true, "validationRecipients": ["test@a.example"]]) == [
                .mx(domain: "a.example")
            ]
        )
        #expect(requests(["recipientDomains": ["*"]]).isEmpty)
        let modes = Gate.requests(
            for: Fixture.key,
            settings: ["recipientDomains": ["a.example"], "smtpDaneMode": "None", "mtaStsMode": "None"],
            policy: GatePolicy(port: 2525)
        )
        #expect(
            modes == [
                ObservationRequest(nextHop: .mx(domain: "a.example"), port: 2_525, wantsDANE: false, wantsMTASTS: false)
            ]
        )
    }

    @Test func `a certificate that is looked at is asked for once more without a name, unless a rule has it named`() {
        func repeats(_ partner: PartnerObservations, _ level: TLSLevel) -> [ProbeObservation] {
            Gate.repeatsWithoutSNI(
                [partner],
                settings: Fixture.settings(level),
                after: Fixture.judge([partner], level)
            )
        }
        let own = Fixture.partner()
        #expect(TLSLevel.allCases.map { repeats(own, $0).count } == [0, 0, 1, 1])
        var again = own
        again.hosts[0].probes.append(Fixture.probe())
        again.hosts[0].probes[1].sni = nil
        #expect(repeats(again, .domain).isEmpty)
        #expect(repeats(Row.signed([Row.tlsa(3, 1, 1, "leaf")]), .domain).isEmpty)
        var published = own
        published.mtaSTS[0].fetch = .init(
            url: "https://mta-sts.partner.example",
            status: 200,
            body: [1],
            at: Fixture.seen
        )
        #expect(repeats(published, .domain).isEmpty)
        published.hosts[0].probes = [Fixture.probe(["wrongname", "int"])]
        #expect(repeats(published, .domain) == published.hosts[0].probes)
    }

    @Test func `what fails only by the kind of key is a person's to accept, and its certificate is judged`() {
        func verdict(_ chain: [String], _ level: TLSLevel, cipher: String = "TLS_AES_256_GCM_SHA384") -> Verdict {
            var diagnostic = Fixture.probe(chain)
            (diagnostic.profile, diagnostic.cipher) = (.diagnostic, cipher)
            let probe = Fixture.probe(endingIn: .handshake, .handshakeFailed("alert"))
            return Fixture.judge([Fixture.partner([Fixture.host(probes: [probe, diagnostic])])], level).verdict
        }
        #expect(TLSLevel.allCases.map { verdict(["leaf", "int"], $0) } == [.warn, .approve, .approve, .approve])
        #expect(verdict(["expired", "int"], .domain) == .block)
    }

    @Test func `what fails only by the kind of key is a person's to accept wherever encryption is demanded`() {
        func verdicts(_ mode: String) -> [Verdict] {
            let seen = Row.sts(Row.policy(mode), probe: Row.refused, diagnostic: Fixture.probe())
            return TLSLevel.allCases.map { Fixture.judge([seen], $0).verdict }
        }
        #expect(verdicts("enforce") == [.approve, .approve, .approve, .approve])
        #expect(verdicts("testing") == [.warn, .approve, .approve, .approve])
    }

    @Test(arguments: [("enforce", Outcome.unknown, Verdict.hold), ("testing", .warn, .warn)])
    func `an issuer that may be among certificates that were not kept is not missing by MTA-STS either`(
        mode: String,
        outcome: Outcome,
        verdict: Verdict
    ) throws {
        var probe = Fixture.probe(["leaf"])
        probe.certificatesSent = 40
        let judgement = Fixture.judge([Row.sts(Row.policy(mode), probe: probe)], .encryption)
        let finding = try #require(judgement.findings.first { $0.check == "mtasts-cert-invalid" })
        #expect(finding.outcome == outcome)
        #expect(judgement.verdict == verdict)
    }

    @Test func `where other servers take the mail, a failing one says so, and how to accept it`() throws {
        var second = Fixture.host("mx2.partner.example", address: "203.0.113.8")
        second.probes = [Fixture.probe(["expired", "int"], host: "mx2.partner.example", address: "203.0.113.8")]
        let judgement = Fixture.judge([Fixture.partner([Fixture.host(), second])], .certificate)
        #expect(judgement.verdict == .approve)
        let finding = try #require(judgement.findings.first { $0.check == "cert-expired" })
        #expect(finding.message.contains("other servers of this partner take mail"))
        #expect(!finding.message.contains("then returned"))
        #expect(finding.remedy.hasSuffix("or here: accept it with a Waiver for cert-expired."))
        let alone = Fixture.judge([Fixture.partner([second])], .certificate)
        #expect(alone.findings.first { $0.check == "cert-expired" }?.message.contains("then returned") == true)
    }

    @Test func `only a root can be trusted, and a name that is none is told`() throws {
        let issuer = try Fixture.certificate("privint")
        let error = try #require(throws: CertificateError.self) { try TrustRoots(pem: Fixture.file("privint.pem")) }
        #expect(error.reason.contains("is not a root"))
        var policy = Fixture.lab
        policy.trustedRoots = [issuer.sha256]
        let seen = [Fixture.partner(probe: Fixture.probe(["private", "privint"]))]
        let judgement = Fixture.judge(seen, .certificate, policy: policy)
        #expect(judgement.verdict == .block)
        let finding = try #require(judgement.findings.first { $0.check == "cert-missing-intermediate" })
        #expect(finding.evidence["trustedRoots"]?.contains("not a root") == true)
    }

    @Test func `a smart host that is an address has no DANE to miss`() {
        var observations = Fixture.smartHosts([Fixture.host("203.0.113.7", preference: 0)])
        observations.hosts[0] = HostObservations(host: "203.0.113.7", probes: [Fixture.probe(host: "203.0.113.7")])
        observations.dnssecSelfTest = DNSSECSelfTest(name: ".", status: .insecure, at: Fixture.seen)
        let judgement = Fixture.judge(
            [observations],
            settings: ["useMXRecord": false, "smartHosts": ["203.0.113.7"]]
        )
        #expect(judgement.verdict == .pass)
        #expect(!judgement.findings.contains { $0.check == "dane-tlsa-failed" })
    }

    @Test func `a server is judged as a connector would that sends to it`() {
        var observations = Fixture.smartHosts([Fixture.host(preference: 0)])
        observations.nextHop = .smartHosts(["MX1.partner.example."])
        let seen = observations
        func verdict(_ level: TLSLevel, _ name: String? = nil) -> Verdict {
            Gate.judge(
                server: "MX1.partner.example.",
                level: level,
                tlsDomain: name,
                observations: seen,
                policy: Fixture.lab,
                roots: Fixture.roots,
                now: Fixture.now
            ).verdict
        }
        #expect(verdict(.encryption) == .pass)
        #expect(verdict(.domain) == .pass)
        #expect(verdict(.domain, "mail.partner.example") == .pass)
        #expect(verdict(.domain, "other.example") == .block)
    }
}
