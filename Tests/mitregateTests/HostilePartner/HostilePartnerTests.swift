import Foundation
import Laboratory
import TestSupport
import Testing

/// What one partner may cost whose DNS and mail servers are all hostile, as the whole program.
@Suite(.enabled(if: NameServer.isAvailable, "install nsd and ldnsutils"), .serialized, .timeLimit(.minutes(30)))
struct HostilePartnerTests {
    /// 64 MiB.
    private static let most = 64 << 20

    /// A command that asks partners, whose cost is measured.
    struct Command: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var kind: String
        var testDescription: String { arguments[0] }

        static let gate = Command(arguments: ["gate", "-o", "json"], kind: "Gate")
        static let plan = Command(arguments: ["plan", "-o", "json"], kind: "Plan")
        static let apply = Command(arguments: ["apply", "--auto-approve", "-o", "json"], kind: "Apply")
    }

    @Test(arguments: HostileServer.Stage.allCases.filter { $0 != .sound }, [Command.gate, .plan, .apply])
    func `rule 13: one partner costs at most 64 MiB, wherever it does not come to an end`(
        _ stage: HostileServer.Stage,
        _ command: Command
    ) async throws {
        let (sound, before) = try await Self.measure(command, .sound, hosts: 1, addresses: 1)
        #expect(sound.code == 3, "\(sound)")
        let begun = ContinuousClock.now
        let (ending, peak) = try await Self.measure(command, stage, hosts: 30, addresses: 200)
        // A next hop has ten minutes.
        #expect(ContinuousClock.now - begun < .seconds(660))
        #expect([3, 4].contains(ending.code), "\(ending.code) \(ending.errors)")
        let growth = peak - before
        #expect(growth <= Self.most, "\(growth >> 20) MiB more than the \(before >> 20) MiB of a sound partner")
        let tenants = try ending.document(command.kind)["tenants"] as? [[String: Any]]
        #expect(tenants?.count == 1, "\(ending.output.prefix(400))")
        #expect(ending.output.utf8.count < 2 << 20)
    }

    /// Has a command look at one partner, who has so many hosts of one preference with so many addresses each.
    private static func measure(
        _ command: Command,
        _ stage: HostileServer.Stage,
        hosts: Int,
        addresses: Int
    ) async throws -> (ending: Program.Ending, peak: Int) {
        try await HostileServer.with(stage) { server in
            let zone = NameServer.Zone(
                name: "hostile.example",
                signing: .signed,
                records: records(hosts: hosts, addresses: addresses, port: server.port)
            )
            return try await withNameServer([zone]) { names in
                let gate = """
                    networks: any, port: \(server.port), timeout: \(stage == .sound ? 20 : 2)s, ehloName: gate.contoso.example, \
                    resolver: "127.0.0.1@\(names.port)", dnssecAnchors: {file: "\(names.anchors)"}
                    """
                let ended = Endings()
                try await Laboratory.with(gate: gate, files: ["hostile.yaml": definition]) { laboratory in
                    await ended.set(try await laboratory.mitregate.measured(command.arguments))
                }
                return try await ended.get()
            }
        }
    }

    private actor Endings {
        private var value: (Program.Ending, Int)?

        func set(_ value: (Program.Ending, Int)) { self.value = value }
        func get() throws -> (Program.Ending, Int) { try #require(value) }
    }

    /// Every answer that DNS can be asked for is as large as it may be.
    private static func records(hosts: Int, addresses: Int, port: Int) -> String {
        var lines: [String] = []
        for host in 1...hosts {
            lines.append("@ IN MX 10 h\(host)")
            for address in 1...addresses { lines.append("h\(host) IN A 127.\(host).\(address).1") }
            guard hosts > 1 else { continue }
            for number in 1...200 {
                let digest = String(repeating: "ab", count: 30) + String(format: "%04x", number)
                lines.append("_\(port)._tcp.h\(host) IN TLSA 3 1 1 \(digest)")
            }
        }
        if hosts > 1 {
            let text = String(repeating: "x", count: 250)
            for number in 1...150 {
                lines.append("_mta-sts IN TXT \"v=STSv1; id=\(number);\" \"\(text)\"")
                lines.append("_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:\(number)\" \"\(text)\"")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static let definition = """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: hostile}
        spec:
          name: To Hostile
          connectorType: Partner
          useMXRecord: true
          recipientDomains: [hostile.example]
          tlsSettings: CertificateValidation
          smtpDaneMode: Opportunistic

        """
}
