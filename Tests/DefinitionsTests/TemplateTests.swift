import Connectors
import Definitions
import Foundation
import TestSupport
import Testing
import YAML

struct TemplateTests {
    @Test func `an instance says what its definitions would say written out`() throws {
        let set = read(
            [
                "fabrikam.yaml": instance(
                    "name: fabrikam",
                    "partner: fabrikam, domain: fabrikam.com, addresses: [192.0.2.1, 192.0.2.0/28], enabled: false"
                )
            ],
            templates: ["partner": partnerTemplate]
        )
        #expect(short(set) == [])
        let written = read([
            "a.yaml": """
            apiVersion: mitregate.dev/v1
            kind: ForcedTLSPartner
            metadata: {name: fabrikam-tls, labels: {partner: fabrikam}}
            spec:
              domains: [fabrikam.com, "*.fabrikam.com"]
              trust: domain-validation
              tlsDomain: "*.fabrikam.com"
              senderIPAddresses: [203.0.113.7, 192.0.2.1, 192.0.2.0/28]
              enabled: false
            """
        ])
        #expect(set.desired.connectors.map(\.key) == written.desired.connectors.map(\.key))
        #expect(set.desired.connectors.map(\.settings) == written.desired.connectors.map(\.settings))
        #expect(set.desired.connectors.map(\.labels) == written.desired.connectors.map(\.labels))
        #expect(set.desired.connectors.map(\.displayName) == written.desired.connectors.map(\.displayName))
        #expect(set.documents == 2 && set.files == 2)
    }

    @Test func `a place in a template names the instance as well`() throws {
        let set = read(
            ["fabrikam.yaml": instance("name: fabrikam", "partner: fabrikam, domain: fabrikam.com")],
            templates: ["partner": partnerTemplate]
        )
        let connector = try #require(set.desired.connectors.first { $0.kind == .outboundConnector })
        #expect(connector.source.description == "../../templates/partner.yaml:14:1 for fabrikam.yaml:1:1")
        #expect(
            connector.fieldSources["recipientDomains"]?.description
                == "../../templates/partner.yaml:18:3 for fabrikam.yaml:1:1"
        )
    }

    @Test func `labels and annotations of an instance are those of its connectors`() {
        let set = read(
            [
                "a.yaml": instance(
                    "name: a, labels: {partner: given, owner: ops}, annotations: {mitregate.dev/prune: disabled}",
                    "partner: fabrikam, domain: fabrikam.com"
                )
            ],
            templates: ["partner": partnerTemplate]
        )
        #expect(short(set) == [])
        #expect(set.desired.connectors.count == 2)
        for connector in set.desired.connectors {
            #expect(connector.labels == ["partner": "given", "owner": "ops"])
            #expect(connector.annotations == ["mitregate.dev/prune": "disabled"])
        }
    }

    @Test func `an annotation of an instance wins over its template's`() {
        let template = partnerTemplate.replacing(
            "labels: {partner: \"${partner}\"}",
            with: "annotations: {mitregate.dev/accept-risk: agreed for all, mitregate.dev/prune: disabled}"
        )
        let set = read(
            [
                "a.yaml": instance(
                    "name: a, annotations: {mitregate.dev/accept-risk: agreed for fabrikam}",
                    "partner: fabrikam, domain: fabrikam.com"
                )
            ],
            templates: ["partner": template]
        )
        #expect(short(set) == [])
        #expect(set.desired.connectors.count == 2)
        for connector in set.desired.connectors {
            #expect(
                connector.annotations
                    == ["mitregate.dev/accept-risk": "agreed for fabrikam", "mitregate.dev/prune": "disabled"]
            )
        }
    }

    @Test func `waivers and accepted drifts stand in templates too`() {
        let template = """
            apiVersion: mitregate.dev/v1
            kind: Template
            metadata: {name: partner}
            spec: {parameters: {connector: {type: slug}, until: {type: string}}}
            ---
            apiVersion: mitregate.dev/v1
            kind: Waiver
            metadata: {name: "${connector}-expiry"}
            spec: {check: cert-expires-soon, connector: "${connector}", owner: ops, reason: agreed, until: "${until}"}
            """
        let set = read(
            ["a.yaml": instance("name: a", "connector: fabrikam, until: 2025-01-01"), "b.yaml": outbound("")],
            templates: ["partner": template]
        )
        #expect(set.desired.waivers.map(\.connector) == ["fabrikam"])
        #expect(short(set) == ["9:96 ~approval-expired"])
        #expect(set.diagnostics.first?.position.instance?.position.description == "a.yaml:1:1")
    }

    @Test func `an instance of the configuration needs no file`() throws {
        let values = [
            given("partner", .cell(" fabrikam ")), given("domain", .cell("fabrikam.com")),
            given("addresses", .cell("192.0.2.1; 192.0.2.9")), given("enabled", .cell("false")),
        ]
        let set = read([:], templates: ["partner": partnerTemplate], configured: values)
        #expect(short(set) == [])
        let inbound = try #require(set.desired.connectors.first { $0.kind == .inboundConnector })
        #expect(inbound.settings["senderIPAddresses"] == .list(["203.0.113.7", "192.0.2.1", "192.0.2.9"]))
        #expect(inbound.settings["enabled"] == .boolean(false))
        #expect(inbound.source.description == "../../templates/partner.yaml:14:1 for tenants.csv:3:1")
    }

    @Test func `of very many instances no more than a thousand are read`() {
        let files = (0..<1_002).map { number in
            (String(format: "%04d.yaml", number), instance("name: a", "partner: p\(number), domain: p\(number).com"))
        }
        let set = read(Dictionary(uniqueKeysWithValues: files), templates: ["partner": partnerTemplate])
        #expect(set.diagnostics.map(\.rule) == ["template-too-many"])
        #expect(set.desired.connectors.count == 2_000)
    }

    @Test func `what instances come to is bounded`() {
        let text = String(repeating: "x", count: 1_000)
        let template = """
            apiVersion: mitregate.dev/v1
            kind: Template
            metadata: {name: partner}
            spec: {parameters: {text: {type: string}}}
            ---
            apiVersion: mitregate.dev/v1
            kind: OutboundConnector
            metadata: {name: a}
            spec:
              connectorType: Partner
              recipientDomains: [a.example]
              comment: "\(String(repeating: "${text}", count: 128))"
            """
        let files = (0..<150).map { ("\($0).yaml", instance("name: a", "text: \(text)")) }
        let set = read(Dictionary(uniqueKeysWithValues: files), templates: ["partner": template])
        #expect(set.diagnostics.contains { $0.rule == "template-too-large" })
    }
}
