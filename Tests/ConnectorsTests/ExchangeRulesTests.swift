import Connectors
import Testing

/// The rules of sections 3.4 and 4.4 of what is known about the service, a row for each.
struct ExchangeRulesTests {
    private static let partnerIn: Settings = ["connectorType": "Partner", "senderDomains": ["contoso.com"]]
    private static let ownIn: Settings = [
        "connectorType": "OnPremises", "senderDomains": ["*"], "senderIPAddresses": ["203.0.113.7"],
    ]
    private static let partnerOut: Settings = ["connectorType": "Partner", "recipientDomains": ["contoso.com"]]
    private static let ownOut: Settings = [
        "connectorType": "OnPremises", "recipientDomains": ["contoso.com"], "useMXRecord": false,
        "smartHosts": ["mx.contoso.com"],
    ]

    private func rules(
        _ kind: ConnectorKind,
        _ base: Settings,
        _ changes: Settings,
        name: String = "Contoso"
    ) -> [String] {
        let settings = base.merging(changes) { _, new in new }.overDefaults(of: kind)
        return ExchangeRules.violations(kind, displayName: name, settings: settings).map {
            "\($0.rule) \($0.field ?? "-")"
        }
    }

    @Test(
        arguments: [
            ("a partner", partnerIn, [:], []),
            ("own servers", ownIn, [:], []),
            (
                "a partner without domains applies to no one", partnerIn, ["senderDomains": []],
                ["inbound-partner-needs-domains senderDomains"]
            ),
            (
                "own servers too are made only with domains", ownIn, ["senderDomains": []],
                ["inbound-onpremises-needs-domains senderDomains"]
            ),
            (
                "I1: own servers are recognised by something", ownIn, ["senderIPAddresses": []],
                ["inbound-onpremises-needs-identity connectorType"]
            ),
            (
                "I1: a certificate is enough", ownIn,
                ["senderIPAddresses": [], "tlsSenderCertificateName": "mx.contoso.com", "requireTls": true], []
            ),
            (
                "I2: a certificate name needs TLS", partnerIn, ["tlsSenderCertificateName": "a.b"],
                ["inbound-certificate-needs-tls tlsSenderCertificateName"]
            ),
            (
                "I3: a restriction to addresses needs some", partnerIn, ["restrictDomainsToIPAddresses": true],
                ["inbound-ip-restriction-needs-addresses restrictDomainsToIPAddresses"]
            ),
            (
                "I4: a restriction to a certificate needs its name", partnerIn, ["restrictDomainsToCertificate": true],
                ["inbound-certificate-restriction-needs-name restrictDomainsToCertificate"]
            ),
            (
                "I5: not both restrictions", partnerIn,
                [
                    "restrictDomainsToCertificate": true, "restrictDomainsToIPAddresses": true,
                    "senderIPAddresses": ["203.0.113.7"],
                    "tlsSenderCertificateName": "a.b", "requireTls": true,
                ],
                ["inbound-both-restrictions restrictDomainsToCertificate"]
            ),
            (
                "I6: hybrid headers only from own servers", partnerIn, ["cloudServicesMailEnabled": true],
                ["inbound-cloud-services-onpremises-only cloudServicesMailEnabled"]
            ),
            ("I6: and from them they may be", ownIn, ["cloudServicesMailEnabled": true], []),
            (
                "I7: internal only from own servers", partnerIn, ["treatMessagesAsInternal": true],
                ["inbound-internal-onpremises-only treatMessagesAsInternal"]
            ),
            (
                "I7: and not with hybrid headers", ownIn,
                ["treatMessagesAsInternal": true, "cloudServicesMailEnabled": true],
                ["inbound-internal-onpremises-only treatMessagesAsInternal"]
            ),
            ("I7: else they may be", ownIn, ["treatMessagesAsInternal": true], []),
            (
                "I9: Exchange Online's name proves nothing", partnerIn,
                ["tlsSenderCertificateName": "Mail.Protection.Outlook.com", "requireTls": true],
                ["inbound-certificate-name tlsSenderCertificateName"]
            ),
            (
                "I9: nor a name below it", partnerIn,
                ["tlsSenderCertificateName": "*.mail.protection.outlook.com", "requireTls": true],
                ["inbound-certificate-name tlsSenderCertificateName"]
            ),
            (
                "I11: 2,243 characters at most", partnerIn,
                ["senderDomains": .list((0..<120).map { "domain\($0).example" })],
                ["inbound-sender-domains-length senderDomains"]
            ),
            (
                "I11: and no fewer", partnerIn, ["senderDomains": .list((0..<88).map { "domain\(100 + $0).example" })],
                []
            ),
        ] as [(String, Settings, Settings, [String])]
    )
    func `an inbound connector`(_ rule: String, base: Settings, changes: Settings, found: [String]) {
        #expect(rules(.inboundConnector, base, changes) == found, "\(rule)")
    }

