import Foundation
import Probing
import TestSupport
import Testing
import Transfers

@Suite(.enabled(if: NameServer.isAvailable, "install nsd and ldnsutils"))
struct RevocationFetcherTests {
    private static let url = "http://crl.lab.example/root.crl"

    private static func server(_ list: String, header: String = "") throws -> ScriptedPeer {
        let head = "HTTP/1.1 200 OK\r\n\(header)Content-Length: \(list.utf8.count)\r\nConnection: close\r\n\r\n"
        return try ScriptedPeer([.readBytes, .send(head + list)])
    }

    @Test func `a list is fetched once, over plain http, and only what it says is kept`() async throws {
        let peer = try Self.server("a list, signed by its issuer")
        defer { peer.stop() }
        try await withResolver { resolver, certificates in
            let questions = try certificates.questions([Self.url])
            let pool = try TransferPool()
            let fetcher = RevocationFetcher(pool: pool, resolver: resolver, networks: .any, port: peer.port)
            let first = try await fetcher.observe(questions)
            #expect(first.map(\.url) == [Self.url])
            #expect(first.first?.answers.map(\.status) == [.unreadable])
            #expect(first.first?.sha256 == "08d551b4fadb9d598c29d1138930b55deb0770ecfc507fd60db96f2c049af92d")
            #expect(try await fetcher.observe(questions) == first)
            #expect(peer.connections == 1)

            let careful = RevocationFetcher(pool: pool, resolver: resolver, port: peer.port)
            let refused = try await careful.observe(questions)
            #expect(refused.first?.failure == "127.0.0.1 is not public (loopback)")
            #expect(peer.connections == 1)
        }
    }

    @Test func `a list is fetched again when it is an hour old`() async throws {
        let peer = try Self.server("a list")
        defer { peer.stop() }
        try await withResolver { resolver, certificates in
            let (clock, time) = ProbeClock.manual()
            let fetcher = RevocationFetcher(
                pool: try TransferPool(),
                resolver: resolver,
                networks: .any,
                port: peer.port,
                clock: clock
            )
            let questions = try certificates.questions([Self.url])
            for (wait, connections) in [(0, 1), (3_599, 1), (1, 2)] {
                time.advance(by: .seconds(wait))
                _ = try await fetcher.observe(questions)
                #expect(peer.connections == connections)
            }
        }
    }

    @Test func `a list is not fetched from an address that DNSSEC calls forged`() async throws {
        let peer = try Self.server("a list")
        defer { peer.stop() }
        try await withResolver { resolver, certificates in
            var limits = RevocationFetcher.Limits()
            limits.time = .seconds(60)
            let fetcher = RevocationFetcher(
                pool: try TransferPool(),
                resolver: resolver,
                networks: .any,
                port: peer.port,
                limits: limits
            )
            let seen = try await fetcher.observe(certificates.questions(["http://crl.expired.example/x"]))
            let failure = try #require(seen.first?.failure)
            #expect(failure.hasPrefix("the address of crl.expired.example fails DNSSEC"), "\(failure)")
            #expect(peer.connections == 0)
        }
    }

    @Test func `a list that is compressed, or larger than is read, is refused in words`() async throws {
        let list = String(repeating: "x", count: 600)
        try await withResolver { resolver, certificates in
            func seen(
                _ header: String,
                _ change: (inout RevocationFetcher.Limits) -> Void
            ) async throws
                -> (failure: String?, connections: Int)
            {
                let peer = try Self.server(list, header: header)
                defer { peer.stop() }
                var limits = RevocationFetcher.Limits()
                change(&limits)
                let fetcher = RevocationFetcher(
                    pool: try TransferPool(),
                    resolver: resolver,
                    networks: .any,
                    port: peer.port,
                    limits: limits
                )
                let observation = try await fetcher.observe(certificates.questions([Self.url])).first
                return (observation?.failure, peer.connections)
            }
            let compressed = try await seen("Content-Encoding: gzip\r\n") { _ in }
            #expect(compressed.failure == "the answer is compressed, which was not asked for")
            let large = try await seen("") { ($0.small, $0.list) = (500, 700) }
            #expect(large.failure == nil)
            #expect(large.connections == 2, "a large list is fetched again, alone")
            let tooLarge = try await seen("") { ($0.small, $0.list) = (100, 500) }
            #expect(tooLarge.failure?.hasPrefix("larger than") == true)
        }
    }

    @Test func `with more lists than one look fetches, the next look goes on behind them`() async throws {
        let peer = try Self.server("a list")
        defer { peer.stop() }
        try await withResolver { resolver, certificates in
            var limits = RevocationFetcher.Limits()
            limits.urls = 2
            let fetcher = RevocationFetcher(
                pool: try TransferPool(),
                resolver: resolver,
                networks: .any,
                port: peer.port,
                limits: limits
            )
            let urls = ["c", "b", "a", "d", "e"].map { "http://crl.lab.example/\($0)" }
            let questions = try certificates.questions(urls)
            var counts: [Int] = []
            for _ in 0..<4 { counts.append(try await fetcher.observe(questions).count) }
            #expect(counts == [2, 4, 5, 5])
            #expect(try await fetcher.observe(questions).map(\.url) == urls)
            #expect(peer.connections == 5)
        }
    }

