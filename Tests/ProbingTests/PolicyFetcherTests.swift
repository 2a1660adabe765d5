import Foundation
import Probing
import TestSupport
import Testing
import Transfers

/// MTA-STS policies from real HTTPS: stunnel in front of a scripted server.
@Suite(
    .enabled(
        if: NameServer.isAvailable && FileManager.default.isExecutableFile(atPath: "/usr/bin/stunnel4"),
        "install nsd, ldnsutils and stunnel4"
    )
)
struct PolicyFetcherTests {
    private static let policy = "version: STSv1\r\nmode: enforce\r\nmx: *.lab.example\r\nmax_age: 86400\r\n"

    @Test func `a policy is fetched, kept, and fetched again when it is old`() async throws {
        try await withPolicyLab(.response(body: Self.policy)) { lab in
            let (clock, time) = ProbeClock.manual()
            let fetcher = try lab.fetcher(clock: clock)
            let first = try await fetcher.observe("Lab.Example.")
            #expect(first.txt.answers.count == 1)
            #expect(first.fetch?.url == "https://mta-sts.lab.example/.well-known/mta-sts.txt")
            #expect(first.fetch?.status == 200)
            #expect(first.fetch?.contentType == "text/plain")
            #expect(first.fetch?.body?.bytes == Array(Self.policy.utf8))
            #expect(first.fetch?.failure == nil && first.cached == nil)
            _ = try await fetcher.observe("lab.example")
            #expect(lab.peer.connections == 1)
            time.advance(by: .seconds(16 * 60))
            let later = try await fetcher.observe("lab.example")
            #expect(later.cached?.id == "20260101")
            #expect(lab.peer.connections == 2)
        }
    }

    @Test func `a fetch is made again for one who wants it fresher, and a minute after it failed`() async throws {
        try await withPolicyLab(.response(body: Self.policy)) { lab in
            let (clock, time) = ProbeClock.manual()
            let fetcher = try lab.fetcher(clock: clock)
            func seen(_ maximumAge: Duration?) async throws -> MTASTSObservation.PolicyFetch {
                try #require(try await fetcher.observe("lab.example", maximumAge: maximumAge).fetch)
            }
            _ = try await seen(nil)
            time.advance(by: .seconds(420))
            _ = try await seen(.seconds(420))
            #expect(lab.peer.connections == 1)
            #expect(try await seen(.seconds(120)).at == clock.date())
            #expect(lab.peer.connections == 2)
        }
        try await withPolicyLab(.response(status: "404 Not Found", body: "no")) { lab in
            let (clock, time) = ProbeClock.manual()
            let fetcher = try lab.fetcher(clock: clock)
            for (wait, connections) in [(0, 1), (59, 1), (1, 2)] {
                time.advance(by: .seconds(wait))
                _ = try await fetcher.observe("lab.example")
                #expect(lab.peer.connections == connections)
            }
        }
    }

    @Test func `a policy is asked for again as soon as DNS announces another id`() async throws {
        func zone(_ id: Int) -> NameServer.Zone {
            let records = "_mta-sts 0 IN TXT \"v=STSv1; id=\(id)\""
            return NameServer.Zone(name: "plain.example", signing: .unsigned, records: records)
        }
        let signed = NameServer.Zone(name: "lab.example", signing: .signed, records: "")
        let relay = try DNSRelay()
        defer { relay.stop() }
        try await withNameServer([signed, zone(1)]) { former in
            try await withNameServer([zone(2)]) { present in
                var settings = former.settings
                settings.servers = .forwarders(["127.0.0.1@\(relay.port)"])
                let (clock, time) = ProbeClock.manual()
                let fetcher = PolicyFetcher(
                    pool: try TransferPool(),
                    resolver: try DNSResolver(settings),
                    networks: .any,
                    clock: clock
                )
                // No server has the policy, so that a fetch is known by its time.
                func fetched() async throws -> Date {
                    try #require(try await fetcher.observe("plain.example").fetch).at
                }
                relay.lead(to: former.port)
                let first = try await fetched()
                time.advance(by: .seconds(10))
                #expect(try await fetched() == first)
                relay.lead(to: present.port)
                #expect(try await fetched() == clock.date())
            }
        }
    }

    @Test func `of the policies of earlier runs the newest is held, in whatever order they come`() async throws {
        func seen(_ id: String, _ seconds: TimeInterval) -> MTASTSObservation {
            let at = Date(timeIntervalSince1970: seconds)
            return MTASTSObservation(
                domain: "none.lab.example",
                txt: DNSObservation(question: DNSQuestion("_mta-sts.none.lab.example", .txt), at: at),
                cached: MTASTSObservation.CachedPolicy(id: id, body: Array(Self.policy.utf8), fetchedAt: at)
            )
        }
        try await withPolicyLab(.response(body: Self.policy)) { lab in
            let fetcher = try lab.fetcher()
            await fetcher.hold([seen("second", 200), seen("first", 100)])
            #expect(try await fetcher.observe("none.lab.example").cached?.id == "second")
            await fetcher.hold([seen("third", 300)])
            #expect(try await fetcher.observe("none.lab.example").cached?.id == "third")
        }
    }

