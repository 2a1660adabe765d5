import Connectors
import Definitions
import Testing
import YAML

/// The fields of connectors and rules, and Exchange's rules at the place of the field that breaks them.
struct ConnectorDocumentTests {
    @Test(arguments: [
        ("  useMXRecord: yes", ["9:16 wrong-type"]),
        ("  useMXRecord: null", ["9:16 wrong-type"]),
        ("  comment: null", []),
        ("  comment: \"\"", []),
        ("  comment:", ["9:3 empty-value"]),
        ("  comment: 12", ["9:12 wrong-type"]),
        ("  tlsSettings: null", []),
        ("  tlsSettings:", ["9:3 empty-value"]),
        ("  tlsSettings: domainValidation\n  tlsDomain: a.example", []),
        ("  tlsSettings: Strict", ["9:16 unknown-word"]),
        ("  tlsSettings: EncryptionOnly\n  tlsSettings: null", ["10:3 duplicate-key"]),
        ("  mtaStsMode: null", ["9:15 wrong-type"]),
        ("  mtaStsMode: None", []),
        ("  validationRecipients: a@b.example", ["9:25 wrong-type"]),
        ("  validationRecipients: [a@b.example, a@B.example]", ["9:39 ~repeated-entry"]),
        (
            "  validationRecipients: [a, \"\", ~, 12, {a: b}]",
            [
                "9:26 address-syntax", "9:29 empty-value", "9:33 empty-value", "9:36 wrong-type", "9:40 wrong-type",
            ]
        ),
        ("  validationRecipients:\n    - \"a\\u0007@b.example\"", ["10:7 control-character"]),
        ("  requireTls: true", ["9:3 unknown-key"]),
        ("  isValidated: true", ["9:3 reserved-field"]),
        ("  tlsSetings: EncryptionOnly", ["9:3 unknown-key"]),
        ("  RecipientDomains: [a.example]", ["9:3 unknown-key"]),
        ("  somethingElse: 1", ["9:3 unknown-key"]),
        ("  tlsDomain: a.example", ["9:3 outbound-tls-domain"]),
        ("  tlsSettings: DomainValidation", ["9:3 outbound-tls-domain"]),
        ("  useMXRecord: false", ["9:3 outbound-route"]),
        ("  smartHosts: [a.example]", ["9:3 outbound-route"]),
        ("  isTransportRuleScoped: true", ["9:3 outbound-one-scope", "9:3 ~scoped-without-rule"]),
        ("  allAcceptedDomains: true", ["9:3 outbound-onpremises-only"]),
        ("  name: \"\"", ["9:3 name-empty"]),
        ("  name: \"a\\tb\"", ["9:3 control-character"]),
        ("  name: 365", ["9:9 wrong-type"]),
        ("  name: \"\(String(repeating: "x", count: 65))\"", ["9:3 name-too-long"]),
    ])
    func `an outbound connector`(lines: String, found: [String]) {
        #expect(short(read(outbound(lines))) == found)
    }

    @Test(arguments: [
        ("  senderDomains: [f*.example, \"smtp:a.example;1\"]", ["6:19 domain-wildcard"]),
        ("  connectorType: Partner", ["5:1 inbound-partner-needs-domains"]),
        (
            "  senderDomains: [\"*\"]\n  senderIPAddresses: [10.0.0.1, 192.0.2.0/23, \"2001:db8::1\", 203.0.113.1/24]",
            [
                "7:23 inbound-sender-ip", "7:33 inbound-sender-ip", "7:47 inbound-sender-ip", "7:62 inbound-sender-ip",
            ]
        ),
        (
            "  senderDomains: [a.example]\n  tlsSenderCertificateName: \"*\"\n  requireTls: true",
            [
                "7:29 certificate-name-everything"
            ]
        ),
        (
            "  senderDomains: [a.example]\n  restrictDomainsToCertificate: true\n  restrictDomainsToIPAddresses: true",
            [
                "7:3 inbound-both-restrictions", "7:3 inbound-certificate-restriction-needs-name",
                "8:3 inbound-ip-restriction-needs-addresses",
            ]
        ),
        ("  senderDomains: [1.5, 2]", ["6:19 wrong-type", "6:24 wrong-type"]),
    ])
    func `an inbound connector`(lines: String, found: [String]) {
        let text = "apiVersion: mitregate.dev/v1\nkind: InboundConnector\nmetadata:\n  name: in\nspec:\n\(lines)\n"
        #expect(short(read(text)) == found)
    }

    @Test(arguments: [
        ("  priority: 010", ["8:13 wrong-type"]),
        ("  priority: 0o10", ["8:13 wrong-type"]),
        ("  priority: \"1\"", ["8:13 wrong-type"]),
        ("  priority: -1", ["8:13 out-of-range"]),
        ("  priority: 0", []),
        ("  mode: Audti", ["8:9 unknown-word"]),
        ("  state: Enabled", ["8:3 reserved-field"]),
        ("  routeMessageOutboundConnector: missing", ["8:3 rule-target-missing"]),
    ])
    func `a transport rule`(lines: String, found: [String]) {
        let text = """
            apiVersion: mitregate.dev/v1
            kind: TransportRule
            metadata: {name: rule}
            spec:
              recipientDomainIs: [a.example]
              routeMessageOutboundRequireTls: true
              sentToScope: NotInOrganization
            \(lines)
            """
        #expect(short(read(text)) == found)
    }

    @Test func `a misspelt or mistyped field does not make another rule miss it`() {
        #expect(
            short(read(outbound("  tlsSettings: DomainValidation\n  tlsDomian: a.example"))) == ["10:3 unknown-key"]
        )
        #expect(
            short(read(outbound("  useMXRecord: no\n  smartHosts: a.example"))) == [
                "9:16 wrong-type", "10:15 wrong-type",
            ]
        )
    }

    @Test func `a misspelt field does not hide another rule`() {
        #expect(
            short(read(outbound("  coment: x\n  useMXRecord: false"))) == ["9:3 unknown-key", "10:3 outbound-route"]
        )
    }

    @Test func `the kind that has a field is named`() {
        let set = read(outbound("  requireTls: true"))
        #expect(set.diagnostics.first?.reason == "OutboundConnector has no field \"requireTls\"; InboundConnector has")
    }

    @Test func `a slug too long for Exchange is named where it stands`() {
        let name = String(repeating: "a", count: 63)
        let set = read(partner("  direction: outbound", name: name))
        #expect(short(set) == ["4:9 name-too-long"])
    }
}
