import Connectors
import Definitions
import TestSupport
import Testing

/// A ForcedTLSPartner says one thing for two connectors: what can be edited in it, and what it cannot say.
struct PartnerEditingTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var before = PartnerEditingTests.partner
        let outbound: [String: FieldValue]
        let inbound: [String: FieldValue]
        /// What the lines of the document become.
        let replaced: [(String, String)]
        var unmet: [String] = []
    }

    static let partner = """
        apiVersion: mitregate.dev/v1
        kind: ForcedTLSPartner
        metadata:
          name: fabrikam
        spec:
          domains: [fabrikam.com]   # theirs
          trust: domain-validation
          tlsDomain: mail.fabrikam.com
          testRecipients: [tls-test@fabrikam.com]
          certificateName: mail.fabrikam.com

        """

    static let partners: [Case] = [
        Case(
            testDescription: "both connectors off",
            outbound: ["enabled": false],
            inbound: ["enabled": false],
            replaced: [
                ("certificateName: mail.fabrikam.com\n", "certificateName: mail.fabrikam.com\n  enabled: false\n")
            ]
        ),
        Case(
            testDescription: "one of both off cannot be said",
            outbound: ["enabled": false],
            inbound: [:],
            replaced: [],
            unmet: [
                "OutboundConnector.enabled: a ForcedTLSPartner says it once for both of its connectors, and they differ in it now"
            ]
        ),
        Case(
            testDescription: "a domain more, both ways",
            outbound: ["recipientDomains": ["fabrikam.ch", "fabrikam.com"]],
            inbound: ["senderDomains": ["fabrikam.ch", "fabrikam.com"]],
            replaced: [("[fabrikam.com]   # theirs", "[fabrikam.com, fabrikam.ch]   # theirs")]
        ),
        Case(
            testDescription: "a domain more one way cannot be said",
            outbound: ["recipientDomains": ["fabrikam.ch", "fabrikam.com"]],
            inbound: [:],
            replaced: [],
            unmet: [
                "OutboundConnector.recipientDomains: a ForcedTLSPartner says it once for both of its connectors, and they differ in it now"
            ]
        ),
        Case(
            testDescription: "less TLS, and its name goes with it",
            outbound: ["tlsSettings": "EncryptionOnly", "tlsDomain": .none],
            inbound: [:],
            replaced: [("trust: domain-validation\n  tlsDomain: mail.fabrikam.com\n", "trust: encryption-only\n")]
        ),
        Case(
            testDescription: "no TLS at all cannot be said",
            outbound: ["tlsSettings": .none, "tlsDomain": .none],
            inbound: ["requireTls": false],
            replaced: [],
            unmet: [
                "InboundConnector.requireTls: a ForcedTLSPartner always says the same of it",
                "OutboundConnector.tlsDomain: a ForcedTLSPartner has no word for this level of TLS with this name",
                "OutboundConnector.tlsSettings: a ForcedTLSPartner has no word for this level of TLS with this name",
            ]
        ),
        Case(
            testDescription: "smart hosts in place of the MX",
            outbound: ["smartHosts": ["mx.fabrikam.com"], "useMXRecord": false],
            inbound: [:],
            replaced: [
                (
                    "mail.fabrikam.com\n  testRecipients",
                    "mail.fabrikam.com\n  smartHosts: [mx.fabrikam.com]\n  testRecipients"
                )
            ]
        ),
        Case(
            testDescription: "smart hosts next to the MX cannot be said",
            outbound: ["smartHosts": ["mx.fabrikam.com"]],
            inbound: [:],
            replaced: [],
            unmet: [
                "OutboundConnector.smartHosts: a ForcedTLSPartner uses the MX exactly where it names no smart hosts"
            ]
        ),
        Case(
            testDescription: "addresses in place of the certificate",
            outbound: [:],
            inbound: [
                "tlsSenderCertificateName": .none, "restrictDomainsToCertificate": false,
                "senderIPAddresses": ["198.51.100.7"], "restrictDomainsToIPAddresses": true,
            ],
            replaced: [("certificateName: mail.fabrikam.com\n", "senderIPAddresses: [198.51.100.7]\n")]
        ),
        Case(
            testDescription: "a name in Exchange cannot be said, and the rest is",
            outbound: ["name": "Fabrikam", "validationRecipients": ["a@fabrikam.com"]],
            inbound: [:],
            replaced: [("[tls-test@fabrikam.com]", "[a@fabrikam.com]")],
            unmet: ["OutboundConnector.name: a ForcedTLSPartner names its connectors itself"]
        ),
    ]

    @Test(arguments: partners)
    func `a partner's document says what maps back exactly`(example: Case) {
        var wishes: [DefinitionWish] = []
        if !example.outbound.isEmpty { wishes.append(fields(fabrikam, example.outbound)) }
        if !example.inbound.isEmpty { wishes.append(fields(fabrikamInbound, example.inbound)) }
        let (text, unmet) = edited(example.before, wishes)
        var expected = example.before
        for (old, new) in example.replaced { expected = expected.replacing(old, with: new) }
        #expect(text == expected)
        #expect(unmet == example.unmet)
    }

    @Test func `a partner whose one connector is gone keeps the other`() {
        let (text, unmet) = edited(Self.partner, [DefinitionWish(fabrikamInbound, .removal)])
        #expect(unmet == [])
        #expect(text == Self.partner + "  direction: outbound\n")
        let both = [DefinitionWish(fabrikam, .removal), DefinitionWish(fabrikamInbound, .removal)]
        #expect(edited(Self.partner, both).text == nil)
    }
}
