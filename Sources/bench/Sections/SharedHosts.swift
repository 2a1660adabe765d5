import Configuration
import Connectors
import FoundationEssentials
import Reconciling
import TLSGate

/// Many partners whose mail a few hosters take.
enum SharedHosts {
    /// As `examples/bench.sh` makes the zone: domain N has the MX `h(N mod 500)`, at an address of its own.
    private static let (domains, hosts) = (10_000, 500)

    static func rows(in place: Place) throws -> [Row] {
        guard let mail = place.mail, let names = place.names else {
            return [
                Row("shared hosts", measured: "not measured: Postfix or nsd could not be started", goal: "", input: "")
            ]
        }
        let before = try connections(mail)
        let figures = try place.measure(["shared-hosts", "\(mail.port)", mail.roots, "\(names.port)", names.anchors])
        let made = try connections(mail) - before
        return [
            Row(
                "10,000 partner domains on 500 distinct hosts",
                measured: """
                    \(made) connections, \(try figures.figure("passed").rounded(to: 0)) connectors passed, \
                    \(try figures.figure("wall").asTime), \(try figures.figure("cpu").asTime) of CPU, \
                    \(try figures.figure("peak").asMemory) at its peak
                    """,
                goal: "each host probed once",
                input: """
                    10,000 outbound connectors by MX through the gate itself, 64 connections at once, one at a time to an \
                    address; nsd serves the zone, one Postfix all 500 addresses and counts: two connections a host, as one that \
                    chose TLS 1.3 is asked again for TLS 1.2; one run
                    """,
                isMet: made <= 2 * hosts && made >= hosts
            )
        ]
    }

    /// As Postfix noted them.
    private static func connections(_ mail: Place.MailServer) throws -> Int {
        try Child.text(of: mail.log).split(separator: "\n").count { $0.contains("]: connect from") }
    }

    /// Arguments: the port of the mail server, the file of roots, the port of the name server, and its anchors.
    static func measure(_ arguments: [String]) async throws {
        guard arguments.count == 4, let port = Int(arguments[0]), let namesPort = Int(arguments[2]) else {
            throw Problem("bench measure shared-hosts PORT ROOTS PORT ANCHORS")
        }
        var settings = GateSettings()
        settings.resolver = .addresses([.init(address: "127.0.0.1", port: namesPort)])
        settings.trustAnchors = .file(arguments[1])
        settings.dnssecAnchors = .file(arguments[3])
        settings.port = port
        settings.ehloName = "gate.lab.example"
        settings.networks = .any
        settings.maximumNextHops = 100_000
        let gatekeeper = Gatekeeper(settings: settings)
        let subjects = (0..<domains).map { number in
            Gatekeeper.Subject(
                key: ConnectorKey(kind: .outboundConnector, name: "partner-\(number)"),
                settings: [
                    "enabled": true, "useMXRecord": true, "recipientDomains": .list(["d\(number).lab.example"]),
                    "tlsSettings": "CertificateValidation",
                ]
            )
        }
        let before = Usage.ownCPU
        var judgements: [Judgement] = []
        let wall = try await Usage.wall {
            judgements = try await gatekeeper.judge(subjects, waivers: [], acceptedDomains: nil).judgements
        }
        let passed = judgements.count { $0.verdict == .pass || $0.verdict == .warn }
        print("wall=\(wall)\ncpu=\(Usage.ownCPU - before)\npassed=\(passed)")
        if let other = judgements.first(where: { $0.verdict != .pass && $0.verdict != .warn }) {
            print("first: \(other.verdict) \(other.findings.map(\.message).prefix(3))")
        }
    }
}
