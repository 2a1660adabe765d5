import Connectors
import Foundation
import Reports
import TLSGate
import Testing

/// What `gate` and `probe` say, for people and for scripts.
struct GateReportTests {
    private static let silence = Finding(
        check: "vantage-dns",
        outcome: .unknown,
        subject: Vantage.subject,
        message: "The resolver 192.0.2.53@53 does not answer, so no partner can be judged.",
        remedy: "Here: let gate.resolver name a server that answers."
    )

    private static func judgement(_ name: String, _ verdict: Verdict, _ findings: [Finding]) -> Judgement {
        let key = ConnectorKey(kind: .outboundConnector, name: name)
        let end = Date(timeIntervalSince1970: 1_800_000_000)
        return Judgement(
            connector: key,
            verdict: verdict,
            findings: findings,
            expiresAt: end,
            digest: "sha256:00",
            forecasts: [
                CertificateForecast(
                    connector: key,
                    subjects: ["mx.\(name).com [192.0.2.1]:25"],
                    name: "mx.\(name).com",
                    sha256: "ab",
                    names: "DNS:mx.\(name).com",
                    issuer: "CN=Issuer",
                    notAfter: end,
                    isLeaf: true
                )
            ]
        )
    }

    private static let document = GateDocument(tenants: [
        TenantVerdict(
            tenant: "contoso",
            judgements: [judgement("fabrikam", .hold, [silence]), judgement("adatum", .hold, [silence])]
        ),
        TenantVerdict(tenant: "lucerne", judgements: [judgement("fabrikam", .hold, [silence])]),
    ])

    @Test func `our own trouble is told once, over all tenants and connectors`() {
        let text = GateReport.text(Self.document, style: TextStyle(width: 200), now: .distantPast)
        #expect(text.components(separatedBy: "vantage-dns").count == 2)
        #expect(text.contains("This network\n  ? vantage-dns: The resolver 192.0.2.53@53 does not answer"))
        let probe = ProbeDocument(
            servers: ["a", "b"].map {
                .init(target: $0, judgement: Self.judgement($0, .hold, [Self.silence]))
            }
        )
        let told = GateReport.text(probe, style: TextStyle(width: 200))
        #expect(told.components(separatedBy: "vantage-dns").count == 2)
    }

    @Test func `scripts read one vocabulary: connectors with a verdict and findings, certificates with their tenant`()
        throws
    {
        let json = Self.document.json
        for old in ["\"judgements\"", "\"decision\"", "\"forecasts\""] { #expect(!json.contains(old)) }
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(read?["formatVersion"] as? String == "3.0")
        let tenants = try #require(read?["tenants"] as? [[String: Any]])
        let connectors = try #require(tenants[0]["connectors"] as? [[String: Any]])
        #expect(connectors.map { $0["verdict"] as? String } == ["hold", "hold"])
        #expect((connectors[0]["findings"] as? [[String: Any]])?.count == 1)
        let certificates = try #require(read?["certificates"] as? [[String: Any]])
        #expect(certificates.map { $0["tenant"] as? String } == ["contoso", "contoso", "lucerne"])
        #expect(certificates[0]["issuer"] as? String == "CN=Issuer")
    }

    @Test(
        "The list of certificates counts whole days, before the end and after it",
        arguments: [
            (-2.5, "ended 2 days ago"), (-1.5, "ended 1 day ago"), (-0.5, "ended less than a day ago"),
            (0.5, "in less than a day"), (1.5, "in 1 day"), (12.9, "in 12 days"),
        ]
    )
    func days(_ days: Double, _ words: String) {
        let end = Date(timeIntervalSince1970: 1_800_000_000)
        let now = end.addingTimeInterval(-days * 86_400)
        let text = GateReport.text(Self.document, style: TextStyle(width: 200), now: now)
        #expect(text.contains("2027-01-15  \(words): mx.fabrikam.com"), "\(text)")
    }

    @Test func `where nothing was judged no verdict is printed`() {
        let none = GateDocument(tenants: [TenantVerdict(tenant: "contoso", judgements: [])])
        let text = GateReport.text(none, style: TextStyle(width: 200), now: .distantPast)
        #expect(text.hasSuffix("0 connectors. Exit code 0: nothing was judged.\n"))
        #expect(none.json.contains("\"verdict\" : null") || none.json.contains("\"verdict\": null"))
    }
}
