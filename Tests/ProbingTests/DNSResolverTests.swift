import Foundation
import Probing
import TestSupport
import Testing

@Suite(.enabled(if: NameServer.isAvailable, "install nsd and ldnsutils"))
struct DNSResolverTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let name: String
        let type: DNSRecordType
        var data: [DNSData] = []
        var aliases: [String] = []
        var dnssec = DNSSECStatus.secure
        var rcode = 0
        var failure: DNSFailure?
    }

    @Test func `each answer says what it is worth`() async throws {
        try await withNameServer(Self.zones) { server in
            let resolver = try DNSResolver(server.settings)
            for example in Self.cases {
                let observation = await resolver.ask(example.name, example.type)
                let label: Comment = "\(example.testDescription)"
                #expect(Set(observation.answers.map(\.data)) == Set(example.data), label)
                #expect(observation.aliases == example.aliases, label)
                #expect(observation.dnssec == example.dnssec, label)
                #expect(observation.rcode == example.rcode, label)
                #expect(observation.failure == example.failure, label)
                #expect(observation.answers.allSatisfy { (1...300).contains($0.ttl) }, label)
            }
        }
    }

    @Test func `a forged answer is called so, with the reason, and its data is kept as evidence`() async throws {
        try await withNameServer(Self.zones) { server in
            let observation = try await DNSResolver(server.settings).ask("bogus.example", .mx)
            guard case .bogus(let why) = observation.dnssec else {
                Issue.record("\(observation.dnssec)")
                return
            }
            #expect(why.contains("expired"))
            #expect(observation.failure == nil)
        }
    }

    @Test func `absence has an age`() async throws {
        try await withNameServer(Self.zones) { server in
            let resolver = try DNSResolver(server.settings)
            #expect(await resolver.ask("missing.lab.example", .mx).negativeTTL.map { (1...120).contains($0) } == true)
            #expect(await resolver.ask("lab.example", .mx).negativeTTL == nil)
        }
    }

    @Test func `DNSSEC is known to work only where a signed name comes out as secure`() async throws {
        try await withNameServer(Self.zones) { server in
            let works = try await DNSResolver(server.settings).selfTest()
            #expect(works.status == .secure && works.failure == nil && works.name == "lab.example")

            try await withTemporaryFolder { folder in
                let file = folder.appending(path: "anchors")
                let wrong = "plain.example. IN DS 1 13 2 \(String(repeating: "ab", count: 32))\n"
                try Data(wrong.utf8).write(to: file)
                var settings = server.settings
                settings.anchors = .file(file.path)
                let fails = try await DNSResolver(settings).selfTest()
                #expect(fails.status != .secure)
                #expect(fails.name == "plain.example")
            }
        }
    }

    @Test func `behind servers that lose signatures, a signed zone is taken as unsigned`() async throws {
        try await withNameServer(Self.zones) { server in
            try await withTemporaryFolder { folder in
                let file = folder.appending(path: "anchors")
                let wrong = "plain.example. IN DS 1 13 2 \(String(repeating: "ab", count: 32))\n"
                try Data(wrong.utf8).write(to: file)
                var settings = server.settings
                settings.anchors = .file(file.path)
                let resolver = try DNSResolver(settings)
                let observation = await resolver.ask("plain.example", .mx)
                #expect(observation.dnssec == .insecure)
                #expect(observation.rcode == 0)
                #expect(!observation.answers.isEmpty)
            }
        }
    }

    @Test func `where it was not found out whether DNSSEC works, a forged answer stays one`() async throws {
        try await withNameServer(Self.zones) { server in
            try await withTemporaryFolder { folder in
                // The self-test asks for the owner of the first anchor, which no server here has.
                let lost = "gone.example. IN DS 1 13 2 \(String(repeating: "ab", count: 32))\n"
                let known = try String(contentsOf: URL(filePath: server.anchors), encoding: .utf8)
                let file = folder.appending(path: "anchors")
                try Data((lost + known).utf8).write(to: file)
                var settings = server.settings
                settings.anchors = .file(file.path)
                let resolver = try DNSResolver(settings)
                let test = await resolver.selfTest()
                #expect(test.name == "gone.example" && test.failure == .refused)
                let observation = await resolver.ask("bogus.example", .mx)
                guard case .bogus = observation.dnssec else {
                    Issue.record("\(observation.dnssec)")
                    return
                }
            }
        }
    }

    @Test func `a self-test that got no answer is made again by whoever asks next`() async throws {
        let relay = try DNSRelay()
        defer { relay.stop() }
        try await withNameServer(Self.zones) { server in
            var settings = server.settings
            settings.servers = .forwarders(["127.0.0.1@\(relay.port)"])
            settings.timeout = .seconds(1)
            let resolver = try DNSResolver(settings)
            var test = await resolver.selfTest()
            #expect(test.failure == .timedOut)
            relay.lead(to: server.port)
            // After a loss, libunbound itself may wait longer for its next try than one question has time.
            for _ in 0..<30 where test.status != .secure { test = await resolver.selfTest() }
            #expect(test.status == .secure && test.failure == nil)
        }
    }

    @Test func `a server that never answers ends with the question's time`() async throws {
        let silent = try silentUDP()
        defer { close(silent.descriptor) }
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "anchors")
            try Data("lab.example. IN DS 1 13 2 \(String(repeating: "ab", count: 32))\n".utf8).write(to: file)
            let settings = ResolverSettings(
                servers: .forwarders(["127.0.0.1@\(silent.port)"]),
                anchors: .file(file.path),
                timeout: .milliseconds(200),
                concurrency: 4
            )
            let resolver = try DNSResolver(settings)
            let observations = await withTaskGroup(of: DNSObservation.self) { group in
                for number in 0..<12 { group.addTask { await resolver.ask("host\(number).lab.example", .a) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(observations.count == 12)
            #expect(observations.allSatisfy { $0.failure == .timedOut && $0.rcode == nil })
        }
    }

    @Test func `a file without trust anchors is refused`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "anchors")
            #expect(throws: ProbingError.noTrustAnchors(file: file.path)) {
                try DNSResolver(ResolverSettings(anchors: .file(file.path)))
            }
            try Data("; nothing\n".utf8).write(to: file)
            #expect(throws: ProbingError.noTrustAnchors(file: file.path)) {
                try DNSResolver(ResolverSettings(anchors: .file(file.path)))
            }
        }
    }

    @Test func `a setting that libunbound refuses is an error with a remedy`() async throws {
        try await withNameServer(Self.zones) { server in
            var settings = server.settings
            settings.servers = .forwarders(["not an address"])
            #expect(throws: ProbingError.self) { try DNSResolver(settings) }
        }
    }
}

