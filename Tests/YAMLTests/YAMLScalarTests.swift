import Testing
import YAML

struct YAMLScalarTests {
    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nULL", .text),
            ("true", .boolean), ("True", .boolean), ("FALSE", .boolean), ("tRUE", .text),
            ("yes", .ambiguous), ("No", .ambiguous), ("ON", .ambiguous), ("off", .ambiguous), ("y", .ambiguous),
            ("N", .ambiguous), ("oN", .text), ("yess", .text),
            ("0", .integer), ("12", .integer), ("-3", .integer), ("+3", .integer), ("010", .ambiguous),
            ("1_000", .ambiguous),
            ("0o17", .ambiguous), ("0b101", .ambiguous), ("0x1F", .number), ("1.5", .number), ("1.", .number),
            (".5", .number),
            ("1e3", .number), ("1.5E-3", .number), (".inf", .number), ("-.INF", .number), (".nan", .number),
            ("1e", .text), ("-", .text), (".", .text), ("+", .text), ("1.2.3", .text), ("192.0.2.1", .text),
            ("192.0", .number),
            ("2026-11-25", .text), ("0x", .text), ("0xg", .text), ("contoso.com", .text), ("1and1.com", .text),
            ("_1", .text),
        ] as [(String, YAMLScalar.Kind)]
    )
    func `a plain word is what YAML says that it is, or ambiguous where its versions differ`(
        text: String,
        kind: YAMLScalar.Kind
    ) {
        #expect(YAMLScalar(text: text, isQuoted: false).kind == kind)
        #expect(YAMLScalar(text: text, isQuoted: true).kind == .text)
    }
}

struct NearestTests {
    @Test(arguments: [
        ("certifcateName", "certificateName"), ("CertificateName", "certificateName"),
        ("certificate_name", "certificateName"),
        ("smarthost", "smartHosts"), ("tlsdomian", "tlsDomain"), ("xyz", nil), ("", nil), ("t", nil),
        (String(repeating: "a", count: 5_000), nil),
    ])
    func `the nearest known word is found, and no far one`(text: String, word: String?) {
        let known = ["certificateName", "smartHosts", "tlsDomain", "enabled"]
        #expect(Nearest.word(to: text, among: known) == word)
    }
}
