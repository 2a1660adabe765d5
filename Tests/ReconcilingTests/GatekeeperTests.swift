import Configuration
import Connectors
import Foundation
import Probing
import Reconciling
import Reports
import TestSupport
import Testing
import TLSGate

/// What one gatekeeper keeps, and how it asks servers.
@Suite struct GatekeeperTests {
    /// Asks only on this machine, and no resolver answers.
    private static var settings: GateSettings {
        var settings = GateSettings()
        settings.resolver = .addresses([.init(address: "127.0.0.1", port: 1)])
        settings.networks = .any
        settings.ehloName = "gate.lab.example"
        settings.timeout = .milliseconds(200)
        settings.checksRevocation = false
        return settings
    }

    private static func subject(_ more: Settings) -> Gatekeeper.Subject {
        let own: Settings = ["connectorType": "Partner", "recipientDomains": ["lab.example"]]
        return Gatekeeper.Subject(
            key: ConnectorKey(kind: .outboundConnector, name: "lab"),
            settings: own.merging(more) { _, new in new }
        )
    }

    // MARK: Roots

    @Test func `roots that were missing are read once they are there`() async throws {
        try await withTemporaryFolder { folder in
            let roots = folder.appending(path: "roots.pem")
            var settings = Self.settings
            settings.trustAnchors = .file(roots.path)
            let gatekeeper = Gatekeeper(settings: settings)
            func judge() async throws { _ = try await gatekeeper.judge([], waivers: [], acceptedDomains: nil) }
            let stop = await #expect(throws: RunStop.self) { try await judge() }
            #expect(stop?.id == "trust-anchors-missing")
            try Data(Self.pem(KeptEvidenceTests.certificate).utf8).write(to: roots)
            try await judge()
        }
    }

    @Test func `a bundle of roots that changed is read again`() async throws {
        try await withTemporaryFolder { folder in
            try await run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key",
                    "-out", "roots.pem", "-days", "30", "-subj", "/CN=Another Root",
                ],
                in: folder
            )
            let roots = folder.appending(path: "roots.pem")
            var settings = Self.settings
            settings.trustAnchors = .file(roots.path)
            let gatekeeper = Gatekeeper(settings: settings)
            let seen = try KeptEvidenceTests.seen(60)
            func checks() async throws -> [String] {
                let judgement = try await gatekeeper.judge(
                    server: "mail.adatum.example",
                    port: 25,
                    level: .certificate,
                    tlsDomain: nil,
                    observations: seen,
                    vantage: Vantage([seen])
                )
                return judgement.findings.filter { $0.outcome == .fail }.map(\.check)
            }
            #expect(try await checks().contains("cert-self-signed"))
            try Data(Self.pem(KeptEvidenceTests.certificate).utf8).write(to: roots)
            #expect(try await !checks().contains("cert-self-signed"))
            try FileManager.default.removeItem(at: roots)
            let stop = await #expect(throws: RunStop.self) { try await checks() }
            #expect(stop?.id == "trust-anchors-missing")
        }
    }

    private static func pem(_ base64: String) -> String {
        "-----BEGIN CERTIFICATE-----\n\(base64)\n-----END CERTIFICATE-----\n"
    }

    // MARK: Memory

    @Test func `what was seen before the clock was set back is not fresh, and makes room`() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let request = ObservationRequest(nextHop: .mx(domain: "d.example"))
        func partner(_ host: String) -> PartnerObservations {
            PartnerObservations(nextHop: request.nextHop, hosts: [HostObservations(host: host, probes: [])])
        }
        var seen = SeenPartners()
        seen.remember(partner("old.example"), of: request, at: now.addingTimeInterval(3_600))
        #expect(seen.observations(request, at: now, maximumAge: 300) == nil)
        seen.remember(partner("new.example"), of: request, at: now)
        #expect(seen.observations(request, at: now, maximumAge: 0) == partner("new.example"))
        seen.remember(partner("old.example"), of: request, at: now.addingTimeInterval(3_600))
        seen.forgetOld(at: now, maximumAge: 300)
        #expect(seen.observations(request, at: now.addingTimeInterval(3_600), maximumAge: 300) == nil)
    }

    @Test func `what was seen of partners is kept for as long as there is room, the newest first`() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func request(_ number: Int) -> ObservationRequest {
            ObservationRequest(nextHop: .mx(domain: "d\(number).example"))
        }
        func partner(_ number: Int, bytes: Int) -> PartnerObservations {
            let chain = [Base64Bytes([UInt8](repeating: 1, count: bytes))]
            let probe = ProbeObservation(
                address: "192.0.2.1",
                host: "mx.example",
                phases: [PhaseObservation(.connect), PhaseObservation(.ehloInTLS)],
                presentedChain: chain,
                at: now
            )
            return PartnerObservations(
                nextHop: request(number).nextHop,
                hosts: [HostObservations(host: "mx.example", probes: [probe])]
            )
        }
        var seen = SeenPartners(mostBytes: 1_000_000)
        func known(_ number: Int) -> Bool {
            seen.observations(request(number), at: now.addingTimeInterval(60), maximumAge: 100) != nil
        }
        for number in 0..<20 {
            seen.remember(
                partner(number, bytes: 90_000),
                of: request(number),
                at: now.addingTimeInterval(Double(number))
            )
        }
        #expect(!known(0) && known(19) && known(18))
        let bytes = (0..<20).filter(known).reduce(0) { $0 + partner($1, bytes: 90_000).size }
        #expect(bytes <= 1_000_000)
        seen.remember(partner(20, bytes: 2_000_000), of: request(20), at: now)
        #expect(!known(20) && known(19), "what is larger than all the room takes nobody's")

        seen.add(partner(19, bytes: 80_000), to: request(19))
        #expect(seen.observations(request(19), at: now, maximumAge: 0) == partner(19, bytes: 80_000))
        seen.remember(partner(19, bytes: 10), of: request(19), at: now)
        #expect(seen.observations(request(19), at: now, maximumAge: 0) == partner(19, bytes: 80_000), "the newer stays")
        seen.forgetOld(at: now.addingTimeInterval(500), maximumAge: 400)
        #expect((0..<20).allSatisfy { !known($0) })
    }

    // MARK: Looks

    @Test func `a server that was silent before is given more time`() async throws {
        let peer = try ScriptedPeer([.hold])
        defer { peer.stop() }
        var settings = Self.settings
        settings.port = peer.port
        let connector = Self.subject([
            "useMXRecord": false, "smartHosts": ["127.0.0.1"], "tlsSettings": "EncryptionOnly",
        ])
        func waited(tries: Int) async throws -> Int {
            let findings = try await Gatekeeper(settings: settings)
                .judge([connector], waivers: [], acceptedDomains: nil, tries: tries)
            let probe = try #require(findings.observations.flatMap(\.hosts).flatMap(\.probes).first)
            let greeting = try #require(probe.phase(.greeting))
            #expect(greeting.outcome == .timedOut)
            return Int(greeting.milliseconds)
        }
        #expect(try await waited(tries: 0) >= 390)
        #expect(try await waited(tries: 1) >= 1_900)
    }

    @Test func `the doctor warns of a machine's name that is no full one`() async {
        func checks(_ name: String) async -> [DoctorCheck] {
            var settings = Self.settings
            settings.ehloName = name
            return await Gatekeeper(settings: settings).doctor(organizations: []).filter { $0.name == "ehlo-name" }
        }
        for name in ["vm", "vm."] {
            let check = await checks(name).first
            #expect(check?.outcome == .warn)
            #expect(check?.message.contains("\"\(name)\"") == true)
            #expect(check?.remedy.contains("gate.ehloName") == true)
        }
        #expect(await checks("gate.contoso.com").isEmpty)
    }
}

