import Connectors
import FoundationEssentials
import Testing

struct IPv4NetworkTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1/32", "192.0.2.1"), ("192.0.2.9/29", "192.0.2.8/29"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("255.255.255.255", "255.255.255.255"),
    ])
    func `reads addresses and networks`(text: String, normal: String) {
        #expect(IPv4Network(text)?.description == normal)
    }

    @Test(arguments: [
        "", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.01", "192.0.2.1/33", "192.0.2.1/", "192.0.2.1/-1",
        "192.0.2.1/024",
        "192.0.2.+1", "::1", "192.0.2.1/24/1", "1234.1.1.1", "a.b.c.d", " 192.0.2.1", "192.0.2.١",
    ])
    func `refuses what readers disagree on`(text: String) {
        #expect(IPv4Network(text) == nil)
    }

    @Test func `knows its ends and what lies in it`() throws {
        let network = try #require(IPv4Network("203.0.113.77/26"))
        #expect(network.hasHostBits)
        #expect(network.size == 64)
        #expect(network.contains(try #require(IPv4Network("203.0.113.64/27"))))
        #expect(!network.contains(try #require(IPv4Network("203.0.113.0/24"))))
        #expect(network.overlaps(try #require(IPv4Network("203.0.113.0/24"))))
        #expect(!network.overlaps(try #require(IPv4Network("203.0.113.128"))))
        #expect(try #require(IPv4Network("0.0.0.0/0")).size == 4_294_967_296)
    }

    @Test(arguments: [
        ("10.1.2.3", "private"), ("172.31.0.0/24", "private"), ("172.32.0.1", nil), ("192.168.1.1", "private"),
        ("127.0.0.1", "loopback"), ("100.64.0.1", "carrier-grade NAT"), ("169.254.1.1", "link-local"),
        ("224.0.0.1", "multicast"), ("255.255.255.255", "reserved"), ("203.0.113.1", nil), ("9.255.255.0/24", nil),
    ])
    func `knows which addresses no mail comes from`(text: String, purpose: String?) throws {
        #expect(try #require(IPv4Network(text)).specialPurpose == purpose)
    }

    @Test(arguments: [
        ("40.92.1.1", true), ("40.94.0.0", false), ("104.47.0.0/24", true), ("52.103.255.255", true),
        ("52.104.0.0", false),
    ])
    func `knows Exchange Online's own addresses`(text: String, isTheirs: Bool) throws {
        #expect(try #require(IPv4Network(text)).isExchangeOnline == isTheirs)
    }
}

struct IPRangeTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.0/30", "192.0.2.0-192.0.2.3"), ("192.0.2.1/30", "192.0.2.0-192.0.2.3"),
        ("192.0.2.1 - 192.0.2.9", "192.0.2.1-192.0.2.9"), ("192.0.2.1-192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8:0:0:0:0:0:1"), ("2001:db8::/127", "2001:db8:0:0:0:0:0:0-2001:db8:0:0:0:0:0:1"),
        ("::ffff:192.0.2.1", "0:0:0:0:0:ffff:c000:201"), ("0.0.0.0/0", "0.0.0.0-255.255.255.255"),
    ])
    func `reads addresses, networks and ranges of either version`(text: String, normal: String) throws {
        let range = try #require(IPRange(text))
        #expect(range.description == normal)
        #expect(IPRange(normal) == range)
    }

    @Test(arguments: [
        "", "-", "192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/",
        "192.0.2.0/ 8", "fe80::1%eth0", "a.example", "192.0.2.1-", "2001:db8::1::2", "::1\u{0}",
    ])
    func `refuses the rest`(text: String) {
        #expect(IPRange(text) == nil)
    }
}

