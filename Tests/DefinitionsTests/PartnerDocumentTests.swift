import Connectors
import Definitions
import Testing
import YAML

struct PartnerDocumentTests {
    @Test func `both connectors are made, under one slug`() throws {
        let set = read(partner("  certificateName: mx.fabrikam.example\n  testRecipients: [a@fabrikam.example]"))
        #expect(set.diagnostics == [])
        #expect(set.documents == 1)
        #expect(
            set.desired.connectors.map(\.key.description) == [
                "InboundConnector/fabrikam", "OutboundConnector/fabrikam",
            ]
        )
        #expect(set.desired.connectors.map(\.displayName) == ["Forced TLS from fabrikam", "Forced TLS to fabrikam"])
        let inbound = try #require(set.desired.connectors.first)
        #expect(inbound.settings["tlsSenderCertificateName"] == "mx.fabrikam.example")
        #expect(inbound.settings["restrictDomainsToCertificate"] == true)
        #expect(inbound.fieldSources["tlsSenderCertificateName"]?.line == 8)
        #expect(inbound.fieldSources["requireTls"]?.line == 6)
        #expect(inbound.fieldSources["senderIPAddresses"]?.line == 5)
    }

    @Test func `a name and a comment are for both connectors, and without them nothing is said of comments`() throws {
        let set = read(partner("  certificateName: a.example\n  name: Fabrikam AG\n  comment: CHG-1042"))
        #expect(set.diagnostics == [])
        #expect(
            set.desired.connectors.map(\.displayName) == ["Forced TLS from Fabrikam AG", "Forced TLS to Fabrikam AG"]
        )
        #expect(set.desired.connectors.map { $0.settings["comment"] } == ["CHG-1042", "CHG-1042"])
        #expect(set.desired.connectors.first?.fieldSources["comment"]?.line == 10)
        let plain = read(partner("  certificateName: a.example"))
        #expect(plain.desired.connectors.allSatisfy { $0.settings["comment"] == nil })
    }

    @Test func `a name that is too long for a connector is told at the name`() {
        let name = String(repeating: "n", count: 60)
        let found = short(read(partner("  direction: outbound\n  name: \(name)")))
        #expect(found.count == 1 && found.first?.hasPrefix("9:3 ") == true, "\(found)")
    }

    @Test func `who names Microsoft's certificate is told what to do with a partner on Exchange Online`() {
        let set = read(partner("  certificateName: mail.protection.outlook.com"))
        #expect(set.diagnostics.first?.remedy.contains("leave the name out") == true)
    }

    @Test(arguments: [("outbound", [ConnectorKind.outboundConnector]), ("inbound", [.inboundConnector])])
    func `one direction makes one connector`(direction: String, kinds: [ConnectorKind]) {
        let set = read(partner("  direction: \(direction)"))
        #expect(set.desired.connectors.map(\.kind) == kinds)
    }

    @Test(arguments: [
        ("", ["6:3 ~partner-unbound"]),
        ("  certifcateName: a.example", ["8:3 unknown-key"]),
        ("  certificateName: 12", ["8:20 wrong-type"]),
        ("  certificateName: a.example\n  senderIPAddresses: [203.0.113.4]", ["9:3 partner-both-restrictions"]),
        ("  certificateName: mail.protection.outlook.com", ["8:3 inbound-certificate-name"]),
        ("  certificateName: a.example\n  tlsDomain: a.example", ["9:3 partner-tls-domain"]),
        ("  senderIPAddresses: [192.0.2.0/23]", ["8:23 inbound-sender-ip"]),
        ("  direction: outbound\n  certificateName: a.example", ["9:3 ~partner-idle-field"]),
        ("  direction: inbund\n  certificateName: a.example", ["8:14 unknown-word"]),
        ("  direction: outbound\n  transportRuleScoped: true", ["9:3 ~scoped-without-rule"]),
        ("  direction: outbound\n  smartHosts: [10.0.0.1]", ["9:16 outbound-smart-host-address"]),
        ("  connectorType: Partner\n  direction: outbound", ["8:3 unknown-key"]),
    ])
    func `what is wrong is told at the field of this document`(lines: String, found: [String]) {
        #expect(short(read(partner(lines))) == found)
    }

    @Test(arguments: [
        ("spec: {}", ["5:7 missing-key", "5:7 missing-key"]),
        ("spec: {domains: []}", ["5:7 missing-key", "5:8 partner-without-domains"]),
        ("spec: {domains: [a.example], direction: inbound, certificateName: b.example}", []),
        ("spec: {domains: [a.example], trust: domain-validation, direction: outbound}", ["5:30 partner-tls-domain"]),
        ("spec: {domans: [a.example], trust: encryption-only, direction: outbound}", ["5:8 unknown-key"]),
        ("spec: {domains: [a.example], trsut: encryption-only, direction: outbound}", ["5:30 unknown-key"]),
    ])
    func `what is needed is asked for, once`(spec: String, found: [String]) {
        let text = "apiVersion: mitregate.dev/v1\nkind: ForcedTLSPartner\nmetadata:\n  name: a\n\(spec)\n"
        #expect(short(read(text)) == found)
    }
}

struct EvidenceTests {
    private static let pem = "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n"

    @Test(arguments: [
        ("{certificate: \"\(pem)\"}", []),
        ("{certificate: hello}", ["9:27 certificate-syntax"]),
        ("{certificate: \"-----BEGIN PRIVATE KEY-----\\n\"}", ["9:27 private-key"]),
        ("{certificate: [a]}", ["9:27 wrong-type"]),
        ("{certificat: a}", ["9:13 missing-key", "9:14 unknown-key"]),
        ("null", ["9:13 wrong-type"]),
        ("", ["9:3 empty-value"]),
    ])
    func `a sample of the partner's certificate is taken as PEM, and never with its key`(value: String, found: [String])
    {
        let set = read(partner("  certificateName: a.example\n  evidence: \(value)"))
        #expect(short(set) == found)
        let samples = set.desired.connectors.map { $0.evidenceCertificate != nil }
        #expect(samples == (found.isEmpty ? [true, false] : [false, false]))
    }

    @Test func `an inbound connector takes it too, and an outbound one does not`() throws {
        let inbound = outbound("  evidence: {certificate: \"\(Self.pem)\"}")
            .replacing("OutboundConnector", with: "InboundConnector").replacing(
                "recipientDomains",
                with: "senderDomains"
            )
        let set = read(inbound)
        #expect(set.diagnostics == [])
        #expect(try #require(set.desired.connectors.first).evidenceCertificate != nil)
        #expect(short(read(outbound("  evidence: {certificate: a}"))) == ["9:3 unknown-key"])
    }
}
