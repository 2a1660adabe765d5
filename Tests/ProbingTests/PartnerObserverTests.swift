import Foundation
import Probing
import TestSupport
import Testing
import Transfers

@Suite(.enabled(if: NameServer.isAvailable, "install nsd and ldnsutils"))
struct PartnerObserverTests {
    @Test func `every address of every host is probed, in the order of mail`() async throws {
        let peers = try LocalPeers(["127.0.1.1", "127.0.1.2", "127.0.1.3"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        let zone = """
            @ IN MX 20 backup
            @ IN MX 10 mx1
            @ IN MX 10 mx2
            mx1 IN A 127.0.1.1
            mx1 IN A 127.0.1.2
            mx2 IN CNAME real
            real IN A 127.0.1.3
            backup IN A 127.0.1.3
            _\(peers.port)._tcp.mx1 IN TLSA 3 1 1 \(String(repeating: "ab", count: 32))
            _\(peers.port)._tcp.real IN TLSA 2 0 1 \(String(repeating: "cd", count: 32))
            """
        try await withObserver([.signed: zone]) { observer in
            let seen = try await observer.observe(.local("signed.example", port: peers.port))
            #expect(seen.dnssecSelfTest?.status == .secure)
            #expect(seen.mx?.dnssec == .secure)
            #expect(seen.hosts.map(\.host) == ["mx1", "mx2", "backup"].map { "\($0).signed.example" })
            #expect(seen.hosts.map(\.preference) == [10, 10, 20])
            #expect(
                seen.hosts.map { Set($0.probes.map(\.address)) } == [
                    ["127.0.1.1", "127.0.1.2"], ["127.0.1.3"], ["127.0.1.3"],
                ]
            )
            #expect(seen.hosts.flatMap(\.probes).allSatisfy { $0.phases.last?.outcome == .notOffered })
            #expect(seen.hosts[0].tlsa.map(\.question.name) == ["_\(peers.port)._tcp.mx1.signed.example"])
            #expect(seen.hosts[1].tlsa.map(\.question.name) == ["_\(peers.port)._tcp.real.signed.example"])
            #expect(seen.hosts[1].probes.first?.sni == "real.signed.example")
            #expect(seen.hosts[2].tlsa.map(\.rcode) == [3])
            #expect(seen.hosts[2].probes.first?.sni == "backup.signed.example")

            let stored = try JSONEncoder().encode(seen)
            let replayed = try JSONDecoder().decode(PartnerObservations.self, from: stored)
            #expect(replayed.hosts.map(\.host) == seen.hosts.map(\.host))
            #expect(replayed.hosts[0].tlsa.first?.answers == seen.hosts[0].tlsa.first?.answers)
        }
    }

    @Test func `without DNSSEC no TLSA is asked for`() async throws {
        let peers = try LocalPeers(["127.0.1.1"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        let zone = """
            @ IN MX 10 mx
            mx IN A 127.0.1.1
            _\(peers.port)._tcp.mx IN TLSA 3 1 1 \(String(repeating: "ab", count: 32))
            """
        try await withObserver([.unsigned: zone, .signed: zone]) { observer in
            let insecure = try await observer.observe(.local("unsigned.example", port: peers.port))
            #expect(insecure.hosts.map(\.tlsa) == [[]])
            #expect(insecure.hosts.first?.probes.count == 1)
            let unwanted = try await observer.observe(.local("signed.example", port: peers.port, wantsDANE: false))
            #expect(unwanted.hosts.map(\.tlsa) == [[]])
            #expect(unwanted.dnssecSelfTest == nil)
        }
    }

    @Test func `a resolver that answers nothing at all is told from a domain that has no answers`() async throws {
        func seen(_ settings: ResolverSettings, _ domain: String) async throws -> PartnerObservations {
            let observer = PartnerObserver(resolver: try DNSResolver(settings), prober: try Prober.lab())
            return try await observer.observe(.local(domain, port: 25, wantsDANE: false))
        }
        let zone = NameServer.Zone(name: "signed.example", signing: .signed, records: "mx IN A 127.0.0.1")
        try await withNameServer([zone]) { server in
            let foreign = try await seen(server.settings, "fabrikam.example")
            #expect(foreign.mx?.failure != nil)
            #expect(foreign.isDNSSilent == false)
            #expect(try await seen(server.settings, "mx.signed.example").isDNSSilent == nil)
            var settings = server.settings
            settings.servers = .forwarders(["127.0.0.1@\(try FreePort.next())"])
            settings.timeout = .seconds(3)
            let silent = try await seen(settings, "fabrikam.example")
            #expect(silent.isDNSSilent == true)
            #expect(silent.hosts.isEmpty)
        }
    }

    @Test func `a forged MX leads nowhere, unless DNSSEC is not to be obeyed`() async throws {
        let peers = try LocalPeers(["127.0.1.1"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        try await withObserver([.signed: "", .expired: "@ IN MX 10 mx\nmx IN A 127.0.1.1"]) { observer in
            let obeyed = try await observer.observe(.local("expired.example", port: peers.port))
            #expect(obeyed.hosts.isEmpty)
            guard case .bogus = obeyed.mx?.dnssec else {
                Issue.record("not bogus")
                return
            }
            let ignored = try await observer.observe(.local("expired.example", port: peers.port, wantsDANE: false))
            #expect(ignored.hosts.first?.probes.count == 1)
        }
    }

    @Test func `a forged address is not connected to, unless DNSSEC is not to be obeyed`() async throws {
        let peers = try LocalPeers(["127.0.1.1"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        let zones: [NameServer.Signing: String] = [
            .signed: "@ IN MX 10 mx.expired.example.", .expired: "mx IN A 127.0.1.1",
        ]
        try await withObserver(zones) { observer in
            let obeyed = try await observer.observe(.local("signed.example", port: peers.port))
            #expect(obeyed.mx?.dnssec == .secure)
            #expect(obeyed.hosts.map(\.host) == ["mx.expired.example"])
            #expect(obeyed.hosts.first?.ipv4?.answers.map(\.data) == [.address("127.0.1.1")])
            #expect(obeyed.hosts.first?.probes.isEmpty == true)
            let ignored = try await observer.observe(.local("signed.example", port: peers.port, wantsDANE: false))
            #expect(ignored.hosts.first?.probes.count == 1)
        }
    }

    @Test func `MX records of all sorts are read as mail servers read them`() async throws {
        let many = (1...30).map { "many IN MX \($0) h\($0)\nh\($0) IN A 127.0.2.\($0)" }.joined(separator: "\n")
        let zone = """
            null IN MX 0 .
            mixed IN MX 0 .
            mixed IN MX 10 mx
            implicit IN A 127.0.1.1
            dangling IN MX 10 nowhere
            literal IN MX 10 127.0.1.1.
            private IN MX 10 private-host
            mx IN A 127.0.1.1
            \(many)
            """
        let peers = try LocalPeers(["127.0.1.1"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        try await withObserver([.signed: zone]) { observer in
            func hosts(_ name: String) async throws -> [HostObservations] {
                try await observer.observe(.local("\(name).signed.example", port: peers.port)).hosts
            }
            #expect(try await hosts("null").isEmpty)
            #expect(try await hosts("mixed").map(\.host) == ["mx.signed.example"])
            #expect(try await hosts("missing").isEmpty)
            let implicit = try await hosts("implicit")
            #expect(implicit.map(\.host) == ["implicit.signed.example"])
            #expect(implicit.first?.probes.count == 1)
            let dangling = try await hosts("dangling")
            #expect(dangling.first?.ipv4?.rcode == 3)
            #expect(dangling.first?.probes.isEmpty == true)
            let literal = try await hosts("literal")
            #expect(literal.first?.host == "127.0.1.1")
            #expect(literal.first?.notProbed != nil)
            let capped = try await hosts("many")
            #expect(capped.count == 20)
            #expect(capped[3].probes.first?.phases.first?.outcome == .refused)
        }
    }

    @Test func `of many servers of one preference few are asked, evenly, and the rest is counted`() async throws {
        let records = (1...12).flatMap { host in
            ["@ IN MX 10 h\(host)"] + (1...20).map { "h\(host) IN A 127.9.\(host).\($0)" }
        }
        let bounds = ObservationLimits(hosts: 8, addresses: 16)
        try await withObserver([.signed: records.joined(separator: "\n")], bounds: bounds) { observer in
            let seen = try await observer.observe(.local("signed.example", port: try FreePort.next()))
            #expect(seen.hosts.map(\.probes.count) == Array(repeating: 2, count: 8))
            #expect(seen.leftOut?.hosts == 4)
            #expect(seen.leftOut?.addresses == 8 * 20 - 16)
            #expect(seen.leftOut?.named.count == LeftOut.mostNamed)
            #expect(seen.leftOut?.isOfBestPreference == true)
        }
    }

    @Test func `a next hop ends at its deadline, and what did not answer is unknown`() async throws {
        let peers = try LocalPeers(["127.0.1.1"], [.readLine])
        defer { peers.stop() }
        let zone = "@ IN MX 10 mx\nmx IN A 127.0.1.1"
        try await withObserver([.signed: zone], clock: .jumping()) { observer in
            let seen = try await observer.observe(.local("signed.example", port: peers.port))
            #expect(seen.hosts.first?.probes.map(\.notProbed) == [.other("no answer within 600 s")])
        }
    }

    @Test func `a run asks no more addresses than its budget has`() async throws {
        let peers = try LocalPeers(["127.0.1.1", "127.0.1.2", "127.0.1.3"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        let zone = "@ IN MX 10 mx\nmx IN A 127.0.1.1\nmx IN A 127.0.1.2\nmx IN A 127.0.1.3"
        try await withObserver([.signed: zone]) { observer in
            let request = ObservationRequest.local("signed.example", port: peers.port)
            let probes = try await observer.observe(request, budget: TargetBudget(2)).hosts.flatMap(\.probes)
            #expect(probes.filter { $0.notProbed == nil }.count == 2)
            #expect(probes.last?.notProbed == .other("the run has asked as many addresses as it may"))
        }
    }

    @Test func `what one next hop took of a run's budget is gone for the next`() async throws {
        let peers = try LocalPeers(["127.0.1.1", "127.0.1.2", "127.0.1.3"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        let zone = "@ IN MX 10 mx\nmx IN A 127.0.1.1\nmx IN A 127.0.1.2\nmx IN A 127.0.1.3"
        try await withObserver([.signed: zone]) { observer in
            let request = ObservationRequest.local("signed.example", port: peers.port)
            let budget = TargetBudget(4)
            var asked: [Int] = []
            for _ in 0..<3 {
                let probes = try await observer.observe(request, budget: budget).hosts.flatMap(\.probes)
                asked.append(probes.filter { $0.notProbed == nil }.count)
            }
            #expect(asked == [3, 1, 0])
        }
    }

    @Test func `smart hosts are names, addresses or networks`() async throws {
        let peers = try LocalPeers(["127.0.1.1"], .upToEHLO("SIZE 1") + .quit)
        defer { peers.stop() }
        try await withObserver([.signed: "mx IN A 127.0.1.1"]) { observer in
            let hop = NextHop.smartHosts(["mx.signed.example", "[127.0.1.1]", "127.0.3.0/24"])
            let request = ObservationRequest(nextHop: hop, port: peers.port)
            let seen = try await observer.observe(request)
            #expect(seen.mx == nil)
            #expect(seen.hosts.map(\.probes.count) == [1, 1, 16])
            #expect(seen.hosts.map { $0.probes.first?.sni } == ["mx.signed.example", nil, nil])
            #expect(seen.hosts[0].tlsa.count == 1)
            #expect(seen.hosts[1].ipv4 == nil)
            #expect(seen.mtaSTS.map(\.domain) == ["mx.signed.example"])
        }
    }
}

/// Servers that all do the same, on one port of several addresses of this machine.
struct LocalPeers {
    let port: Int
    private let peers: [ScriptedPeer]

    init(_ addresses: [String], _ steps: [ScriptedPeer.Step]) throws {
        let first = try ScriptedPeer(on: addresses[0], steps)
        port = first.port
        peers = try [first] + addresses.dropFirst().map { try ScriptedPeer(on: $0, port: first.port, steps) }
    }

    func stop() { peers.forEach { $0.stop() } }
}

extension ObservationRequest {
    fileprivate static func local(_ domain: String, port: Int, wantsDANE: Bool = true) -> ObservationRequest {
        ObservationRequest(nextHop: .mx(domain: domain), port: port, wantsDANE: wantsDANE, wantsMTASTS: false)
    }
}

/// Zones named after how they are signed, as in `signed.example`.
private func withObserver(
    _ zones: [NameServer.Signing: String],
    bounds: ObservationLimits = ObservationLimits(),
    clock: ProbeClock = .system,
    _ body: (PartnerObserver) async throws -> Void
) async throws {
    let all = zones.map { NameServer.Zone(name: "\($0.key).example", signing: $0.key, records: $0.value) }
        .sorted { $0.name > $1.name }
    // The zone of the first anchor is the one whose signatures show that DNSSEC works: "signed" comes first.
    try await withNameServer(all.filter { $0.signing == .signed } + all.filter { $0.signing != .signed }) { server in
        let resolver = try DNSResolver(server.settings)
        let pool = try TransferPool()
        try await body(
            PartnerObserver(
                resolver: resolver,
                prober: .lab(),
                policies: PolicyFetcher(pool: pool, resolver: resolver, networks: .any),
                bounds: bounds,
                clock: clock
            )
        )
    }
}
