import Configuration
import Connectors
import Foundation
import Planning
import Reconciling
import Reports
import TLSGate
import Testing

/// Looks at partners over time, for whoever compares them.
@Suite struct PartnerLookTests {
    @Test func `a look has plain values: hosts without addresses, each fact once, nothing waived`() {
        func finding(_ check: String, _ outcome: Outcome, _ subject: String, waived: Bool = false) -> Finding {
            Finding(check: check, outcome: outcome, subject: subject, message: check, waived: waived)
        }
        let key = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
        let end = Date(timeIntervalSince1970: 1_800_000_000)
        let judgement = Judgement(
            connector: key,
            verdict: .block,
            findings: [
                finding("cert-expired", .fail, "mx.fabrikam.com [192.0.2.1]:25"),
                finding("cert-expired", .fail, "mx.fabrikam.com [IPv6:2001:db8::1]:25"),
                finding("mx-null", .fail, "fabrikam.com"), finding("cert-self-signed", .fail, "x", waived: true),
                finding("starttls-not-offered", .pass, "mx.fabrikam.com [192.0.2.1]:25"),
            ],
            observedAt: end,
            expiresAt: end,
            digest: "",
            forecasts: [true, false].map { isLeaf in
                CertificateForecast(
                    connector: key,
                    subjects: ["mx.fabrikam.com [192.0.2.1]:25", "mx.fabrikam.com [192.0.2.2]:25"],
                    name: "mx.fabrikam.com",
                    sha256: "ab",
                    names: "DNS:mx.fabrikam.com",
                    issuer: "CN=Issuer",
                    notAfter: end,
                    isLeaf: isLeaf
                )
            }
        )
        let look = PartnerLook(judgement)
        #expect(look.verdict == .block)
        #expect(
            look.findings.map { "\($0.check) \($0.host)" } == ["cert-expired mx.fabrikam.com", "mx-null fabrikam.com"]
        )
        #expect(
            look.certificates.map { "\($0.host) \($0.names) \($0.issuer)" } == [
                "mx.fabrikam.com DNS:mx.fabrikam.com CN=Issuer"
            ]
        )
        #expect(look.certificates.map(\.notAfter) == [end])
    }

    @Test func `a connector of the definitions is looked at, and one that is not there is an error`() async throws {
        let files = ["in.yaml": Definition.inbound("fabrikam"), "out.yaml": Definition.outbound("adatum")]
        try await Bench.with(files: files) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let managed = try #require(tenants.first)
            #expect(try await reconciler.partners(of: managed).map(\.name) == ["adatum"])
            let key = ConnectorKey(kind: .inboundConnector, name: "fabrikam")
            let look = try await reconciler.look(at: key, of: managed)
            #expect(look.verdict == .approve)
            #expect(look.findings.map(\.check) == ["inbound-evidence-missing"])
            let stop = await #expect(throws: RunStop.self) {
                try await reconciler.look(at: ConnectorKey(kind: .inboundConnector, name: "nowhere"), of: managed)
            }
            #expect(stop?.id == "name-unknown")
        }
    }

    @Test func `what was there before is judged by itself, without asking for evidence of what is put back`()
        async throws
    {
        let gatekeeper = Gatekeeper(settings: GateSettings())
        func look(_ settings: Settings) async throws -> PartnerLook {
            let image = ObservedConnector(
                kind: .inboundConnector,
                guid: "1",
                displayName: "From fabrikam",
                settings: settings
            )
            return try await gatekeeper.judge(before: image)
        }
        let bound: Settings = [
            "connectorType": "Partner", "senderDomains": ["fabrikam.com"], "requireTls": true,
            "restrictDomainsToCertificate": true, "tlsSenderCertificateName": "mail.fabrikam.com",
        ]
        #expect(try await look(bound).verdict == .pass)
        #expect(try await look(["connectorType": "Partner", "senderDomains": ["fabrikam.com"]]).verdict == .approve)
        #expect(try await look(["enabled": false]).verdict == .pass)
    }
}
