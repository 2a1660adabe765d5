import Connectors
import Testing

struct DomainPatternTests {
    @Test(arguments: [
        ("Contoso.com", "contoso.com"),
        (" *.contoso.com ", "*.contoso.com"),
        ("contoso.com.", "contoso.com"),
        ("*", "*"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
    ])
    func `reads what operators write`(text: String, normal: String) {
        #expect(DomainPattern(text)?.description == normal)
    }

    @Test(arguments: [
        "", "*.", "mail.*.contoso.com", "f*.contoso.com", "**", "a..b", "-a.b", "a b.c", "192.0.2.1", "a\u{0}b.c",
        String(repeating: "a", count: 64) + ".com", String(repeating: "a.", count: 130) + "com",
    ])
    func `refuses what no domain is`(text: String) {
        #expect(DomainPattern(text) == nil)
    }

    @Test(arguments: [
        ("*", "contoso.com", true),
        ("*.contoso.com", "mail.contoso.com", true),
        ("*.contoso.com", "*.eu.contoso.com", true),
        ("*.contoso.com", "contoso.com", false),
        ("contoso.com", "*.contoso.com", false),
        ("contoso.com", "CONTOSO.com", true),
        ("*.contoso.com", "notcontoso.com", false),
        ("*.contoso.com", "*", false),
    ])
    func `tells which of two patterns is wider`(wide: String, narrow: String, covers: Bool) throws {
        let wide = try #require(DomainPattern(wide))
        let narrow = try #require(DomainPattern(narrow))
        #expect(wide.covers(narrow) == covers)
    }
}
