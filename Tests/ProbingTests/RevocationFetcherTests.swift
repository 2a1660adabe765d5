import Foundation
import Probing
import TestSupport
import Testing
import Transfers

@Suite(.enabled(if: NameServer.isAvailable, "install nsd and ldnsutils"))
struct RevocationFetcherTests {
    @Test func `the lists that presented certificates name are fetched once, over plain http`() async throws {
        let list = "a list, signed by its issuer"
        let peer = try ScriptedPeer([
            .readBytes,
            .send("HTTP/1.1 200 OK\r\nContent-Length: \(list.utf8.count)\r\nConnection: close\r\n\r\n\(list)"),
        ])
        defer { peer.stop() }
        let zone = NameServer.Zone(name: "lab.example", signing: .signed, records: "crl IN A 127.0.0.1")
        try await withNameServer([zone]) { server in
            try await withTemporaryFolder { folder in
                let probes = try await probes(naming: "http://crl.lab.example/root.crl", in: folder)
                let resolver = try DNSResolver(server.settings)
                let pool = try TransferPool()
                let fetcher = RevocationFetcher(pool: pool, resolver: resolver, networks: .any, port: peer.port)
                let first = try await fetcher.observe(probes + probes)
                #expect(first.map(\.url) == ["http://crl.lab.example/root.crl"])
                #expect(first.first?.list?.bytes == Array(list.utf8))
                _ = try await fetcher.observe(probes)
                #expect(peer.connections == 1)

                let careful = RevocationFetcher(pool: pool, resolver: resolver, port: peer.port)
                let refused = try await careful.observe(probes)
                #expect(refused.first?.failure == "127.0.0.1 is not public (loopback)")
                #expect(peer.connections == 1)
            }
        }
    }

    @Test func `a list that is compressed is refused, and lists beyond what is kept are named`() async throws {
        let list = String(repeating: "x", count: 600)
        let zone = NameServer.Zone(name: "lab.example", signing: .signed, records: "crl IN A 127.0.0.1")
        func peer(_ header: String) throws -> ScriptedPeer {
            try ScriptedPeer([
                .readBytes,
                .send("HTTP/1.1 200 OK\r\n\(header)Content-Length: 600\r\nConnection: close\r\n\r\n\(list)"),
            ])
        }
        try await withNameServer([zone]) { server in
            try await withTemporaryFolder { folder in
                let urls = (1...3).map { "http://crl.lab.example/\($0)" }
                let probes = try await probes(naming: urls.joined(separator: ",URI:"), in: folder)
                let resolver = try DNSResolver(server.settings)
                func seen(_ header: String, _ limits: RevocationFetcher.Limits) async throws -> [String?] {
                    let peer = try peer(header)
                    defer { peer.stop() }
                    let fetcher = RevocationFetcher(
                        pool: try TransferPool(),
                        resolver: resolver,
                        networks: .any,
                        port: peer.port,
                        limits: limits
                    )
                    return try await fetcher.observe(probes).map(\.failure)
                }
                var limits = RevocationFetcher.Limits()
                limits.urls = 2
                let compressed = try await seen("Content-Encoding: gzip\r\n", limits)
                #expect(compressed == Array(repeating: "the answer is compressed, which was not asked for", count: 2))
                limits.urls = 3
                limits.nextHop = 1_300
                #expect(try await seen("", limits).map { $0 == nil } == [true, true, false])
                limits.nextHop = 10_000
                limits.all = 1_300
                #expect(try await seen("", limits).filter { $0 == nil }.count == 2)
                limits.all = 10_000
                limits.list = 500
                #expect(try await seen("", limits).allSatisfy { $0?.hasPrefix("larger than") == true })
            }
        }
    }

    @Test(arguments: [
        "https://crl.lab.example/x", "ldap://crl.lab.example/x", "http://user@crl.lab.example/x",
        "http://crl.lab.example:25/x", "http://crl.lab.example:8080/x",
    ])
    func `other kinds of URL are left alone`(_ url: String) async throws {
        let zone = NameServer.Zone(name: "lab.example", signing: .signed, records: "crl IN A 127.0.0.1")
        try await withNameServer([zone]) { server in
            try await withTemporaryFolder { folder in
                let probes = try await probes(naming: url, in: folder)
                let fetcher = RevocationFetcher(
                    pool: try TransferPool(),
                    resolver: try DNSResolver(server.settings),
                    networks: .any
                )
                let seen = try await fetcher.observe(probes)
                #expect(seen.allSatisfy { $0.list == nil && $0.failure == "the URL cannot be read" })
            }
        }
    }

    private func probes(naming url: String, in folder: URL) async throws -> [ProbeObservation] {
        let certificates = Certificates(folder: folder)
        try await certificates.makeRoot()
        try await certificates.make("mx", for: "mx.lab.example", extensions: ["crlDistributionPoints=URI:\(url)"])
        let chain = try certificates.der("mx.pem").map { Base64Bytes($0) }
        return [ProbeObservation(address: "127.0.0.1", host: "mx.lab.example", presentedChain: chain, at: Date())]
    }
}
