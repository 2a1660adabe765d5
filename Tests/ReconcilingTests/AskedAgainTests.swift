import Configuration
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import TestSupport
import Testing

/// What the gate says once more at the end of `bake`, of a partner whose server changes meanwhile.
@Suite(.enabled(if: PartnerServer.isAvailable, "install stunnel4"), .timeLimit(.minutes(5)))
struct AskedAgainTests {
    private static let partner = Definition.document(
        "OutboundConnector",
        "fabrikam",
        "name: To fabrikam, connectorType: Partner, useMXRecord: false, smartHosts: [127.0.0.1], "
            + "recipientDomains: [fabrikam.example], tlsSettings: EncryptionOnly"
    )

    private static func with(
        _ settings: String = "",
        _ body: @escaping @Sendable (Bench, PartnerServer) async throws -> Void
    ) async throws {
        try await PartnerServer.with { server in
            nonisolated(unsafe) let server = server  // one test, one task at a time
            let tenant = #""quirks": {"privateSmartHostsAllowed": true}"#
            try await Bench.with(tenant: tenant, files: ["a.yaml": partner]) { bench in
                try bench.laboratory.configure(
                    settings: "bake: 10m\(settings.isEmpty ? "" : ", \(settings)")",
                    gate: "networks: any, port: \(server.port), timeout: 5s"
                )
                try await body(bench, server)
            }
        }
    }

    /// Applies, and does something to the server in the midst of the watch.
    private static func apply(
        _ bench: Bench,
        _ change: @escaping @Sendable () throws -> Void
    ) async throws -> TenantApply {
        let isDone = LockedValue(false)
        let ended = try await bench.apply(TenantRun.Options()) {
            if bench.clock.sleeps.count > 5, !isDone.value {
                isDone.set(true)
                do { try change() } catch { Issue.record(error) }
            }
            return false
        }
        #expect(isDone.value, "\(ended)")
        return ended
    }

    @Test func `a partner that is as it was counts as good, and both looks are kept`() async throws {
        try await Self.with { bench, _ in
            let ended = try await Self.apply(bench) {}
            #expect(ended.exitStatus == .done, "\(ended)")
            #expect(!ended.message.contains("Not judged again"), "\(ended.message)")
            #expect(try await bench.store.evidence(run: ended.run ?? "").count == 2)
            #expect(try await bench.remembered() == ["fabrikam"])
        }
    }

    @Test func `a partner that lost TLS meanwhile rolls the run back where the operator's file lets it weaken`()
        async throws
    {
        try await Self.with("watch: {onRegression: roll-back-even-if-weaker}") { bench, server in
            nonisolated(unsafe) let server = server
            let ended = try await Self.apply(bench) { try server.loseSTARTTLS() }
            #expect(ended.exitStatus == .rolledBack, "\(ended)")
            #expect(ended.message.contains("OutboundConnector/fabrikam was") && ended.message.contains("is block"))
            #expect(try bench.objects("outboundConnectors").isEmpty)
            #expect(try await bench.runs().first?.cause == .gateWorse)
            #expect(try await bench.quarantine()?.revision == ended.revision)
            #expect(try await bench.unfinished() == nil)
        }
    }

    @Test(arguments: [("", "partly applied"), ("watch: {onRegression: hold}", "held")])
    func `rule 11: forced TLS that the gate says worse of stays without the operator's word`(
        settings: String,
        end: String
    ) async throws {
        try await Self.with(settings) { bench, server in
            nonisolated(unsafe) let server = server
            let ended = try await Self.apply(bench) { try server.loseSTARTTLS() }
            #expect(ended.exitStatus == (end == "held" ? .held : .partlyApplied), "\(ended)")
            #expect(try bench.outbound("To fabrikam")["TlsSettings"] as? String == "EncryptionOnly")
            #expect(try await bench.runs().first?.cause == .gateWorse)
            #expect(try await bench.unfinished() == nil)
        }
    }

    @Test func `rule 12: a partner that cannot be asked is not judged, and nothing is rolled back`() async throws {
        try await Self.with("watch: {onRegression: roll-back-even-if-weaker}") { bench, server in
            nonisolated(unsafe) let server = server
            let ended = try await Self.apply(bench) { try server.fallIll() }
            #expect(ended.exitStatus == .done, "\(ended)")
            #expect(ended.message.contains("Not judged again") && ended.message.contains("OutboundConnector/fabrikam"))
            #expect(try bench.objects("outboundConnectors").count == 1)
            #expect(try await bench.quarantine() == nil)
            #expect(try await bench.unfinished() == nil, "it holds up no later run")
        }
    }

    @Test func `a run that is gone on with after a break compares with what the gate said before its write`()
        async throws
    {
        try await Self.with("watch: {onRegression: roll-back-even-if-weaker}") { bench, server in
            nonisolated(unsafe) let server = server
            let ended = try await Self.apply(bench) {
                try bench.faults(Fault.fault("Get-*", times: #""always""#, #""status": 500, "body": "empty""#))
            }
            #expect(ended.error?.id == "bake-unknown", "\(ended)")
            try bench.faults("[]")
            try server.loseSTARTTLS()
            let next = try await bench.apply(TenantRun.Options())
            #expect(try await bench.runs().map(\.result).last == .rolledBack, "\(next)")
            #expect(try bench.objects("outboundConnectors").isEmpty)
        }
    }
}
