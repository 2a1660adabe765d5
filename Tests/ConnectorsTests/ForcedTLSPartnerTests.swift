import Connectors
import Testing

struct ForcedTLSPartnerTests {
    private func settings(_ fields: [(field: String, value: FieldValue, from: String)]?) -> Settings {
        (fields ?? []).reduce(into: [:]) { $0[$1.field] = $1.value }
    }

    @Test func `the way out`() {
        let partner = ForcedTLSPartner(
            domains: ["fabrikam.com"],
            trust: .domainValidation,
            tlsDomain: "*.fabrikam.com",
            smartHosts: ["mx.fabrikam.com"],
            testRecipients: ["a@fabrikam.com"]
        )
        #expect(
            settings(partner.outbound) == [
                "enabled": true, "connectorType": "Partner", "recipientDomains": ["fabrikam.com"],
                "isTransportRuleScoped": false,
                "useMXRecord": false, "smartHosts": ["mx.fabrikam.com"], "tlsSettings": "DomainValidation",
                "tlsDomain": "*.fabrikam.com",
                "validationRecipients": ["a@fabrikam.com"],
            ]
        )
    }

    @Test(
        arguments: [
            (ForcedTLSPartner.Trust.encryptionOnly, "EncryptionOnly"),
            (.certificateValidation, "CertificateValidation"),
        ] as [(ForcedTLSPartner.Trust, FieldValue)]
    )
    func `other trust has no name, and by MX no host`(trust: ForcedTLSPartner.Trust, word: FieldValue) {
        let out = settings(ForcedTLSPartner(domains: ["a.b"], trust: trust).outbound)
        #expect(out["tlsSettings"] == word)
        #expect(out["tlsDomain"] == FieldValue.none)
        #expect(out["useMXRecord"] == true)
        #expect(out["smartHosts"] == [])
    }

    @Test func `scoped to a rule, it has no domains`() {
        let out = settings(
            ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, transportRuleScoped: true).outbound
        )
        #expect(out["recipientDomains"] == [])
        #expect(out["isTransportRuleScoped"] == true)
    }

    @Test(
        arguments: [
            (
                ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, certificateName: "mx.a.b"), "mx.a.b", true,
                [], false
            ),
            (
                ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, senderIPAddresses: ["203.0.113.7"]), .none,
                false, ["203.0.113.7"], true
            ),
            (ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly), .none, false, [], false),
        ] as [(ForcedTLSPartner, FieldValue, Bool, FieldValue, Bool)]
    )
    func `the way in`(partner: ForcedTLSPartner, name: FieldValue, byName: Bool, addresses: FieldValue, byAddress: Bool)
    {
        let way = settings(partner.inbound)
        #expect(
            way == [
                "enabled": true, "connectorType": "Partner", "senderDomains": ["a.b"], "requireTls": true,
                "tlsSenderCertificateName": name,
                "restrictDomainsToCertificate": .boolean(byName), "senderIPAddresses": addresses,
                "restrictDomainsToIPAddresses": .boolean(byAddress),
            ]
        )
        #expect(
            ExchangeRules.violations(
                .inboundConnector,
                displayName: "a",
                settings: way.overDefaults(of: .inboundConnector)
            ) == []
        )
    }

    @Test func `one direction leaves the other out`() {
        #expect(ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, direction: .inbound).outbound == nil)
        #expect(ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, direction: .outbound).inbound == nil)
    }

    @Test func `switched off, both are`() {
        let partner = ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, enabled: false)
        #expect(settings(partner.outbound)["enabled"] == false)
        #expect(settings(partner.inbound)["enabled"] == false)
    }

    @Test func `every field of the expansion exists, and none is left to what the tenant had`() {
        let partner = ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly)
        for (kind, fields) in [
            (ConnectorKind.outboundConnector, partner.outbound), (.inboundConnector, partner.inbound),
        ] {
            for field in fields ?? [] { #expect(kind.field(field.field) != nil, "\(field.field)") }
        }
    }

    @Test(
        arguments: [
            (
                ForcedTLSPartner(domains: [], trust: .encryptionOnly, certificateName: "a.b"),
                ["partner-without-domains domains"]
            ),
            (
                ForcedTLSPartner(domains: ["a.b"], trust: .domainValidation, certificateName: "a.b"),
                ["partner-tls-domain trust"]
            ),
            (
                ForcedTLSPartner(
                    domains: ["a.b"],
                    trust: .domainValidation,
                    certificateName: "a.b",
                    direction: .inbound
                ), []
            ),
            (
                ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, tlsDomain: "a.b", certificateName: "a.b"),
                ["partner-tls-domain tlsDomain"]
            ),
            (
                ForcedTLSPartner(
                    domains: ["a.b"],
                    trust: .encryptionOnly,
                    certificateName: "a.b",
                    senderIPAddresses: ["203.0.113.7"]
                ),
                ["partner-both-restrictions senderIPAddresses"]
            ),
            (ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly), ["partner-unbound domains"]),
            (ForcedTLSPartner(domains: ["a.b"], trust: .encryptionOnly, direction: .outbound), []),
        ] as [(ForcedTLSPartner, [String])]
    )
    func `what is wrong with the document as a whole`(partner: ForcedTLSPartner, found: [String]) {
        #expect(partner.violations.map { "\($0.rule) \($0.field ?? "-")" } == found)
    }
}
