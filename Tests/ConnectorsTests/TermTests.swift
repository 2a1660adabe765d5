import Connectors
import Testing

struct TermTests {
    private typealias Row = (term: Term, text: String, rule: String?)

    private static let text = Term.text(maximumLength: 10)

    @Test(
        arguments: [
            (.domainName, "contoso.com", nil), (.domainName, "Bücher.example", nil),
            (.domainName, "*.contoso.com", "domain-syntax"),
            (.domainName, "a@contoso.com", "domain-syntax"), (.domainName, "https://contoso.com", "domain-syntax"),
            (.domainName, "", "domain-syntax"), (.domainName, "con\u{200B}toso.com", "control-character"),
            (.domainPattern, "*", nil), (.domainPattern, "*.contoso.com", nil),
            (.domainPattern, "SMTP:*.contoso.com;1", nil),
            (.domainPattern, "smtp:contoso.com;5", "domain-syntax"),
            (.domainPattern, "f*.contoso.com", "domain-wildcard"),
            (.domainPattern, "mail.*.com", "domain-wildcard"), (.domainPattern, "contoso.com:25", "domain-syntax"),
            (.certificateName, "mail.contoso.com", nil), (.certificateName, "*.contoso.com", nil),
            (.certificateName, "*", "certificate-name-everything"),
            (.certificateName, "m*.contoso.com", "certificate-name-syntax"),
            (.certificateName, "CN=mail.contoso.com", "certificate-name-syntax"),
            (.certificateName, "192.0.2.1", "certificate-name-syntax"),
            (.senderNetwork, "203.0.113.7", nil), (.senderNetwork, "203.0.113.0/24", nil),
            (.senderNetwork, "203.0.112.0/23", "inbound-sender-ip"),
            (.senderNetwork, "203.0.113.1/24", "inbound-sender-ip"), (.senderNetwork, "10.0.0.1", "inbound-sender-ip"),
            (.senderNetwork, "2001:db8::1", "inbound-sender-ip"),
            (.senderNetwork, "203.0.113.1-203.0.113.9", "inbound-sender-ip"),
            (.senderNetwork, "40.107.1.2", "inbound-sender-ip"), (.senderNetwork, "203.0.113.07", "inbound-sender-ip"),
            (.skippedNetwork, "192.0.2.1-192.0.2.9", nil), (.skippedNetwork, "2001:db8::/32", nil),
            (.skippedNetwork, "10.0.0.0/8", nil),
            (.skippedNetwork, "all", "ip-range"),
            (.smartHost, "mail.contoso.com", nil), (.smartHost, "203.0.113.7", nil), (.smartHost, "[203.0.113.7]", nil),
            (.smartHost, "192.168.1.1", "outbound-smart-host-address"),
            (.smartHost, "104.47.1.1", "outbound-smart-host-loop"),
            (.smartHost, "mail.contoso.com:25", "smart-host-syntax"), (.smartHost, "2001:db8::1", "smart-host-syntax"),
            (.smartHost, "*.contoso.com", "smart-host-syntax"),
            (.emailAddress, "tls-test@contoso.com", nil), (.emailAddress, "ünï@contoso.com", nil),
            (.emailAddress, "contoso.com", "address-syntax"),
            (.emailAddress, "a@b@contoso.com", "address-syntax"), (.emailAddress, "a b@contoso.com", "address-syntax"),
            (.emailAddress, "<a@contoso.com>", "address-syntax"),
            (.emailAddress, "\(String(repeating: "a", count: 65))@b.com", "address-syntax"),
            (.connectorReference, "Archive (journal)", nil), (.connectorReference, "a\nb", "control-character"),
            (.connectorReference, String(repeating: "a", count: 65), "text-too-long"),
            (text, "ten chars!", nil), (text, "eleven chars", "text-too-long"), (text, "two\nlines", nil),
            (text, "a\u{7}", "control-character"),
            (text, "👩👩👩👩👩👩", "text-too-long"), (text, "\u{202E}x", "control-character"),
            (text, "a\tb", "control-character"),
        ] as [(Term, String, String?)]
    )
    func `each syntax refuses what Exchange would`(term: Term, text: String, rule: String?) {
        let problem = term.problem(with: text)
        #expect(problem?.rule == rule)
        for words in [problem?.reason, problem?.remedy].compactMap(\.self) {
            #expect(!words.isEmpty && !words.unicodeScalars.contains(where: \.isTreacherous))
        }
    }

    @Test(
        arguments: [
            (.domainPattern, "smtp:Contoso.com;1", "contoso.com"), (.domainPattern, "SMTP:*;1", "*"),
            (.domainPattern, "contoso.com.", "contoso.com"),
            (.domainPattern, "smtp:contoso.com;5", "contoso.com;5"),
            (.domainPattern, "smtp:contoso.com", "contoso.com"),
            (.domainPattern, "smtp:smtp:contoso.com;1;1", "contoso.com"),
            (.domainPattern, "Bücher.example", "xn--bcher-kva.example"),
            (.certificateName, "*.Contoso.COM", "*.contoso.com"), (.senderNetwork, "203.0.113.7/32", "203.0.113.7"),
            (.senderNetwork, "192.168.0.1/25", "192.168.0.0/25"),
            (.skippedNetwork, "192.0.2.0/31", "192.0.2.0-192.0.2.1"),
            (.smartHost, "[203.0.113.7]", "203.0.113.7"), (.smartHost, "Mail.Contoso.com.", "mail.contoso.com"),
            (.smartHost, "[[x y]]", "x y"), (.smartHost, "[ [ Mail.Contoso.com ] ]", "mail.contoso.com"),
            (.smartHost, "[]", ""), (.smartHost, "[A", "[a"),
            (.domainPattern, "smtp: SMTP:contoso.com ;1", "contoso.com"), (.domainPattern, "smtp:", ""),
            (.certificateName, "smtp:A;5;1", "a;5"),
            (.emailAddress, " A@Contoso.com ", "a@contoso.com"), (.connectorReference, "Archive TLS", "archive tls"),
            (text, " As It Is ", " As It Is "),
        ] as [(Term, String, String)]
    )
    func `each syntax has a form in which strings are compared`(term: Term, text: String, normal: String) {
        #expect(term.normal(text) == normal)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            (.smartHost, "[", "192.0.2.1", "]", "smart-host-syntax"),
            (.smartHost, "[ ", "MAIL", " ]", "smart-host-syntax"),
            (.domainPattern, "SMTP:", "contoso.com", ";1", "domain-syntax"),
            (.domainPattern, "smtp:", "x" + String(repeating: "\u{301}", count: 100_000), "", "domain-syntax"),
            (.certificateName, "smtp:", "contoso.com", "", "certificate-name-syntax"),
        ] as [(Term, String, String, String, String)]
    )
    func `rule 13: what stands around a value a hundred thousand times is not taken off`(
        term: Term,
        before: String,
        value: String,
        after: String,
        rule: String
    ) {
        let text =
            String(repeating: before, count: 100_000) + value + String(repeating: after, count: 100_000)
        #expect(term.problem(with: text)?.rule == rule)
        let normal = term.normal(text)
        #expect(normal == text.asciiLowercased)
        #expect(term.normal(normal) == normal)
    }
}