/// With names and servers of the lab's own.
@Suite(
    .enabled(
        if: NameServer.isAvailable && FileManager.default.isExecutableFile(atPath: "/usr/bin/stunnel4"),
        "install nsd, ldnsutils and stunnel4"
    )
)
struct GatekeeperLabTests {
    private struct Lab {
        let settings: GateSettings
        let folder: URL
    }

    /// Calls `body` with a root, a certificate for `mx.lab.example` and one for `other.lab.example`, and names for them.
    private func withLab(_ body: (Lab) async throws -> Void) async throws {
        let records = """
            @ IN MX 10 mx
            mx IN A 127.0.0.1
            mta-sts IN A 127.0.0.1
            _mta-sts IN TXT "v=STSv1; id=20261101;"
            """
        let zones = [
            NameServer.Zone(name: "lab.example", signing: .unsigned, records: records),
            NameServer.Zone(name: "anchored.example", signing: .signed, records: ""),
        ]
        try await withNameServer(zones) { names in
            try await withTemporaryFolder { folder in
                func openssl(_ arguments: [String]) async throws {
                    try await run("/usr/bin/openssl", arguments, in: folder)
                }
                let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                try await openssl(
                    ["req", "-x509"] + key + [
                        "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Lab Root",
                    ]
                )
                for name in ["mx", "other"] {
                    let host = "\(name).lab.example"
                    try await openssl(
                        ["req"] + key + ["-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(host)"]
                    )
                    try Data("subjectAltName=DNS:\(host)".utf8).write(to: folder.appending(path: "\(name).ext"))
                    try await openssl([
                        "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                        "-days", "20", "-extfile", "\(name).ext", "-out", "\(name).pem",
                    ])
                }
                var settings = GateSettings()
                settings.resolver = .addresses([.init(address: "127.0.0.1", port: names.port)])
                settings.dnssecAnchors = .file(names.anchors)
                settings.trustAnchors = .file(folder.appending(path: "ca.pem").path)
                settings.networks = .any
                settings.ehloName = "gate.lab.example"
                settings.checksRevocation = false
                try await body(Lab(settings: settings, folder: folder))
            }
        }
    }

