import Configuration
import Connectors
import Foundation
import Laboratory
import Planning
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
        #expect(rows[0].json.utf8.count < StateStoreLimits.evidence)
        let kept = try #require(GateEvidence(json: rows[0].json))
        #expect(kept.seen == [Self.partner])
        #expect(
            rows[0].subject == #"{"mx":{"domain":"fabrikam.com"}}"#,
            "which a store of an older version is given, too"
        )
    }

    @Test func `past its room a run keeps digests alone, and no row is larger than the store takes`() throws {
        var limits = GateEvidence.Limits()
        limits.run = 1_300_000
        let rows = GateEvidence.rows(of: [Self.partner, Self.partner], limits: limits)
        #expect(rows.count == 2)
        #expect(rows[1].json.utf8.count < 200_000)
        let kept = try #require(GateEvidence(json: rows[1].json))
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
        #expect(GateEvidence(json: row.json)?.seen == [partner])
        #expect(row.json.utf8.count - without.json.utf8.count < 64 << 10)
    }

    /// What is applied first, and what stands in git then.
    struct Held: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let settings: String
        var before: [String] = []
        let after: [String]

        var isHeld: Bool { testDescription != "none" }
    }

    private static let held = [
        Held(testDescription: "none", settings: "limits: {changes: 2}", after: ["a", "b"]),
        Held(testDescription: "change-limit", settings: "limits: {changes: 2}", after: ["a", "b", "c"]),
        Held(
            testDescription: "delete-limit",
            settings: "prune: delete, limits: {deletes: 1}",
            before: ["a", "b", "c"],
            after: ["d"]
        ),
        Held(
            testDescription: "source-shrunk",
            settings: "prune: orphan, limits: {deletes: 1}",
            before: ["a", "b", "c"],
            after: ["d"]
        ),
        Held(testDescription: "source-empty", settings: "prune: delete", before: ["a"], after: []),
    ]

    @Test(arguments: held)
    func `no partner is asked where the plan is held for its size`(example: Held) async throws {
        try await Bench.with(files: ["README.md": "Definitions"]) { bench in
            func write(_ slugs: [String]) throws {
                for slug in slugs {
                    try bench.repository.write(Definition.outbound(slug), to: "tenants/contoso/\(slug).yaml")
                }
            }
            // No server answers here.
            try bench.laboratory.configure(settings: example.settings, gate: "resolver: 127.0.0.1@1, timeout: 1s")
            if !example.before.isEmpty {
                try write(example.before)
                try await bench.repository.commit("Before")
                try #require(try await bench.apply().exitStatus == .done)
                for slug in example.before { try bench.repository.write(nil, to: "tenants/contoso/\(slug).yaml") }
            }
            try write(example.after)
            try await bench.repository.commit("After")
            let events = LockedValue<[String]>([])
            let (reconciler, tenants) = try bench.reconciler { event in
                if case .waiting(let what) = event.what { events.update { $0.append(what) } }
            }
            let plan = try #require(await reconciler.plan(tenants, options: TenantRun.Options()).first).plan
            let guards = plan.plan?.guards.map(\.id) ?? []
            #expect(guards.contains(example.testDescription) == example.isHeld, "\(guards)")
            #expect((plan.judgements?.isEmpty != false) == example.isHeld)
            #expect(events.value.contains("asking the partners' servers") != example.isHeld)
            if example.isHeld, !example.after.isEmpty {
                #expect(events.value.contains("no partner is asked, as the plan is held"))
            }
            #expect(plan.exitStatus == (example.isHeld ? .held : plan.exitStatus))
        }
    }

    @Test func `of earlier runs only what they saw of the plan's next hops is read`() async throws {
        try await Bench.with(files: ["adatum.yaml": Definition.outbound("adatum")]) { bench in
            try bench.laboratory.configure(gate: "resolver: 127.0.0.1@1, timeout: 1s")
            func save(_ number: Int, _ seen: PartnerObservations) async throws {
                let record = RunRecord(
                    id: "01KD3V00000000000000000\(100 + number)",
                    tenant: Bench.tenant,
                    command: .apply,
                    revision: String(repeating: "a", count: 40),
                    startedAt: Date(),
                    endedAt: Date(),
                    result: .applied
                )
                let rows = GateEvidence.rows(of: [seen]).map {
                    Evidence(run: record.id, tenant: Bench.tenant, subject: $0.subject, json: $0.json, at: Date())
                }
                try await bench.commit(StateChange(run: record, evidence: rows))
            }
            func rowsRead() async throws -> Int {
                let store = CountingStore(bench.store)
                let (reconciler, tenants) = try bench.reconciler(store: store)
                let plan = try #require(await reconciler.plan(tenants, options: TenantRun.Options()).first).plan
                #expect(plan.judgements?.count == 1)
                return store.rowsOfEvidence
            }
            for number in 0..<20 { try await save(number, Self.partner) }
            #expect(try await rowsRead() == 0)
            for number in 20..<23 {
                try await save(number, PartnerObservations(nextHop: .mx(domain: "adatum.example")))
            }
            #expect(try await rowsRead() == 1)
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