    @Test func `all lists of one next hop share one time, and what did not come in it is said`() async throws {
        let peer = try ScriptedPeer([.hold])
        defer { peer.stop() }
        try await withResolver { resolver, certificates in
            // Whoever sleeps on it wakes at once, as if that time were over.
            let clock = ProbeClock.jumping()
            let fetcher = RevocationFetcher(
                pool: try TransferPool(),
                resolver: resolver,
                networks: .any,
                port: peer.port,
                clock: clock
            )
            let urls = (1...8).map { "http://crl.lab.example/\($0)" }
            let seen = try await fetcher.observe(certificates.questions(urls))
            #expect(seen.map(\.url) == urls)
            #expect(seen.map(\.failure) == Array(repeating: "no answer within 10 s", count: 8))
            #expect(clock.elapsed() == .seconds(10))
        }
    }

    @Test func `lists beyond what may be at hand are fetched again for the next certificate`() async throws {
        try await withResolver { resolver, certificates in
            let list = try await certificates.emptyList()
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(list.count)\r\nConnection: close\r\n\r\n"
            let urls = ["a", "b"].map { "http://crl.lab.example/\($0)" }
            func connections(kept: Int) async throws -> Int {
                let peer = try ScriptedPeer([.readBytes, .sendBytes(Array(head.utf8) + list)])
                defer { peer.stop() }
                var limits = RevocationFetcher.Limits()
                limits.kept = kept
                let fetcher = RevocationFetcher(
                    pool: try TransferPool(),
                    resolver: resolver,
                    networks: .any,
                    port: peer.port,
                    limits: limits
                )
                for id in ["mx", "other"] {
                    // One after the other, so that it is known which comes first.
                    for url in urls {
                        let seen = try await fetcher.observe(certificates.questions([url], id: id))
                        #expect(seen.first?.answers.last?.status == .good)
                    }
                }
                return peer.connections
            }
            #expect(try await connections(kept: list.count * 2) == 2)
            #expect(try await connections(kept: list.count * 2 - 1) == 3, "there is room for the first alone")
            #expect(RevocationFetcher.Limits().kept == 24 << 20)
        }
    }

    @Test func `whoever asks is told of the own certificates alone`() async throws {
        try await withResolver { resolver, certificates in
            let list = try await certificates.emptyList()
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(list.count)\r\nConnection: close\r\n\r\n"
            let peer = try ScriptedPeer([.readBytes, .sendBytes(Array(head.utf8) + list)])
            defer { peer.stop() }
            let fetcher = RevocationFetcher(
                pool: try TransferPool(),
                resolver: resolver,
                networks: .any,
                port: peer.port
            )
            for id in ["mx", "other", "mx", "other"] {
                let seen = try await fetcher.observe(certificates.questions([Self.url], id: id))
                #expect(seen.flatMap(\.answers).map(\.certificate) == [id])
            }
            let both = try certificates.questions([Self.url]) + certificates.questions([Self.url], id: "other")
            #expect(try await fetcher.observe(both).flatMap(\.answers).map(\.certificate) == ["mx", "other"])
            #expect(peer.connections == 1)
        }
    }

    @Test(arguments: [
        "https://crl.lab.example/x", "ldap://crl.lab.example/x", "http://user@crl.lab.example/x",
        "http://crl.lab.example:25/x", "http://crl.lab.example:8080/x", "http://crl.lab.example/\u{7f}",
    ])
    func `other kinds of URL are left alone`(_ url: String) async throws {
        try await withResolver { resolver, certificates in
            let fetcher = RevocationFetcher(pool: try TransferPool(), resolver: resolver, networks: .any)
            let seen = try await fetcher.observe(certificates.questions([url]))
            #expect(seen.map(\.failure) == ["the URL cannot be read"])
        }
    }

    private func withResolver(_ body: (DNSResolver, Certificates) async throws -> Void) async throws {
        let zones = [
            NameServer.Zone(name: "lab.example", signing: .signed, records: "crl IN A 127.0.0.1"),
            NameServer.Zone(name: "expired.example", signing: .expired, records: "crl IN A 127.0.0.1"),
        ]
        try await withNameServer(zones) { server in
            try await withTemporaryFolder { folder in
                let certificates = Certificates(folder: folder)
                try await certificates.makeRoot()
                try await certificates.make("mx", for: "mx.lab.example")
                try await body(try DNSResolver(server.settings), certificates)
            }
        }
    }
}

extension Certificates {
    /// What is to be asked of the lists at these places.
    fileprivate func questions(_ urls: [String], id: String = "mx") throws -> [RevocationQuestion] {
        let (certificate, issuer) = (try der("mx.pem"), try der("ca.pem"))
        return [
            RevocationQuestion(
                id: id,
                certificate: certificate.first ?? [],
                issuer: issuer.first ?? [],
                urls: urls
            )
        ]
    }

    /// A list of the root's in which nothing is revoked, in DER.
    fileprivate func emptyList() async throws -> [UInt8] {
        let settings = """
            [ca]
            default_ca = root
            [root]
            database = index.txt
            crlnumber = crlnumber
            default_md = sha256
            default_crl_days = 2

            """
        for (name, text) in [("crl.cnf", settings), ("index.txt", ""), ("crlnumber", "01\n")] {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        try await openssl(
            "ca",
            "-config",
            "crl.cnf",
            "-gencrl",
            "-cert",
            "ca.pem",
            "-keyfile",
            "ca.key",
            "-out",
            "list.pem"
        )
        try await openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der")
        return [UInt8](try Data(contentsOf: folder.appending(path: "list.der")))
    }
}
