import Foundation
import Probing
import TestSupport
import Testing

/// Real handshakes with stunnel, which speaks SMTP's STARTTLS for a backend behind it.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/stunnel4"), "install stunnel4"))
struct TLSObservationTests {
    @Test func `the chain, the version and the suite are kept, whatever they are worth`() async throws {
        try await withTLSLab { lab in
            let good = try await lab.examine("good")
            #expect(good.map(\.profile) == [.exo])
            let probe = try #require(good.first)
            #expect(probe.completed(.ehloInTLS))
            #expect(probe.tlsVersion == "TLSv1.3")
            #expect(probe.presentedChain.map(\.bytes) == (try lab.certificates.der("good-chain.pem")))
            #expect(probe.extensionsInTLS == ["SIZE 1000"])
            #expect(!probe.clientCertificateRequested && probe.alert == nil)
            #expect(probe.refusesTLS12 == false)
            let again = try JSONDecoder().decode(ProbeObservation.self, from: JSONEncoder().encode(probe))
            #expect(again.presentedChain == probe.presentedChain && again.phases == probe.phases)

            let weak = try await lab.examine("weak")
            #expect(weak.first?.completed(.ehloInTLS) == true)
            #expect(weak.first?.presentedChain.map(\.bytes) == (try lab.certificates.der("weak.pem")))
        }
    }

    @Test func `of a long chain the beginning is kept, and how long it was`() async throws {
        try await withTLSLab { lab in
            let probe = try #require(try await lab.examine("long").first)
            #expect(probe.completed(.ehloInTLS))
            #expect(probe.certificatesSent == 20)
            #expect(probe.presentedChain.first?.bytes == (try lab.certificates.der("long.pem").first))
            #expect(probe.presentedChain.count == 16)
        }
    }

    @Test func `a chain of more bytes than are read ends the handshake, and that is said`() async throws {
        try await withTLSLab { lab in
            let probes = try await lab.examine("large")
            #expect(probes.map(\.profile) == [.exo])
            #expect(probes.first?.phases.last?.phase == .handshake)
            #expect(probes.first?.phases.last?.outcome == .tooLong)
            #expect(probes.first?.presentedChain.isEmpty == true)
            #expect(probes.first?.transcript.last?.contains("more certificates than are read") == true)
        }
    }

    @Test func `keys and groups that Windows does not take fail as they do there, and the second profile explains`()
        async throws
    {
        try await withTLSLab { lab in
            for service in ["ed25519", "ed448", "rsa-pss", "x448", "p521-group"] {
                let probes = try await lab.examine(service)
                #expect(probes.map(\.profile) == [.exo, .diagnostic], "\(service)")
                #expect(probes.first?.phases.last?.phase == .handshake, "\(service)")
                #expect(probes.first?.completed(.handshake) == false, "\(service)")
                #expect(probes.last?.completed(.ehloInTLS) == true, "\(service)")
                #expect(probes.last?.presentedChain.isEmpty == false, "\(service)")
            }
        }
    }

    @Test func `a key on P-521, whose signatures Windows lists, is seen with its chain, for the gate to doubt`()
        async throws
    {
        try await withTLSLab { lab in
            let probe = try #require(try await lab.examine("p521-key").first)
            #expect(probe.completed(.ehloInTLS) && probe.tlsVersion == "TLSv1.3")
            #expect(probe.presentedChain.map(\.bytes) == (try lab.certificates.der("p521-key-chain.pem")))
            let old = try await lab.examine("p521-key12")
            #expect(old.first?.completed(.handshake) == false)
            #expect(old.last?.completed(.ehloInTLS) == true)
        }
    }

    @Test func `Exchange's suites are offered and no others, and the second profile explains`() async throws {
        try await withTLSLab { lab in
            for (service, suite) in [("cbc384", "ECDHE-RSA-AES256-SHA384"), ("static", "AES256-GCM-SHA384")] {
                let probes = try await lab.examine(service)
                #expect(probes.map(\.cipher) == [suite])
                #expect(probes.map(\.tlsVersion) == ["TLSv1.2"])
            }
            let dhe = try await lab.examine("dhe")
            #expect(dhe.map(\.profile) == [.exo, .diagnostic])
            #expect(dhe.first?.phases.last?.phase == .handshake)
            #expect(dhe.first?.alert == TLSAlert(code: 40, name: "handshake_failure", received: true))
            #expect(dhe.last?.cipher == "DHE-RSA-AES256-GCM-SHA384")
            #expect(dhe.last?.completed(.ehloInTLS) == true)

            let new = try await lab.examine("tls13")
            #expect(new.map(\.tlsVersion) == ["TLSv1.3"])
            #expect(new.first?.refusesTLS12 == true)

            let old = try await lab.examine("tls10")
            #expect(old.first?.alert == TLSAlert(code: 70, name: "protocol_version", received: true))
            #expect(old.last?.tlsVersion == "TLSv1")
            #expect(old.last?.presentedChain.isEmpty == false)
        }
    }

