import Connectors
import TLSGate
import Testing

@Suite struct MTASTSPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        var body: String
        /// The line of the error; `nil` for a good policy.
        var line: Int?
        var testDescription: String { rule }
    }

    @Test(arguments: [
        Case(
            rule: "as in the RFC",
            body: "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n"
        ),
        Case(rule: "LF, no space, no last line break", body: "version:STSv1\nmode:testing\nmx:a.example\nmax_age:0"),
        Case(rule: "none needs no mx", body: "version: STSv1\nmode: none\nmax_age: 86400\n"),
        Case(rule: "unknown keys are passed over", body: "version: STSv1\nfuture: yes\nmode: none\nmax_age: 1\n"),
        Case(rule: "the first of two counts", body: "version: STSv1\nmode: none\nmode: nonsense\nmax_age: 1\n"),
        Case(rule: "the longest age", body: "version: STSv1\nmode: none\nmax_age: 31557600\n"),
        Case(rule: "an age beyond a year", body: "version: STSv1\nmode: none\nmax_age: 31557601\n", line: 3),
        Case(rule: "an age below zero", body: "version: STSv1\nmode: none\nmax_age: -1\n", line: 3),
        Case(rule: "no age", body: "version: STSv1\nmode: none\n", line: 0),
        Case(rule: "no version", body: "mode: none\nmax_age: 1\n", line: 0),
        Case(rule: "another version", body: "version: STSv2\nmode: none\nmax_age: 1\n", line: 1),
        Case(rule: "another mode", body: "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1\n", line: 2),
        Case(rule: "no mx", body: "version: STSv1\nmode: enforce\nmax_age: 1\n", line: 0),
        Case(
            rule: "a wildcard in the middle",
            body: "version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1\n",
            line: 3
        ),
        Case(rule: "no colon", body: "version: STSv1\nhello\nmode: none\nmax_age: 1\n", line: 2),
        Case(rule: "HTML", body: "<html>404</html>", line: 1),
        Case(rule: "nothing", body: "", line: 0),
    ])
    func `a policy is read, or the line that is wrong is told`(_ example: Case) {
        do {
            _ = try MTASTSPolicy(Array(example.body.utf8))
            #expect(example.line == nil)
        } catch {
            #expect(error.line == example.line)
        }
    }

    @Test func `a pattern stands for one label`() throws {
        let body = "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.Example.NET\nmax_age: 1\n"
        let policy = try MTASTSPolicy(Array(body.utf8))
        func allows(_ host: String) -> Bool? { DomainName(host).map(policy.allows) }
        #expect(allows("MX1.example.com") == true)
        #expect(allows("mx2.example.com") == false)
        #expect(allows("a.example.net") == true)
        #expect(allows("a.b.example.net") == false)
        #expect(allows("example.net") == false)
    }

    @Test(arguments: [
        ("v=STSv1; id=20160831085700Z;", true, "20160831085700Z"), ("v=STSv1;id=1", true, "1"),
        ("v=STSv1 ; id=1;", true, "1"), ("v=STSv1; x=y; id=a1", true, "a1"), ("v=STSv1; id=a-1;", true, nil),
        ("v=STSv1; id=;", true, nil), ("v=STSv1;", true, nil), ("v=STSv12; id=1;", false, nil),
        ("v=spf1 -all", false, nil),
        ("v=STSv1", false, nil), ("v=STSv1; id=123456789012345678901234567890123;", true, nil),
    ])
    func `a record is one for MTA-STS, with its id`(_ text: String, _ isCandidate: Bool, _ id: String?) {
        #expect(MTASTSRecord.isCandidate(text) == isCandidate)
        if isCandidate { #expect(MTASTSRecord.id(text) == id) }
    }

    @Test func `any bytes are read or refused`() {
        var random = SeededGenerator(seed: 8461)
        let sound = Array("version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 604800\r\n".utf8)
        for _ in 0..<5_000 {
            var body = sound
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let index = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[index] = UInt8.random(in: 0...255, using: &random)
                case 1 where body.count > 1: body.remove(at: index)
                default: body.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            let policy = try? MTASTSPolicy(body)
            #expect(policy.map { $0.mode == .none || !$0.patterns.isEmpty } ?? true)
        }
        #expect(throws: MTASTSError.self) { try MTASTSPolicy([UInt8](repeating: 65, count: 70_000)) }
        let lines = Array(String(repeating: "mx: a.example\n", count: 4_000).utf8)
        #expect(throws: MTASTSError.self) { try MTASTSPolicy(lines) }
    }
}

/// The same numbers from the same seed: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