    @Test(
        arguments: [
            ("404", [ScriptedPeer.Step].response(status: "404 Not Found", body: "no"), 404, nil, nil),
            (
                "a redirect, which is not followed",
                .response(status: "301 Moved", headers: ["Location: https://other.example/x"], body: ""), 301, nil,
                "https://other.example/x"
            ),
            (
                "a body above 64 KiB", .response(body: String(repeating: "x", count: 70_000)), nil,
                "larger than 64 KiB", nil
            ),
            ("no HTTP", [.readBytes, .send("220 smtp\r\n")], nil, "", nil),
        ] as [(String, [ScriptedPeer.Step], Int?, String?, String?)]
    )
    func `what is no policy says why`(
        _ label: String,
        _ steps: [ScriptedPeer.Step],
        _ status: Int?,
        _ failure: String?,
        _ redirect: String?
    ) async throws {
        try await withPolicyLab(steps) { lab in
            let fetch = try #require(try await lab.fetcher().observe("lab.example").fetch)
            #expect(fetch.status == status)
            #expect((fetch.failure == nil) == (failure == nil))
            if let failure, !failure.isEmpty { #expect(fetch.failure == failure) }
            #expect(fetch.redirect == redirect)
            #expect(fetch.body == nil)
        }
    }

    @Test func `a certificate that is not trusted, or names another host, is said`() async throws {
        try await withPolicyLab(.response(body: Self.policy)) { lab in
            let strange = try await lab.fetcher(trusts: false).observe("lab.example")
            #expect(strange.fetch?.failure?.contains("certificate") == true)
            let misnamed = try await lab.fetcher().observe("other.lab.example")
            #expect(misnamed.fetch?.failure?.contains("certificate") == true)
        }
    }

    @Test func `addresses that are not public are not fetched from`() async throws {
        try await withPolicyLab(.response(body: Self.policy)) { lab in
            let fetch = try await lab.fetcher(networks: .public).observe("lab.example").fetch
            #expect(fetch?.failure == "127.0.0.1 is not public (loopback)")
            #expect(lab.peer.connections == 0)
        }
    }

    @Test func `without exactly one record there is nothing to fetch`() async throws {
        try await withPolicyLab(.response(body: Self.policy)) { lab in
            for domain in ["none.lab.example", "two.lab.example", "noid.lab.example"] {
                let observation = try await lab.fetcher().observe(domain)
                #expect(observation.fetch == nil)
            }
            #expect(try await lab.fetcher().observe("two.lab.example").txt.answers.count == 2)
        }
    }
}

private struct PolicyLab {
    let resolver: DNSResolver
    let certificates: Certificates
    let port: Int
    let peer: ScriptedPeer

    func fetcher(
        trusts: Bool = true,
        networks: ReachableNetworks = .any,
        clock: ProbeClock = .system
    ) throws -> PolicyFetcher {
        let roots = trusts ? certificates.path("ca.pem") : "/etc/ssl/certs/ca-certificates.crt"
        return PolicyFetcher(
            pool: try TransferPool(TransferPool.Options(caFile: roots)),
            resolver: resolver,
            networks: networks,
            port: port,
            clock: clock
        )
    }
}

extension [ScriptedPeer.Step] {
    fileprivate static func response(
        status: String = "200 OK",
        headers: [String] = ["Content-Type: text/plain"],
        body: String
    ) -> Self {
        let head = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.utf8.count)", "Connection: close"]
        return [.readBytes, .send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)]
    }
}

private func withPolicyLab(
    _ steps: [ScriptedPeer.Step],
    _ body: (PolicyLab) async throws -> Void
) async throws {
    let zone = NameServer.Zone(
        name: "lab.example",
        signing: .signed,
        records: """
            _mta-sts IN TXT "v=STSv1; id=20260101;"
            _mta-sts.other IN TXT "v=STSv1 ; id=1"
            _mta-sts.noid IN TXT "v=STSv1; x=1"
            _mta-sts.two IN TXT "v=STSv1; id=1"
            _mta-sts.two IN TXT "v=STSv1; id=2"
            _mta-sts.none IN TXT "v=spf1 -all"
            mta-sts IN A 127.0.0.1
            mta-sts.other IN A 127.0.0.1
            """
    )
    try await withNameServer([zone]) { server in
        try await withTemporaryFolder { folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeRoot()
            try await certificates.make("web", for: "mta-sts.lab.example")
            let peer = try ScriptedPeer(steps)
            defer { peer.stop() }
            let port = try FreePort.next()
            let configuration = """
                foreground = yes
                pid =
                syslog = no
                [web]
                accept = 127.0.0.1:\(port)
                connect = 127.0.0.1:\(peer.port)
                cert = \(certificates.path("web.pem"))
                key = \(certificates.path("web.key"))

                """
            let file = folder.appending(path: "stunnel.conf")
            try Data(configuration.utf8).write(to: file)
            let stunnel = try ServerProcess("/usr/bin/stunnel4", [file.path], in: folder)
            defer { stunnel.stop() }
            try await stunnel.waitUntilListening(on: port)
            // The look whether stunnel listens has reached the server behind it too.
            let lab = PolicyLab(
                resolver: try DNSResolver(server.settings),
                certificates: certificates,
                port: port,
                peer: peer
            )
            try await body(lab)
        }
    }
}