extension DNSResolverTests {
    static let zones = [
        NameServer.Zone(
            name: "lab.example",
            signing: .signed,
            records: """
                @ IN MX 10 MX1
                @ IN MX 20 mx2
                null IN MX 0 .
                mx1 IN A 127.0.0.1
                mx1 IN AAAA ::1
                mx2 IN CNAME real
                real IN A 127.0.0.2
                _25._tcp.mx1 IN TLSA 3 1 1 \(String(repeating: "ab", count: 32))
                long IN TXT "part one, " "part two"
                c1 IN CNAME c2
                c2 IN CNAME c3
                c3 IN CNAME real
                """
        ),
        NameServer.Zone(name: "plain.example", signing: .unsigned, records: "@ IN MX 5 mx\nmx IN A 127.0.0.3"),
        NameServer.Zone(name: "bogus.example", signing: .expired, records: "@ IN MX 5 mx\nmx IN A 127.0.0.4"),
    ]

    static let cases = [
        Case(
            testDescription: "MX, in lower case",
            name: "LAB.example.",
            type: .mx,
            data: [.mx(preference: 10, host: "mx1.lab.example"), .mx(preference: 20, host: "mx2.lab.example")]
        ),
        Case(testDescription: "null MX", name: "null.lab.example", type: .mx, data: [.mx(preference: 0, host: ".")]),
        Case(testDescription: "A", name: "mx1.lab.example", type: .a, data: [.address("127.0.0.1")]),
        Case(testDescription: "AAAA", name: "mx1.lab.example", type: .aaaa, data: [.address("::1")]),
        Case(
            testDescription: "an alias",
            name: "mx2.lab.example",
            type: .a,
            data: [.address("127.0.0.2")],
            aliases: ["real.lab.example"]
        ),
        Case(
            testDescription: "a chain of aliases",
            name: "c1.lab.example",
            type: .a,
            data: [.address("127.0.0.2")],
            aliases: ["c2.lab.example", "c3.lab.example", "real.lab.example"]
        ),
        Case(
            testDescription: "an alias without the data",
            name: "mx2.lab.example",
            type: .aaaa,
            aliases: ["real.lab.example"]
        ),
        Case(
            testDescription: "CNAME itself",
            name: "mx2.lab.example",
            type: .cname,
            data: [.alias("real.lab.example")]
        ),
        Case(
            testDescription: "TLSA",
            name: "_25._tcp.mx1.lab.example",
            type: .tlsa,
            data: [.tlsa(TLSARecord(usage: 3, selector: 1, matchingType: 1, data: [UInt8](repeating: 0xab, count: 32)))]
        ),
        Case(
            testDescription: "TXT of two strings",
            name: "long.lab.example",
            type: .txt,
            data: [.text("part one, part two")]
        ),
        Case(testDescription: "no such data, proven", name: "mx1.lab.example", type: .txt),
        Case(testDescription: "no such name, proven", name: "missing.lab.example", type: .a, rcode: 3),
        Case(
            testDescription: "an unsigned zone",
            name: "plain.example",
            type: .mx,
            data: [.mx(preference: 5, host: "mx.plain.example")],
            dnssec: .insecure
        ),
        Case(
            testDescription: "a zone that no server has",
            name: "elsewhere.invalid-zone",
            type: .a,
            dnssec: .insecure,
            rcode: 2,
            failure: .refused
        ),
    ]
}
