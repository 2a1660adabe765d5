import Configuration
import Connectors
import Foundation
import Probing
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

@Suite struct GateEvidenceTests {
    /// 64 addresses that show one chain of 15 certificates of 60 KB.
    private static let partner: PartnerObservations = {
        let chain = (0..<15).map { Base64Bytes([UInt8](repeating: $0, count: 60_000)) }
        let probes = (0..<64).map {
            ProbeObservation(
                address: "192.0.2.\($0)",
                host: "mx.fabrikam.com",
                presentedChain: chain,
                at: Date(timeIntervalSince1970: 1_800_000_000)
            )
        }
        let host = HostObservations(host: "mx.fabrikam.com", probes: probes)
        return PartnerObservations(nextHop: .mx(domain: "fabrikam.com"), hosts: [host])
    }()

    @Test func `a certificate that many servers show is kept once`() throws {
        let rows = GateEvidence.rows(of: [Self.partner])
        #expect(rows.count == 1)
        #expect(rows[0].utf8.count < StateStoreLimits.evidence)
        let kept = try #require(GateEvidence(json: rows[0]))
        #expect(kept.seen == [Self.partner])
    }

    @Test func `past its room a run keeps digests alone, and no row is larger than the store takes`() throws {
        var limits = GateEvidence.Limits()
        limits.run = 1_300_000
        let rows = GateEvidence.rows(of: [Self.partner, Self.partner], limits: limits)
        #expect(rows.count == 2)
        #expect(rows[1].utf8.count < 200_000)
        let kept = try #require(GateEvidence(json: rows[1]))
        #expect(kept.seen.flatMap(\.hosts).flatMap(\.probes).allSatisfy { $0.presentedChain.isEmpty })
        limits.row = 100
        #expect(GateEvidence.rows(of: [Self.partner], limits: limits).isEmpty)
    }

    @Test func `of a revocation list its answers are kept, and they are small`() throws {
        var partner = Self.partner
        let answers = (0..<16).map {
            RevocationAnswer(certificate: String(repeating: "\($0 % 10)", count: 64), status: .good)
        }
        partner.crls = (0..<8).map {
            CRLObservation(
                url: "http://crl.example/\($0)",
                sha256: String(repeating: "0", count: 64),
                answers: answers,
                at: Date(timeIntervalSince1970: 1_800_000_000)
            )
        }
        let without = try #require(GateEvidence.rows(of: [Self.partner]).first)
        let row = try #require(GateEvidence.rows(of: [partner]).first)
        #expect(GateEvidence(json: row)?.seen == [partner])
        #expect(row.utf8.count - without.utf8.count < 64 << 10)
    }

    @Test func `no partner is asked where the plan is held for its size`() async throws {
        let files = Dictionary(uniqueKeysWithValues: (1...3).map { ("p\($0).yaml", Definition.outbound("p\($0)")) })
        try await Bench.with(settings: "limits: {changes: 2}", files: files) { bench in
            let ended = try await bench.apply(TenantRun.Options())
            #expect(ended.exitStatus == .held)
            #expect(ended.error?.id == "change-limit")
            #expect(try await bench.store.evidence(run: ended.run ?? "").isEmpty)
        }
    }

    @Test func `a run that leads to more next hops than the operator allows asks none`() async throws {
        var settings = GateSettings()
        settings.maximumNextHops = 1
        let subjects = ["fabrikam.invalid", "adatum.invalid"].map { domain in
            Gatekeeper.Subject(
                key: ConnectorKey(kind: .outboundConnector, name: domain),
                settings: [
                    "connectorType": .text("Partner"), "useMXRecord": .boolean(true),
                    "recipientDomains": .list([domain]), "tlsSettings": .text("EncryptionOnly"),
                ]
            )
        }
        let gatekeeper = Gatekeeper(settings: settings)
        let stop = await #expect(throws: RunStop.self) {
            try await gatekeeper.judge(subjects, waivers: [], acceptedDomains: nil)
        }
        #expect(stop?.id == "too-many-next-hops")
        #expect(stop?.status == .held)
    }
}