    @Test func `a server that demands a certificate of ours is seen to do so`() async throws {
        try await withTLSLab { lab in
            let new = try #require(try await lab.examine("demands13").first)
            #expect(new.clientCertificateRequested)
            #expect(new.completed(.handshake) && !new.completed(.ehloInTLS))
            #expect(new.alert?.name == "certificate_required")
            let old = try #require(try await lab.examine("demands12").first)
            #expect(old.clientCertificateRequested)
            #expect(!old.completed(.handshake))
            #expect(!old.presentedChain.isEmpty)
        }
    }

    @Test func `what a server says inside TLS counts`() async throws {
        try await withTLSLab { lab in
            let busy = try #require(try await lab.examine("inner421").first)
            #expect(busy.phases.last?.phase == .ehloInTLS)
            #expect(busy.phases.last?.reply?.code == 421)
            let gone = try #require(try await lab.examine("innerEnd").first)
            #expect(gone.phases.last?.phase == .ehloInTLS)
            #expect(gone.phases.last?.outcome == .closed)
        }
    }

    @Test func `a stapled OCSP response is kept`() async throws {
        try await withTemporaryFolder { folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeRoot()
            try await certificates.make("mx", for: "mx.lab.example")
            try Data().write(to: folder.appending(path: "index.txt"))
            try await certificates.openssl(
                "ocsp",
                "-index",
                "index.txt",
                "-rsigner",
                "ca.pem",
                "-rkey",
                "ca.key",
                "-CA",
                "ca.pem",
                "-issuer",
                "ca.pem",
                "-cert",
                "mx.pem",
                "-respout",
                "ocsp.der",
                "-noverify"
            )
            let port = try FreePort.next()
            let server = try ServerProcess(
                "/usr/bin/openssl",
                [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificates.path("mx.pem"), "-key",
                    certificates.path("mx.key"), "-status_file", certificates.path("ocsp.der"), "-rev",
                ],
                in: folder
            )
            defer { server.stop() }
            try await server.waitUntilListening(on: port)
            let peer = try ScriptedPeer(.upToEHLO("STARTTLS") + [.readLine, .send("220 go\r\n"), .relay(port)])
            defer { peer.stop() }
            let probe = try await Prober.lab().probe(.local(peer.port))
            #expect(probe.completed(.handshake))
            let response = try Data(contentsOf: folder.appending(path: "ocsp.der"))
            #expect(probe.stapledOCSP?.bytes == [UInt8](response))
        }
    }

    @Test func `the name is sent, or not`() async throws {
        try await withTLSLab { lab in
            let named = try #require(try await lab.examine("sni", sni: "other.lab.example").first)
            let unnamed = try #require(try await lab.examine("sni", sni: nil).first)
            #expect(named.presentedChain.map(\.bytes) == (try lab.certificates.der("weak.pem")))
            #expect(unnamed.presentedChain.map(\.bytes) == (try lab.certificates.der("good-chain.pem")))
            #expect(unnamed.sni == nil)
        }
    }
}

/// One stunnel with a service for each kind of server.
struct TLSLab {
    let certificates: Certificates
    let ports: [String: Int]
    let prober: Prober

    func examine(_ service: String, sni: String? = "mx.lab.example") async throws -> [ProbeObservation] {
        guard let port = ports[service] else { throw LabError("no service \(service)") }
        return try await prober.examine(.local(port, sni: sni))
    }
}

