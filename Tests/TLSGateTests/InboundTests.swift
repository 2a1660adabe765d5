import Connectors
import Foundation
import Probing
import TLSGate
import Testing

@Suite struct InboundTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var check: String
        var rule: String
        var outcome: Outcome?
        var settings: Settings
        var sample: [String] = []
        var domains: [String]?
        var verdict: Verdict?
        var testDescription: String { "\(check): \(rule)" }
    }

    static let bound: Settings = [
        "connectorType": "Partner", "senderDomains": ["partner.example"], "requireTls": true,
        "restrictDomainsToCertificate": true, "tlsSenderCertificateName": "mx1.partner.example",
    ]

    private static func with(_ more: Settings) -> Settings { bound.merging(more) { _, new in new } }

    static let rows: [Row] = [
        Row(
            check: "inbound-open",
            rule: "nothing is demanded",
            outcome: .warn,
            settings: ["senderDomains": ["a.example"]],
            verdict: .approve
        ),
        Row(
            check: "inbound-open",
            rule: "TLS is demanded",
            outcome: nil,
            settings: ["senderDomains": ["a.example"], "requireTls": true]
        ),
        Row(
            check: "inbound-cert-name-missing",
            rule: "no name",
            outcome: .fail,
            settings: with(["tlsSenderCertificateName": .none]),
            verdict: .block
        ),
        Row(
            check: "inbound-cert-name-syntax",
            rule: "no name of a certificate",
            outcome: .fail,
            settings: with(["tlsSenderCertificateName": "a b"])
        ),
        Row(
            check: "inbound-cert-without-tls",
            rule: "TLS is not required",
            outcome: .warn,
            settings: with(["requireTls": false])
        ),
        Row(
            check: "inbound-sender-all",
            rule: "every sender",
            outcome: .warn,
            settings: with(["senderDomains": ["*"]]),
            verdict: .approve
        ),
        Row(
            check: "inbound-ip-range",
            rule: "IPv6",
            outcome: .fail,
            settings: with(["senderIPAddresses": ["2001:db8::1"]])
        ),
        Row(
            check: "inbound-ip-range",
            rule: "a /16",
            outcome: .fail,
            settings: with(["senderIPAddresses": ["198.51.0.0/16"]])
        ),
        Row(
            check: "inbound-ip-range",
            rule: "a /24",
            outcome: nil,
            settings: with(["senderIPAddresses": ["198.51.100.0/24"]])
        ),
        Row(
            check: "inbound-evidence-missing",
            rule: "no sample",
            outcome: .unknown,
            settings: bound,
            verdict: .approve
        ),
        Row(
            check: "inbound-evidence-missing",
            rule: "a sample",
            outcome: nil,
            settings: bound,
            sample: ["both", "int"],
            verdict: .pass
        ),
        Row(
            check: "inbound-evidence-missing",
            rule: "no sample where a name is asked for without restricting to it",
            outcome: .unknown,
            settings: with(["restrictDomainsToCertificate": false]),
            verdict: .approve
        ),
        Row(
            check: "inbound-evidence-missing",
            rule: "a name that is never looked at",
            outcome: nil,
            settings: with(["restrictDomainsToCertificate": false, "requireTls": false])
        ),
        Row(
            check: "inbound-eku-client",
            rule: "for servers only",
            outcome: .warn,
            settings: bound,
            sample: ["leaf", "int"],
            verdict: .warn
        ),
        Row(check: "inbound-eku-client", rule: "for both", outcome: nil, settings: bound, sample: ["both", "int"]),
        Row(
            check: "inbound-name-foreign",
            rule: "another's domain",
            outcome: .warn,
            settings: with(["connectorType": "OnPremises"]),
            sample: ["both", "int"],
            domains: ["contoso.example"]
        ),
        Row(
            check: "inbound-name-foreign",
            rule: "one's own domain",
            outcome: nil,
            settings: with(["connectorType": "OnPremises"]),
            sample: ["both", "int"],
            domains: ["partner.example"]
        ),
        Row(
            check: "inbound-evidence-expired",
            rule: "ended",
            outcome: .fail,
            settings: bound,
            sample: ["expired", "int"],
            verdict: .block
        ),
        Row(
            check: "inbound-evidence-expired",
            rule: "ended, where a name is asked for without restricting to it",
            outcome: .fail,
            settings: with(["restrictDomainsToCertificate": false]),
            sample: ["expired", "int"],
            verdict: .block
        ),
        Row(
            check: "inbound-evidence-chain-expired",
            rule: "the issuer's ended",
            outcome: .fail,
            settings: bound,
            sample: ["chainold", "oldint"]
        ),
        Row(
            check: "inbound-evidence-not-yet-valid",
            rule: "next year",
            outcome: .fail,
            settings: bound,
            sample: ["future", "int"]
        ),
        Row(
            check: "inbound-evidence-expires-soon",
            rule: "ten days",
            outcome: .warn,
            settings: bound,
            sample: ["soon", "int"]
        ),
        Row(
            check: "inbound-evidence-self-signed",
            rule: "its own issuer",
            outcome: .fail,
            settings: bound,
            sample: ["selfsigned"]
        ),
        Row(
            check: "inbound-evidence-untrusted-root",
            rule: "private",
            outcome: .fail,
            settings: bound,
            sample: ["private", "privint", "other"]
        ),
        Row(
            check: "inbound-evidence-missing-intermediate",
            rule: "alone",
            outcome: .warn,
            settings: bound,
            sample: ["both"],
            verdict: .warn
        ),
        Row(
            check: "inbound-evidence-path-invalid",
            rule: "below a leaf",
            outcome: .fail,
            settings: bound,
            sample: ["belowleaf", "leaf", "int"]
        ),
        Row(
            check: "inbound-evidence-purpose",
            rule: "for code",
            outcome: .fail,
            settings: bound,
            sample: ["code", "int"]
        ),
        Row(
            check: "inbound-evidence-key-weak",
            rule: "RSA 1024",
            outcome: .fail,
            settings: bound,
            sample: ["rsa1024", "int"]
        ),
        Row(
            check: "inbound-evidence-signature-weak",
            rule: "SHA-1",
            outcome: .fail,
            settings: bound,
            sample: ["sha1", "int"]
        ),
        Row(
            check: "inbound-evidence-name-mismatch",
            rule: "another name",
            outcome: .fail,
            settings: bound,
            sample: ["wrongname", "int"]
        ),
        Row(
            check: "inbound-evidence-name-cn-only",
            rule: "only the common name",
            outcome: .warn,
            settings: bound,
            sample: ["cnonly", "int"]
        ),
        Row(
            check: "inbound-evidence-name-uncertain",
            rule: "*.x asked, x presented",
            outcome: .warn,
            settings: with(["tlsSenderCertificateName": "*.partner.example"]),
            sample: ["apex", "int"]
        ),
        Row(
            check: "inbound-evidence-unparseable",
            rule: "no PEM",
            outcome: .unknown,
            settings: bound,
            sample: ["missing"],
            verdict: .approve
        ),
        Row(check: "inbound-mx-proxy", rule: "the MX has the name", outcome: .info, settings: bound),
    ]

    @Test(arguments: rows)
    func `an inbound connector is judged by its fields and a sample`(_ row: Row) throws {
        let pem = row.sample.flatMap { Fixture.file("\($0).pem") }
        let judgement = Gate.judgeInbound(
            connector: ConnectorKey(kind: .inboundConnector, name: "partner"),
            settings: row.settings,
            sample: row.sample.isEmpty ? nil : pem,
            acceptedDomains: row.domains,
            partner: [Fixture.partner()],
            policy: Fixture.lab,
            roots: Fixture.roots,
            now: Fixture.now
        )
        #expect(judgement.findings.first { $0.check == row.check }?.outcome == row.outcome)
        if let verdict = row.verdict { #expect(judgement.verdict == verdict) }
    }

    @Test func `a sample's end is forecast`() {
        let judgement = Gate.judgeInbound(
            connector: ConnectorKey(kind: .inboundConnector, name: "partner"),
            settings: Self.bound,
            sample: Fixture.file("both.pem") + Fixture.file("int.pem"),
            policy: Fixture.lab,
            roots: Fixture.roots,
            now: Fixture.now
        )
        #expect(judgement.forecasts.map(\.notAfter) == [Timestamp.instant("2027-09-01T00:00:00Z")])
    }

    @Test(arguments: [
        ("Partner", "550 5.7.51 TenantInboundAttribution"),
        ("OnPremises", "550 5.7.64 TenantAttribution; Relay Access Denied"),
    ])
    func `each type of connector refuses with a code of its own`(_ type: String, _ code: String) {
        let samples = [nil, ["wrongname", "int"], ["expired", "int"]]
        let settings = Self.with(["connectorType": .text(type)])
        let codes = samples.flatMap { sample in
            Gate.judgeInbound(
                connector: ConnectorKey(kind: .inboundConnector, name: "partner"),
                settings: settings,
                sample: sample.map { $0.flatMap { Fixture.file("\($0).pem") } },
                policy: Fixture.lab,
                roots: Fixture.roots,
                now: Fixture.now
            ).findings.compactMap(\.exo)
        }
        #expect(codes.count >= 3)
        #expect(Set(codes) == [code])
    }

    struct Due: Sendable, CustomTestStringConvertible {
        var rule: String
        var now: Settings = [:]
        var before: Settings? = [:]
        var applied: Settings?
        var isDue: Bool
        var testDescription: String { rule }
    }

    @Test(arguments: [
        Due(rule: "a new connector", before: nil, isDue: true),
        Due(rule: "a comment", now: ["comment": "new"], isDue: false),
        Due(rule: "nothing", isDue: false),
        Due(rule: "another name", now: ["tlsSenderCertificateName": "b.example"], isDue: true),
        Due(rule: "switched on", before: ["enabled": false], isDue: true),
        Due(rule: "one domain more", now: ["senderDomains": ["partner.example", "b.example"]], isDue: true),
        Due(rule: "weakened by hand and put back", before: ["requireTls": false], applied: [:], isDue: false),
        Due(
            rule: "weakened by hand, put back, and one more change",
            now: ["senderDomains": ["b.example"]],
            before: ["requireTls": false],
            applied: [:],
            isDue: true
        ),
        Due(
            rule: "not put back to what was applied",
            before: ["requireTls": false],
            applied: ["requireTls": false],
            isDue: true
        ),
    ])
    func `evidence is asked for where what is judged changes`(_ due: Due) {
        let isDue = Gate.isEvidenceDue(
            .inboundConnector,
            Self.with(due.now),
            before: due.before.map(Self.with),
            applied: due.applied.map(Self.with)
        )
        #expect(isDue == due.isDue)
    }

    @Test func `another sample outdates a waiver that was written for the former one`() {
        func connector(_ kind: ConnectorKind, _ sample: String?) -> DesiredConnector {
            DesiredConnector(
                key: ConnectorKey(kind: kind, name: "partner"),
                displayName: "partner",
                settings: kind == .inboundConnector ? Self.bound : [:],
                source: SourcePosition(file: "partner.yaml", line: 1),
                evidenceCertificate: sample
            )
        }
        func changed(_ kind: ConnectorKind, _ old: String?, _ new: String?) -> [String] {
            Gate.changedFields(connector(kind, old), connector(kind, new))
        }
        #expect(changed(.inboundConnector, "former", "other") == ["evidence"])
        #expect(changed(.inboundConnector, "former", nil) == ["evidence"])
        #expect(changed(.inboundConnector, "former", "former").isEmpty)
        #expect(changed(.outboundConnector, "former", "other").isEmpty)
    }

    @Test func `where nothing that is judged changes, missing evidence is a fact and no obstacle`() {
        let judgement = Gate.judgeInbound(
            connector: ConnectorKey(kind: .inboundConnector, name: "partner"),
            settings: Self.bound,
            isEvidenceDue: false,
            policy: Fixture.lab,
            roots: Fixture.roots,
            now: Fixture.now
        )
        #expect(judgement.verdict == .pass)
        #expect(judgement.findings.map(\.outcome) == [.info])
    }
}