    private static func subject(_ more: Settings) -> Gatekeeper.Subject {
        let own: Settings = [
            "connectorType": "Partner", "recipientDomains": ["lab.example"], "useMXRecord": true,
            "tlsSettings": "EncryptionOnly",
        ]
        return Gatekeeper.Subject(
            key: ConnectorKey(kind: .outboundConnector, name: "lab"),
            settings: own.merging(more) { _, new in new }
        )
    }

    private static let named = subject(["tlsSettings": "DomainValidation", "tlsDomain": "mx.lab.example"])

    /// Calls `body` while `mx.lab.example` shows its certificate only to those who ask for it, and else another one.
    private func withTwoFaces(_ body: (GateSettings) async throws -> Void) async throws {
        let backend = try ScriptedPeer(.inside)
        defer { backend.stop() }
        try await withLab { lab in
            let port = try FreePort.next()
            func service(_ name: String, _ lines: String) -> String {
                """
                [\(name)]
                \(lines)
                connect = 127.0.0.1:\(backend.port)
                protocol = smtp
                cert = \(lab.folder.path)/\(name).pem
                key = \(lab.folder.path)/\(name).key

                """
            }
            let configuration =
                "foreground = yes\npid =\nsyslog = no\n" + service("other", "accept = 127.0.0.1:\(port)")
                + service("mx", "sni = other:mx.lab.example")
            let file = lab.folder.appending(path: "stunnel.conf")
            try Data(configuration.utf8).write(to: file)
            let server = try ServerProcess("/usr/bin/stunnel4", [file.path], in: lab.folder)
            defer { server.stop() }
            try await server.waitUntilListening(on: port)
            var settings = lab.settings
            settings.port = port
            try await body(settings)
        }
    }

    @Test func `a server that shows another certificate to those who say no name is found out`() async throws {
        try await withTwoFaces { settings in
            let judged = try await Gatekeeper(settings: settings).judge([Self.named], waivers: [], acceptedDomains: nil)
            let findings = try #require(judged.judgements.first).findings
            #expect(findings.filter { $0.outcome == .fail }.isEmpty, "\(findings)")
            let found = try #require(findings.first { $0.check == "tls-sni-dependent" }, "\(findings.map(\.check))")
            #expect(found.outcome == .warn)
            #expect(found.evidence["other"]?.contains("DNS:other.lab.example") == true, "\(found.evidence)")
            let probes = judged.observations.flatMap(\.hosts).flatMap(\.probes)
            #expect(probes.contains { $0.sni == nil }, "and what was seen is kept")
        }
    }

    @Test func `whoever wants it fresh gets nothing that was seen before`() async throws {
        try await withTwoFaces { settings in
            let gatekeeper = Gatekeeper(settings: settings)
            func judgement(_ maximumAge: TimeInterval) async throws -> Judgement {
                let judged = try await gatekeeper.judge(
                    [Self.named],
                    waivers: [],
                    acceptedDomains: nil,
                    maximumAge: maximumAge
                )
                return try #require(judged.judgements.first)
            }
            let first = try await judgement(.infinity)
            let checks: Set = ["mtasts-fetch-failed", "tls-sni-dependent"]
            #expect(checks.isSubset(of: first.findings.map(\.check)), "what could be kept was seen")
            let now = Date()
            let second = try await judgement(0)
            #expect(checks.isSubset(of: second.findings.map(\.check)))
            let oldest = try #require(second.observedAt)
            #expect(oldest >= now)
        }
    }

    @Test func `where the policy's host is down, a policy that was seen earlier may still be held`() async throws {
        let peer = try ScriptedPeer(.upToEHLO("SIZE 1000") + .quit)
        defer { peer.stop() }
        try await withLab { lab in
            var settings = lab.settings
            settings.port = peer.port
            let at = Date().addingTimeInterval(-3_600)
            let policy = "version: STSv1\r\nmode: enforce\r\nmx: *.lab.example\r\nmax_age: 604800\r\n"
            let record = DNSObservation(
                question: DNSQuestion("_mta-sts.lab.example", .txt),
                answers: [DNSRecord(ttl: 300, .text("v=STSv1; id=20261101;"))],
                rcode: 0,
                at: at
            )
            let fetch = MTASTSObservation.PolicyFetch(
                url: "https://mta-sts.lab.example/.well-known/mta-sts.txt",
                status: 200,
                contentType: "text/plain",
                body: Array(policy.utf8),
                at: at
            )
            let earlier = PartnerObservations(
                nextHop: .mx(domain: "lab.example"),
                mtaSTS: [MTASTSObservation(domain: "lab.example", txt: record, fetch: fetch)]
            )
            func outcome(_ earlier: [PartnerObservations]) async throws -> Outcome? {
                let judged = try await Gatekeeper(settings: settings)
                    .judge([Self.subject([:])], waivers: [], acceptedDomains: nil, earlier: earlier)
                return judged.judgements.first?.findings.first { $0.check == "mtasts-fetch-failed" }?.outcome
            }
            let (never, before) = (try await outcome([]), try await outcome([earlier]))
            #expect(never == .warn)
            #expect(before == .unknown)
        }
    }
}