private func withTLSLab(_ body: (TLSLab) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let certificates = Certificates(folder: folder)
        try await certificates.makeRoot()
        try await certificates.make("good", for: "mx.lab.example", key: ["rsa:2048"])
        try await certificates.make("weak", for: "other.lab.example", key: ["rsa:1024"], digest: "-sha1")
        try await certificates.make("long", for: "mx.lab.example")
        let kinds = [
            ("ed25519", ["ed25519"]), ("ed448", ["ed448"]),
            ("rsa-pss", ["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"]),
            ("p521-key", ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"]),
        ]
        for (name, key) in kinds { try await certificates.make(name, for: "mx.lab.example", key: key) }
        let comment = "nsComment=" + String(repeating: "x", count: 30_000)
        try await certificates.make("large", for: "mx.lab.example", extensions: [comment])
        let chains = [("long", "ca.pem", 19), ("large", "large.pem", 4)] + kinds.map { ($0.0, "ca.pem", 1) }
        for (name, others, count) in chains {
            let chain = ["\(name).pem"] + Array(repeating: others, count: count)
            try Data(chain.flatMap { try Data(contentsOf: folder.appending(path: $0)) })
                .write(to: folder.appending(path: "\(name)-chain.pem"))
        }
        let chain = try ["good.pem", "ca.pem"].map { try Data(contentsOf: folder.appending(path: $0)) }
        try (chain[0] + chain[1]).write(to: folder.appending(path: "good-chain.pem"))

        let backends = try [
            "plain": ScriptedPeer(.inside),
            "busy": ScriptedPeer(
                [.send("220 peer ESMTP\r\n"), .readLine, .send("421 4.3.2 shutting down\r\n")] + .quit
            ),
            "gone": ScriptedPeer([.send("220 peer ESMTP\r\n"), .readLine]),
        ]
        defer { backends.values.forEach { $0.stop() } }
        var ports: [String: Int] = [:]
        var configuration = "foreground = yes\npid =\nsyslog = no\n"
        for (name, service) in TLSLab.services {
            let port = try FreePort.next()
            ports[name] = port
            configuration += """
                [\(name)]
                accept = 127.0.0.1:\(port)
                connect = 127.0.0.1:\(backends[service.backend]?.port ?? 0)
                protocol = smtp
                securityLevel = 0
                cert = \(certificates.path(service.certificate + (service.certificate == "weak" ? "" : "-chain") + ".pem"))
                key = \(certificates.path(service.certificate + ".key"))
                \(service.options.joined(separator: "\n").replacing("ROOT", with: certificates.path("ca.pem")))

                """
        }
        configuration += """
            [other]
            sni = sni:other.lab.example
            protocol = smtp
            connect = 127.0.0.1:\(backends["plain"]?.port ?? 0)
            securityLevel = 0
            cert = \(certificates.path("weak.pem"))
            key = \(certificates.path("weak.key"))

            """
        let file = folder.appending(path: "stunnel.conf")
        try Data(configuration.utf8).write(to: file)
        let server = try ServerProcess("/usr/bin/stunnel4", [file.path], in: folder)
        defer { server.stop() }
        for port in ports.values { try await server.waitUntilListening(on: port) }
        try await body(TLSLab(certificates: certificates, ports: ports, prober: .lab()))
    }
}

extension TLSLab {
    struct Service {
        var backend = "plain"
        var certificate = "good"
        var options: [String] = []
    }

    static let services: [String: Service] = [
        "good": Service(),
        "weak": Service(certificate: "weak"),
        "long": Service(certificate: "long"),
        "large": Service(certificate: "large"),
        "ed25519": Service(certificate: "ed25519"),
        "ed448": Service(certificate: "ed448"),
        "rsa-pss": Service(certificate: "rsa-pss"),
        "x448": Service(options: ["curves = X448"]),
        "p521-group": Service(options: ["curves = P-521"]),
        "p521-key": Service(certificate: "p521-key"),
        "p521-key12": Service(certificate: "p521-key", options: ["sslVersionMax = TLSv1.2", "curves = P-521:P-256"]),
        "cbc384": Service(options: ["sslVersionMax = TLSv1.2", "ciphers = ECDHE-RSA-AES256-SHA384"]),
        "static": Service(options: ["sslVersionMax = TLSv1.2", "ciphers = AES256-GCM-SHA384"]),
        "dhe": Service(options: ["sslVersionMax = TLSv1.2", "ciphers = DHE-RSA-AES256-GCM-SHA384"]),
        "tls13": Service(options: ["sslVersionMin = TLSv1.3"]),
        "tls10": Service(options: ["sslVersionMin = TLSv1", "sslVersionMax = TLSv1", "ciphers = ALL:@SECLEVEL=0"]),
        "demands13": Service(options: [
            "sslVersionMin = TLSv1.3", "requireCert = yes", "verifyChain = yes", "CAfile = ROOT",
        ]),
        "demands12": Service(options: [
            "sslVersionMax = TLSv1.2", "requireCert = yes", "verifyChain = yes", "CAfile = ROOT",
        ]),
        "inner421": Service(backend: "busy"),
        "innerEnd": Service(backend: "gone"),
        "sni": Service(),
    ]
}
