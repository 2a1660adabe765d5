import Testing

@testable import Controller

/// What strangers' words become in `/metrics`.
struct MetricsLabelTests {
    @Test(arguments: [
        (#"a"b"#, #"a\"b"#), (#"mx"} 1 mitregate_up{a="b"#, #"mx\"} 1 mitregate_up{a=\"b"#), (#"a\b"#, #"a\\b"#),
        ("a\nb 1", #"a\nb 1"#), ("a\r\u{1B}b", "a  b"),
        (String(repeating: "é", count: 300), String(repeating: "é", count: 200)),
    ])
    func `a label breaks no line and ends no value`(_ label: String, _ shown: String) {
        var page = MetricsPage()
        page.add(.certificateExpiry, [("host", label)], 1)
        let lines = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == [#"mitregate_certificate_expiry_timestamp_seconds{host="\#(shown)"} 1"#])
    }
}