struct StringTests {
    @Test(arguments: [
        ("plain ünïcödé 日本", "plain ünïcödé 日本"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{1B}[31m", "\\u{1b}[31m"),
        ("\u{7F}", "\\u{7f}"),
        ("\u{9B}31m", "\\u{9b}31m"), ("\u{202E}lmay", "\\u{202e}lmay"), ("a\u{2028}b", "a\\u{2028}b"),
        ("\u{200B}", "\\u{200b}"),
        ("##vso[task.setvariable variable=PATH]x", "#\\u{23}vso[task.setvariable variable=PATH]x"),
        ("a ###[error]b", "a ##\\u{23}[error]b"), ("## a # b", "## a # b"),
        ("\u{600}##vso[a]", "\\u{600}#\\u{23}vso[a]"), ("\u{D4E}##[a]", "\u{D4E}#\\u{23}[a]"),
        ("👩\u{200D}💻", "👩\u{200D}💻"), ("\u{E000}", "\\u{e000}"), ("\u{0}", "\\u{0}"), ("\u{FEFF}", "\\u{feff}"),
    ])
    func `whatever a terminal would act on is escaped`(text: String, escaped: String) {
        #expect(text.escapingControls == escaped)
        #expect(escaped.escapingControls == escaped)
    }

    @Test(arguments: [
        ("::stop-commands::x", "\\u{3a}:stop-commands::x"), ("a\n  ::error::b\n", "a\n  \\u{3a}:error::b\n"),
        ("seen from ::1", "seen from ::1"), ("\t::add-mask::a\n\n", "\t\\u{3a}:add-mask::a\n\n"), ("a: b", "a: b"),
        ("a\r\n::error::b", "a\r\n\\u{3a}:error::b"),
    ])
    func `no line is a workflow's command`(text: String, defused: String) {
        #expect(text.withoutWorkflowCommands == defused)
        #expect(defused.withoutWorkflowCommands == defused)
    }

    @Test(arguments: [(" a b\t\r\n", "a b"), ("", ""), (" \n ", ""), ("\u{A0}a\u{3000}", "a"), ("a", "a"), ("é ", "é")])
    func `white space at the ends goes`(text: String, trimmed: String) {
        #expect(text.trimmingSpaces() == trimmed)
    }

    @Test func `only ASCII letters lose their case where the DNS compares`() {
        #expect("ÀBC".asciiLowercased == "Àbc")
    }

    @Test func `a file's name is escaped wherever a position is shown`() {
        #expect(SourcePosition(file: "a\u{1B}b", line: 3, column: 4).description == "a\\u{1b}b:3:4")
        #expect(SourcePosition(file: "a", line: 3).description == "a:3")
        #expect(SourcePosition(file: "a").description == "a")
    }
}

struct TimestampTests {
    @Test(arguments: [
        ("2026-11-20T08:15:30.0000000Z", "2026-11-20T08:15:30Z"), ("2026-11-20T08:15:30+00:00", "2026-11-20T08:15:30Z"),
        ("2026-07-24T18:59:12.0000000", "2026-07-24T18:59:12Z"),
        ("2026-11-20T08:15:30.9999990Z", "2026-11-20T08:15:30Z"),
        ("2026-11-20T08:15:30-05:30", "2026-11-20T13:45:30Z"), ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("2026-11-22T10:11", "2026-11-22T10:11:00Z"), ("1969-12-31t23:59:59z", "1969-12-31T23:59:59Z"),
        ("2024-02-29 12:00:00Z", "2024-02-29T12:00:00Z"), ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"), (" 2026-11-20T08:15:30Z ", "2026-11-20T08:15:30Z"),
    ])
    func `reads every form that people and Exchange write`(text: String, utc: String) throws {
        #expect(Timestamp.text(try #require(Timestamp.instant(text))) == utc)
    }

    @Test(arguments: [
        "", "0001-01-01T00:00:00Z", "2026-11-20", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-11-31T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T08:60:00Z", "2026-11-20T08:15:61Z",
        "2026-11-20T08:15:30.Z",
        "2026-11-20T08:15:30ZZ", "2026-11-20T08:15:30+25:00", "2026-11-20T08:15:30+0100", "26-11-20T08:15:30Z",
        "2026-11-2٣T08:15:30Z",
        "/Date(1700000000000)/", "2026-11-20X08:15:30Z", "20261120T081530Z",
    ])
    func `refuses what is no instant, and Exchange's never`(text: String) {
        #expect(Timestamp.instant(text) == nil)
    }

    @Test(
        arguments: [
            ("0", "1970-01-01T00:00:00Z"), ("-0.5", "1969-12-31T23:59:59Z"), ("1795608000", "2026-11-25T12:00:00Z"),
            ("-62104060800", "0002-01-01T00:00:00Z"), ("-62104060801", nil), ("-62135596800", nil),
            ("253402300799.9", "9999-12-31T23:59:59Z"), ("253402300800", nil), ("1e20", nil), ("-1e20", nil),
            ("inf", nil), ("-inf", nil), ("nan", nil),
        ] as [(String, String?)]
    )
    func `a distance from 1970 is an instant where it can be written, and is not Exchange's never`(
        seconds: String,
        text: String?
    ) throws {
        let instant = Timestamp.instant(secondsSince1970: try #require(Double(seconds)))
        #expect(instant.map(Timestamp.text) == text)
    }

    @Test(arguments: [
        ("-62135596800", "0001-01-01T00:00:00Z"), ("-62135596801", "0001-01-01T00:00:00Z"),
        ("-1e20", "0001-01-01T00:00:00Z"), ("-inf", "0001-01-01T00:00:00Z"),
        ("253402300800", "9999-12-31T23:59:59Z"), ("1e20", "9999-12-31T23:59:59Z"),
        ("inf", "9999-12-31T23:59:59Z"), ("nan", "9999-12-31T23:59:59Z"),
    ])
    func `rule 13: every date has a text`(seconds: String, text: String) throws {
        let date = Date(timeIntervalSince1970: try #require(Double(seconds)))
        #expect(Timestamp.text(date) == text)
        #expect(!Timestamp.deadlineText(date).isEmpty)
    }

    @Test(arguments: [
        ("2026-11-25", "2026-11-26T00:00:00Z"), ("2026-12-31", "2027-01-01T00:00:00Z"),
        ("2028-02-29", "2028-03-01T00:00:00Z"),
        ("2026-11-25T10:00:00+01:00", "2026-11-25T09:00:00Z"),
    ])
    func `a bare date ends when its day ends in UTC`(text: String, end: String) throws {
        #expect(Timestamp.text(try #require(Timestamp.deadline(text))) == end)
    }

    @Test(arguments: [
        ("2027-03-01", "the end of 2027-03-01"), ("2027-03-01T08:30:00Z", "2027-03-01T08:30:00Z"),
        ("2027-03-01T23:00:00-01:00", "the end of 2027-03-01"), ("2024-02-29", "the end of 2024-02-29"),
    ])
    func `a deadline is told as it was written`(text: String, told: String) throws {
        #expect(Timestamp.deadlineText(try #require(Timestamp.deadline(text))) == told)
    }
}
