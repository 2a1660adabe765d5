import Connectors
import TLSGate
import Testing

@Suite struct CertificateNamesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var reference: String
        var presented: String
        var matches: Bool
        var isUncertain = false
        var testDescription: String { "\(reference) \(matches ? "is" : "is not") \(presented)" }
    }

    @Test(arguments: [
        Case(reference: "mail.contoso.com", presented: "mail.contoso.com", matches: true),
        Case(reference: "mail.contoso.com", presented: "MAIL.Contoso.COM", matches: true),
        Case(reference: "mail.contoso.com.", presented: "mail.contoso.com", matches: true),
        Case(reference: "mail.contoso.com", presented: "mail.contoso.com.", matches: true),
        Case(reference: "mail.contoso.com", presented: "*.contoso.com", matches: true),
        Case(reference: "a.mail.contoso.com", presented: "*.contoso.com", matches: false),
        Case(reference: "contoso.com", presented: "*.contoso.com", matches: false),
        Case(reference: "contoso.com", presented: "mail.contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "m*.contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "*l.contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "mail.*.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "*", matches: false),
        Case(reference: "contoso.com", presented: "*.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "**.contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "*.*.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "mail.contoso.com\0.evil.example", matches: false),
        Case(reference: "mail.contoso.com", presented: " mail.contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "mail..contoso.com", matches: false),
        Case(reference: "mail.contoso.com", presented: "", matches: false),
        Case(reference: "bücher.example", presented: "xn--bcher-kva.example", matches: true),
        Case(reference: "xn--bcher-kva.example", presented: "bücher.example", matches: false),
        Case(reference: "xn--bcher-kva.contoso.com", presented: "*.contoso.com", matches: true),
        Case(reference: "a_b.contoso.com", presented: "a_b.contoso.com", matches: true),
        Case(reference: "*.contoso.com", presented: "*.contoso.com", matches: true),
        Case(reference: "*.contoso.com", presented: "mail.contoso.com", matches: true),
        Case(reference: "*.contoso.com", presented: "a.b.contoso.com", matches: true),
        Case(reference: "*.contoso.com", presented: "*.b.contoso.com", matches: true),
        Case(reference: "*.contoso.com", presented: "contoso.com", matches: true, isUncertain: true),
        Case(reference: "*.contoso.com", presented: "notcontoso.com", matches: false),
        Case(reference: "*.contoso.com", presented: "*.com", matches: false),
        Case(reference: "192.0.2.1", presented: "192.0.2.1", matches: false),
        Case(reference: "192.0.2.1", presented: "*.0.2.1", matches: false),
    ])
    func `a name fits, or does not`(_ example: Case) throws {
        let reference = try #require(NameReference(example.reference))
        let match = CertificateNames.best(reference, in: [example.presented])
        #expect((match != nil) == example.matches)
        #expect((match?.uncertainty != nil) == example.isUncertain)
    }

    @Test func `a certain match is preferred to an uncertain one`() throws {
        let reference = try #require(NameReference("*.contoso.com"))
        #expect(CertificateNames.best(reference, in: ["contoso.com", "a.contoso.com"])?.presented == "a.contoso.com")
    }

    @Test func `the common name counts only without DNS names`() throws {
        let reference = try #require(NameReference("mx1.partner.example"))
        let match = try CertificateNames.match(reference, in: Fixture.certificate("cnonly"))
        #expect(match?.isOnlyCommonName == true)
        #expect(try CertificateNames.match(reference, in: Fixture.certificate("leaf"))?.isOnlyCommonName == false)
        let other = try #require(NameReference("web.elsewhere.example"))
        #expect(try CertificateNames.match(other, in: Fixture.certificate("leaf")) == nil)
    }

    @Test(arguments: [
        ("10.1.2.3", "private"), ("127.0.0.1", "loopback"), ("169.254.1.1", "link-local"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("192.0.2.9", "documentation"), ("8.8.8.8", nil), ("172.32.0.1", nil), ("::1", "loopback"),
        ("fe80::1", "link-local"),
        ("fd00::1", "unique local"), ("64:ff9b::10.0.0.1", "private"), ("2002:a00:1::1", "6to4"),
        ("2001:db8::1", "documentation"), ("::ffff:10.0.0.1", "private"), ("2a00::1", nil),
        ("mail.example", nil),
    ])
    func `an address that is not public is known by its kind`(_ text: String, _ kind: String?) {
        #expect(SpecialAddress.name(of: text) == kind)
    }
}
