import Connectors
import Foundation
import MailWatch
import Testing

/// Conditions F and B as their tables have them: each class with each field.
@Suite struct ConditionTests {
    static let fields = [
        "enabled", "testMode", "connectorType", "recipientDomains", "isTransportRuleScoped", "allAcceptedDomains",
        "useMXRecord", "smartHosts", "tlsSettings", "tlsDomain", "mtaStsMode", "smtpDaneMode",
        "routeAllMessagesViaOnPremises", "cloudServicesMailEnabled", "comment", "validationRecipients",
        "senderRewritingEnabled",
    ]
    static let scope: Set = ["enabled", "testMode", "recipientDomains", "isTransportRuleScoped", "allAcceptedDomains"]

    /// The table of condition F, written a second time.
    static let table: [CauseClass: Set<String>] = {
        let tls = scope.union(["tlsSettings", "tlsDomain", "smartHosts", "useMXRecord"])
        let policy = scope.union(["smtpDaneMode", "mtaStsMode", "useMXRecord", "smartHosts"])
        let network = scope.union(["smartHosts", "useMXRecord", "routeAllMessagesViaOnPremises"])
        return [
            .tlsAbsent: tls, .tlsHandshake: tls, .tlsUntrusted: tls, .tlsName: tls, .tlsCertificate: tls,
            .dane: policy, .sts: policy, .network: network, .refused: network.union(["cloudServicesMailEnabled"]),
        ]
    }()

    @Test(arguments: CauseClass.allCases)
    func `the fields whose change can produce a class`(_ cause: CauseClass) {
        for field in Self.fields {
            let isExpected = Self.table[cause]?.contains(field) ?? false
            #expect(CauseClass.producible(by: [field]).contains(cause) == isExpected, "\(field)")
        }
    }

