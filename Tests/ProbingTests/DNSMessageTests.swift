import Probing
import Testing

@Suite struct DNSMessageTests {
    /// A response to MX of a.example through the alias b.example, with names that point backwards.
    private static let response: [UInt8] = {
        var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 1, 0, 0]
        bytes += [1] + Array("A".utf8) + [7] + Array("example".utf8) + [0, 0, 15, 0, 1]  // at 12; example at 14
        bytes += [0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44, 0, 4, 1] + Array("b".utf8) + [0xc0, 14]  // b at 39
        bytes += [0xc0, 39, 0, 15, 0, 1, 0, 0, 0, 60, 0, 7, 0, 10, 2] + Array("mx".utf8) + [0xc0, 14]
        bytes += [0xc0, 14, 0, 6, 0, 1, 0, 0, 14, 16, 0, 24, 0xc0, 14, 0xc0, 14] + [UInt8](repeating: 0, count: 16)
        return bytes + [0, 0, 0, 120]
    }()

    @Test func `aliases and compressed names are followed`() throws {
        let message = try #require(DNSMessage(Self.response))
        let found = message.answers(to: DNSQuestion("a.example", .mx))
        #expect(found.aliases == ["b.example"])
        #expect(found.records == [DNSRecord(ttl: 60, .mx(preference: 10, host: "mx.example"))])
        #expect(message.negativeTTL == 120)
    }

    @Test func `a name that points at itself ends the reading`() {
        var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]
        bytes += [0xc0, 12, 0, 1, 0, 1]
        #expect(DNSMessage(bytes) == nil)
    }

    @Test(
        arguments: [
            (DNSRecordType.a, [1, 2, 3], DNSData.malformed("010203")),
            (.a, [1, 2, 3, 4], .address("1.2.3.4")),
            (.aaaa, [UInt8](repeating: 0, count: 15) + [1], .address("::1")),
            (.aaaa, [], .malformed("")),
            (.mx, [0, 10], .malformed("000a")),
            (.mx, [0, 10, 0], .mx(preference: 10, host: ".")),
            (.mx, [0, 1, 3, 0x61, 0x2e, 0x62, 0], .mx(preference: 1, host: "a\\046b")),
            (.tlsa, [3, 1], .malformed("0301")),
            (.tlsa, [3, 1, 1], .tlsa(TLSARecord(usage: 3, selector: 1, matchingType: 1, data: []))),
            (.txt, [2, 0x68, 0x69, 1, 0x21], .text("hi!")),
            (.txt, [9, 0x68], .malformed("0968")),
            (.cname, [1, 0x42, 0], .alias("b")),
        ] as [(DNSRecordType, [UInt8], DNSData)]
    )
    func `each type of data is read, or called malformed`(
        _ type: DNSRecordType,
        _ data: [UInt8],
        _ value: DNSData
    ) throws {
        let code: [DNSRecordType: UInt8] = [.a: 1, .cname: 5, .mx: 15, .txt: 16, .aaaa: 28, .tlsa: 52]
        var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0]
        bytes += [0, 0, code[type] ?? 0, 0, 1, 0, 0, 0, 9, 0, UInt8(data.count)] + data
        let message = try #require(DNSMessage(bytes))
        #expect(message.answers(to: DNSQuestion(".", type)).records == [DNSRecord(ttl: 9, value)])
    }

    @Test func `more than eight aliases, or a circle of them, is no answer`() throws {
        func name(_ number: Int) -> [UInt8] { [1, 0x61 + UInt8(number), 0] }
        func chain(_ links: [(Int, Int)]) -> [UInt8] {
            var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 0, 0, UInt8(links.count), 0, 0, 0, 0]
            for (from, to) in links { bytes += name(from) + [0, 5, 0, 1, 0, 0, 0, 9, 0, 3] + name(to) }
            return bytes
        }
        let eight = try #require(DNSMessage(chain((0..<8).map { ($0, $0 + 1) })))
        #expect(!eight.answers(to: DNSQuestion("a", .a)).isEndless)
        let nine = try #require(DNSMessage(chain((0..<9).map { ($0, $0 + 1) })))
        #expect(nine.answers(to: DNSQuestion("a", .a)).isEndless)
        let circle = try #require(DNSMessage(chain([(0, 1), (1, 2), (2, 0)])))
        #expect(circle.answers(to: DNSQuestion("a", .a)).isEndless)
    }

    @Test func `damaged messages are refused or read, and never hold us up`() {
        for seed in 0..<20_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let bytes = Self.response.mutated(using: &generator)
            guard let message = DNSMessage(bytes) else { continue }
            for type in DNSRecordType.allCases {
                let found = message.answers(to: DNSQuestion("a.example", type))
                #expect(found.records.count <= 64 * 1024 && found.aliases.count <= DNSMessage.mostAliases)
            }
        }
    }
}