    @Test(
        arguments: [
            ("a partner", partnerOut, [:], []),
            ("own servers", ownOut, [:], []),
            ("O1: some scope", partnerOut, ["recipientDomains": []], ["outbound-one-scope -"]),
            (
                "O1: not two scopes", partnerOut, ["isTransportRuleScoped": true],
                ["outbound-one-scope isTransportRuleScoped"]
            ),
            ("O1: all accepted domains are a scope", ownOut, ["recipientDomains": [], "allAcceptedDomains": true], []),
            ("O1: a rule is a scope", partnerOut, ["recipientDomains": [], "isTransportRuleScoped": true], []),
            (
                "O2: MX and smart hosts exclude each other", partnerOut, ["smartHosts": ["mx.contoso.com"]],
                ["outbound-route smartHosts"]
            ),
            ("O2: and one of them there must be", partnerOut, ["useMXRecord": false], ["outbound-route useMXRecord"]),
            (
                "O3: DomainValidation needs a name", partnerOut, ["tlsSettings": "domainvalidation"],
                ["outbound-tls-domain tlsSettings"]
            ),
            (
                "O3: nothing else takes one", partnerOut, ["tlsSettings": "CertificateValidation", "tlsDomain": "a.b"],
                ["outbound-tls-domain tlsDomain"]
            ),
            ("O3: both", partnerOut, ["tlsSettings": "DomainValidation", "tlsDomain": "a.b"], []),
            (
                "O4: all accepted domains", partnerOut, ["allAcceptedDomains": true],
                ["outbound-onpremises-only allAcceptedDomains"]
            ),
            (
                "O4: all mail", partnerOut, ["routeAllMessagesViaOnPremises": true],
                ["outbound-onpremises-only routeAllMessagesViaOnPremises"]
            ),
            (
                "O4: hybrid headers", partnerOut, ["cloudServicesMailEnabled": true],
                ["outbound-onpremises-only cloudServicesMailEnabled"]
            ),
            (
                "O4: rewriting", partnerOut, ["senderRewritingEnabled": true],
                ["outbound-onpremises-only senderRewritingEnabled"]
            ),
            (
                "O5: own servers are not found by MX", ownOut, ["useMXRecord": true, "smartHosts": []],
                ["outbound-onpremises-mx useMXRecord"]
            ),
            (
                "O6: everything only as such", ownOut, ["recipientDomains": ["*"]],
                ["outbound-onpremises-everything recipientDomains"]
            ),
            ("O6: as such it may be", ownOut, ["recipientDomains": ["*"], "routeAllMessagesViaOnPremises": true], []),
            ("O6: a partner may have everything", partnerOut, ["recipientDomains": ["*"]], []),
            (
                "O10: 1,266 domains at most", partnerOut,
                ["recipientDomains": .list((0...1_266).map { "d\($0).example" })],
                ["outbound-recipient-domains-limit recipientDomains"]
            ),
            ("O10: and no fewer", partnerOut, ["recipientDomains": .list((0..<1_266).map { "d\($0).example" })], []),
        ] as [(String, Settings, Settings, [String])]
    )
    func `an outbound connector`(_ rule: String, base: Settings, changes: Settings, found: [String]) {
        #expect(rules(.outboundConnector, base, changes) == found, "\(rule)")
    }

    @Test(
        arguments: [
            (["routeMessageOutboundConnector": "a", "recipientDomainIs": ["a.example"]], []),
            (["routeMessageOutboundRequireTls": true, "sentToScope": "NotInOrganization"], []),
            (["recipientDomainIs": ["a.example"]], ["rule-without-route -"]),
            (["routeMessageOutboundRequireTls": true], ["rule-matches-everything -"]),
            ([:], ["rule-without-route -", "rule-matches-everything -"]),
        ] as [(Settings, [String])]
    )
    func `a transport rule leads somewhere, and matches something`(settings: Settings, found: [String]) {
        #expect(rules(.transportRule, settings, [:]) == found)
    }

    @Test(arguments: [
        ("", ["name-empty name"]), (" \t", ["name-empty name"]), ("a\u{202E}b", ["control-character name"]),
        (String(repeating: "é", count: 64), []), (String(repeating: "a", count: 65), ["name-too-long name"]),
        (String(repeating: "👩", count: 33), ["name-too-long name"]),
    ])
    func `a name is short, and shows what it is`(name: String, found: [String]) {
        #expect(rules(.outboundConnector, Self.partnerOut, [:], name: name) == found)
    }

    @Test func `every rule says why it matters and what to do`() {
        let wrong: Settings = [
            "restrictDomainsToCertificate": true, "restrictDomainsToIPAddresses": true,
            "cloudServicesMailEnabled": true,
            "treatMessagesAsInternal": true,
        ]
        let found = ExchangeRules.violations(
            .inboundConnector,
            displayName: "",
            settings: wrong.overDefaults(of: .inboundConnector)
        )
        #expect(found.count == 7)
        for violation in found {
            #expect(violation.rule.allSatisfy { $0.isLowercase || $0 == "-" || $0.isNumber })
            #expect(violation.remedy.hasSuffix(".") && !violation.reason.isEmpty)
        }
    }
}