    @Test func `a change of TLS alone never causes an outage of the network`() {
        #expect(
            !CauseClass.producible(by: ["tlsSettings", "tlsDomain", "mtaStsMode", "smtpDaneMode"]).contains(.network)
        )
    }

    @Test func `a connector that came or went can produce every class that a field can`() {
        for (before, after) in [(Settings?.none, Settings?.some([:])), (.some([:]), .none)] {
            let change = WatchedChange(connector: .fixture(before: before, after: after))
            #expect(change.causes == Set(Self.table.keys))
        }
    }

    @Test func `switching a connector counts as a change of all its fields`() {
        let change = WatchedChange(connector: .fixture(before: ["enabled": false], after: ["enabled": true]))
        #expect(change.causes == Set(Self.table.keys))
    }

    @Test(arguments: [
        (true, Set(CauseClass.allCases).subtracting([.ownPolicy, .other])),
        (false, Set(CauseClass.allCases).subtracting([.ownPolicy, .other])),
    ])
    func `a rule counts as a change of the scope of its connector`(_ demandsTLS: Bool, _ causes: Set<CauseClass>) {
        let rule = WatchedChange.Object(
            key: ConnectorKey(kind: .transportRule, name: "r"),
            guid: "r",
            displayName: "r",
            before: nil,
            after: ["routeMessageOutboundConnector": "x", "routeMessageOutboundRequireTls": .boolean(demandsTLS)]
        )
        let same = WatchedChange.Object.fixture(before: [:], after: [:])
        let change = WatchedChange(connector: same, rules: [rule])
        #expect(change.causes == causes)
        #expect(change.changedFields.contains("tlsSettings") == demandsTLS)
    }

    struct Before: CustomTestStringConvertible {
        let testDescription: String
        let before: Settings?
        let after: Settings?
        var ruleDemandsTLS = false
        /// The answers by table; a class that is not named needs the gate.
        let answers: [CauseClass: BeforeAnswer]
    }

    static let none: Settings = [:]
    static let encryption: Settings = ["tlsSettings": "EncryptionOnly"]
    static let certificate: Settings = ["tlsSettings": "CertificateValidation"]
    static let name: Settings = ["tlsSettings": "DomainValidation", "tlsDomain": "*.contoso.com"]
    static let otherName: Settings = ["tlsSettings": "DomainValidation", "tlsDomain": "mx.contoso.com"]

    static let rows: [Before] = [
        Before(
            testDescription: "no TLS, then any certificate",
            before: none,
            after: encryption,
            answers: [
                .tlsAbsent: .yes, .tlsHandshake: .yes, .tlsUntrusted: .yes, .tlsCertificate: .yes, .tlsName: .yes,
                .dane: .no, .sts: .no,
            ]
        ),
        Before(
            testDescription: "any certificate, then no TLS",
            before: encryption,
            after: none,
            answers: [.tlsUntrusted: .yes, .tlsCertificate: .yes, .tlsName: .yes, .dane: .no, .sts: .no]
        ),
        Before(
            testDescription: "any certificate, then a trusted one",
            before: encryption,
            after: certificate,
            answers: [
                .tlsAbsent: .no, .tlsHandshake: .no, .tlsUntrusted: .yes, .tlsCertificate: .yes, .tlsName: .yes,
                .dane: .no, .sts: .no,
            ]
        ),
        Before(
            testDescription: "a trusted certificate, then a name",
            before: certificate,
            after: name,
            answers: [
                .tlsAbsent: .no, .tlsHandshake: .no, .tlsUntrusted: .no, .tlsName: .yes, .dane: .no, .sts: .no,
            ]
        ),
        Before(
            testDescription: "a name, then a trusted certificate",
            before: name,
            after: certificate,
            answers: [.tlsAbsent: .no, .tlsHandshake: .no, .tlsUntrusted: .no, .dane: .no, .sts: .no]
        ),
        Before(
            testDescription: "a name, then another name",
            before: name,
            after: otherName,
            answers: [.tlsAbsent: .no, .tlsHandshake: .no, .tlsUntrusted: .no, .dane: .no, .sts: .no]
        ),
        Before(
            testDescription: "the same name, and another mode of DANE",
            before: name,
            after: name.merging(["smtpDaneMode": "Mandatory"]) { $1 },
            answers: [
                .tlsAbsent: .no, .tlsHandshake: .no, .tlsUntrusted: .no, .tlsCertificate: .no, .tlsName: .no, .sts: .no,
            ]
        ),
        Before(
            testDescription: "no DANE and no MTA-STS, then both",
            before: ["smtpDaneMode": "None", "mtaStsMode": "None"],
            after: none,
            answers: [
                .tlsAbsent: .yes, .tlsHandshake: .yes, .tlsUntrusted: .yes, .tlsCertificate: .yes, .tlsName: .yes,
                .dane: .yes, .sts: .yes,
            ]
        ),
        Before(
            testDescription: "no TLS, then a trusted certificate, under a rule that demands TLS",
            before: none,
            after: certificate,
            ruleDemandsTLS: true,
            answers: [
                .tlsAbsent: .no, .tlsHandshake: .no, .tlsUntrusted: .yes, .tlsCertificate: .yes, .tlsName: .yes,
                .dane: .no, .sts: .no,
            ]
        ),
        Before(
            testDescription: "another server",
            before: none,
            after: ["useMXRecord": false, "smartHosts": ["mx.contoso.com"], "tlsSettings": "EncryptionOnly"],
            answers: [:]
        ),
        Before(
            testDescription: "another scope",
            before: ["recipientDomains": ["a.com"]],
            after: encryption,
            answers: [:]
        ),
        Before(testDescription: "a new connector", before: nil, after: encryption, answers: [:]),
        Before(testDescription: "a deleted connector", before: encryption, after: nil, answers: [:]),
    ]

    @Test(arguments: rows)
    func `whether the state before made the same demand`(_ row: Before) {
        let change = WatchedChange(connector: .fixture(before: row.before, after: row.after))
        let image = BeforeImage(change.connector, changed: change.changedFields, ruleDemandsTLS: row.ruleDemandsTLS)
        for cause in CauseClass.allCases {
            #expect(image.answer(for: cause) == row.answers[cause], "\(cause)")
        }
    }

    @Test(arguments: [
        (true, "starttls-not-offered", GateAnswer.Finding.Outcome.fail, 0.0, BeforeAnswer.yes),
        (false, "starttls-not-offered", .fail, 0, .no),
        (false, "starttls-not-offered", .unknown, 0, .open),
        (false, "cert-expired", .fail, 0, .open),
        (false, "starttls-not-offered", .fail, -16, .open),
    ])
    func `what the gate's look at the state before means`(
        _ isDeliverable: Bool,
        _ check: String,
        _ outcome: GateAnswer.Finding.Outcome,
        _ age: Double,
        _ expected: BeforeAnswer
    ) {
        let answer = GateAnswer(
            observedAt: minutes(age),
            isDeliverable: isDeliverable,
            findings: [GateAnswer.Finding(check: check, outcome: outcome)]
        )
        #expect(answer.before(.tlsAbsent, notBefore: minutes(-15)) == expected)
        #expect(GateAnswer.unknown.before(.tlsAbsent, notBefore: minutes(-15)) == .open)
    }

    static let agreeing: [CauseClass: [String]] = [
        .tlsAbsent: ["starttls-not-offered", "starttls-5xx", "starttls-mangled", "smtp-ehlo-5xx"],
        .tlsHandshake: ["tls-handshake-failed", "tls-version-low", "tls-cipher-none-common"],
        .tlsUntrusted: ["cert-untrusted-root", "cert-missing-intermediate", "cert-self-signed", "cert-path-invalid"],
        .tlsName: ["cert-name-mismatch"],
        .tlsCertificate: [
            "cert-untrusted-root", "cert-missing-intermediate", "cert-self-signed", "cert-path-invalid",
            "cert-name-mismatch", "cert-expired", "cert-chain-expired", "cert-not-yet-valid", "cert-revoked",
            "cert-purpose", "cert-key-weak", "cert-signature-weak",
        ],
        .dane: ["dane-mismatch", "dane-no-starttls", "dns-bogus"],
        .sts: ["mtasts-mx-mismatch", "mtasts-cert-invalid", "mtasts-no-starttls"],
        .network: ["tcp-refused", "tcp-timeout", "smtp-closed", "dns-failed", "dns-nxdomain", "mx-host-no-address"],
    ]

    @Test(arguments: CauseClass.allCases)
    func `the gate's checks that agree with a class`(_ cause: CauseClass) {
        let host = PartnerHost(name: "mx1.fabrikam.com")
        for check in Set(Self.agreeing.values.flatMap { $0 } + ["mx-null", "vantage-blocked"]) {
            for (outcome, isEnough) in [
                (GateAnswer.Finding.Outcome.fail, true), (.unknown, cause == .network), (.warn, false),
            ] {
                let finding = GateAnswer.Finding(check: check, outcome: outcome, host: host)
                let answer = GateAnswer(observedAt: applied, isDeliverable: nil, findings: [finding])
                let agrees = answer.agreement(with: cause, of: host, notBefore: applied) != nil
                #expect(agrees == (isEnough && Self.agreeing[cause]?.contains(check) == true), "\(check) \(outcome)")
            }
        }
    }

    @Test func `a finding at another server, or an older one, does not agree`() {
        let finding = GateAnswer.Finding(
            check: "starttls-not-offered",
            outcome: .fail,
            host: PartnerHost(name: "mx2.fabrikam.com")
        )
        let answer = GateAnswer(observedAt: applied, isDeliverable: false, findings: [finding])
        #expect(
            answer.agreement(with: .tlsAbsent, of: PartnerHost(name: "mx1.fabrikam.com"), notBefore: applied) == nil
        )
        #expect(
            answer.agreement(with: .tlsAbsent, of: PartnerHost(name: "mx2.fabrikam.com"), notBefore: minutes(1)) == nil
        )
    }

    @Test func `where our own place is closed the gate cannot witness an outage`() {
        let findings = ["tcp-timeout", "vantage-blocked"].map { GateAnswer.Finding(check: $0, outcome: .unknown) }
        let answer = GateAnswer(observedAt: applied, isDeliverable: nil, findings: findings)
        #expect(answer.agreement(with: .network, of: PartnerHost(name: "a.com"), notBefore: applied) == nil)
    }

    @Test(
        arguments: [
            ("raising TLS", [:], ["tlsSettings": "EncryptionOnly"], true),
            ("lowering TLS", ["tlsSettings": "EncryptionOnly"], [:], false),
            (
                "another smart host", ["useMXRecord": false, "smartHosts": ["a.com"]],
                ["useMXRecord": false, "smartHosts": ["b.com"]], false
            ),
            ("obeying DANE again", ["smtpDaneMode": "None"], [:], true),
        ] as [(String, Settings, Settings, Bool)]
    )
    func `whether going back weakens`(_ name: String, _ before: Settings, _ after: Settings, _ weakens: Bool) {
        let domains: Settings = ["recipientDomains": ["fabrikam.com"]]
        let object = WatchedChange.Object.fixture(
            before: before.merging(domains) { $1 },
            after: after.merging(domains) { $1 }
        )
        #expect(WatchedChange(connector: object).weakenings().isEmpty != weakens)
    }
}
