import Foundation
import Laboratory
import Planning
import Probing
import Reconciling
import Reports
import StateStore
import TLSGate
import TestSupport
import Testing

/// What earlier runs saw of a partner, instead of asking its servers again.
@Suite struct KeptEvidenceTests {
    /// Self-signed, ends in 2036.
    static let certificate = """
        MIIBkTCCATegAwIBAgIUAsQRK/qcsrKbYIrjtdtCFBWQ9NswCgYIKoZIzj0EAwIwHjEcMBoGA1UEAwwTbWFpbC5hZGF0dW0uZXhhbXBsZTAeFw0y
        NjExMjkxODQzNTFaFw0zNjExMjYxODQzNTFaMB4xHDAaBgNVBAMME21haWwuYWRhdHVtLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AAQ5iSnGrvnUmD0JrvmNkXUfsIC+QETDpWddoNqdHzNabDmjTwx5ONLLw9N8CGbcVCSlUYH/J5AiH7IkfE2PNaIqo1MwUTAdBgNVHQ4EFgQUwCMW
        sphLkWqUwToA93hBoj5ZSvUwHwYDVR0jBBgwFoAUwCMWsphLkWqUwToA93hBoj5ZSvUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
        AiAQD6vWbCB4THxV2KgwU6F/YqstcF4+Dv/nXi+etf1eQgIhAOJ0NABN/Ldh4UTxhw6pZDQTVYuXJa1H9kMBsmQFPx7P
        """

    /// What the one server of adatum showed, so many seconds ago.
    static func seen(
        _ age: TimeInterval,
        edit: (inout PartnerObservations) -> Void = { _ in }
    ) throws -> PartnerObservations {
        let bytes = try #require(Data(base64Encoded: certificate, options: .ignoreUnknownCharacters))
        let at = Date().addingTimeInterval(-age)
        let host = "mail.adatum.example"
        let probe = ProbeObservation(
            address: "192.0.2.6",
            host: host,
            sni: host,
            phases: [
                PhaseObservation(.connect), PhaseObservation(.greeting), PhaseObservation(.ehlo),
                PhaseObservation(.starttls), PhaseObservation(.handshake), PhaseObservation(.ehloInTLS),
            ],
            extensions: ["STARTTLS"],
            extensionsInTLS: [],
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            presentedChain: [Base64Bytes([UInt8](bytes))],
            at: at
        )
        func answer(_ name: String, _ type: DNSRecordType, _ data: [DNSData], rcode: Int = 0) -> DNSObservation {
            DNSObservation(
                question: DNSQuestion(name, type),
                answers: data.map { DNSRecord(ttl: 300, $0) },
                rcode: rcode,
                at: at
            )
        }
        var partner = PartnerObservations(
            nextHop: .mx(domain: "adatum.example"),
            mx: answer("adatum.example", .mx, [.mx(preference: 10, host: host)]),
            hosts: [
                HostObservations(
                    host: host,
                    preference: 10,
                    ipv4: answer(host, .a, [.address("192.0.2.6")]),
                    ipv6: answer(host, .aaaa, []),
                    probes: [probe]
                )
            ],
            mtaSTS: [
                MTASTSObservation(domain: "adatum.example", txt: answer("_mta-sts.adatum.example", .txt, [], rcode: 3))
            ]
        )
        edit(&partner)
        return partner
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var age: TimeInterval = 3_600
        var keptAge = Duration.seconds(86_400)
        var edit: @Sendable (inout PartnerObservations) -> Void = { _ in }
        var isTaken = false
    }

    private static let cases = [
        Case(testDescription: "what is fresh is taken", isTaken: true),
        Case(testDescription: "what is older is asked again", age: 90_000),
        Case(
            testDescription: "unless a longer time is allowed",
            age: 90_000,
            keptAge: .seconds(100_000),
            isTaken: true
        ),
        Case(testDescription: "and all is asked where nothing kept is wanted", keptAge: .zero),
        Case(testDescription: "what was seen at another port is asked again") {
            $0.hosts[0].probes[0].port = 2525
        },
        Case(testDescription: "a passing failure is asked again") {
            $0.hosts[0].probes[0].phases = [PhaseObservation(.connect, .timedOut)]
            $0.hosts[0].probes[0].tlsVersion = nil
            $0.hosts[0].probes[0].presentedChain = []
        },
        Case(testDescription: "a chain that was not kept is asked for again") {
            $0.hosts[0].probes[0].presentedChain = []
        },
        Case(testDescription: "what was kept in short is asked for again") { $0.mtaSTS = [] },
        Case(testDescription: "a policy that could not be fetched is asked for again") {
            $0.mtaSTS[0].fetch = .init(url: "https://mta-sts.adatum.example", status: 503, at: $0.mtaSTS[0].txt.at)
        },
    ]

    @Test(arguments: cases)
    func `servers of which something fresh was kept are not asked`(example: Case) async throws {
        try await Bench.with(files: ["adatum.yaml": Definition.outbound("adatum")]) { bench in
            // No server answers here, so what is found was kept.
            try bench.laboratory.configure(gate: "resolver: 127.0.0.1@1, timeout: 1s")
            let record = RunRecord(
                id: "01KD3V0000000000000000000A",
                tenant: Bench.tenant,
                command: .apply,
                revision: String(repeating: "a", count: 40),
                startedAt: Date().addingTimeInterval(-example.age),
                endedAt: Date(),
                result: .applied
            )
            let rows = GateEvidence.rows(of: [try Self.seen(example.age, edit: example.edit)])
            let evidence = rows.map {
                Evidence(run: record.id, tenant: Bench.tenant, subject: $0.subject, json: $0.json, at: Date())
            }
            try await bench.commit(StateChange(run: record, evidence: evidence))
            let (reconciler, tenants) = try bench.reconciler()
            let document = await reconciler.gate(tenants, names: [], keptAge: example.keptAge)
            let judgement = try #require(document.tenants.first?.judgements.first, "\(document)")
            #expect(judgement.forecasts.map(\.name) == (example.isTaken ? ["mail.adatum.example"] : []))
            let end = Date(timeIntervalSince1970: 2_200_000_000)
            #expect(document.hasCertificate(endingBefore: end) == example.isTaken)
        }
    }
}
