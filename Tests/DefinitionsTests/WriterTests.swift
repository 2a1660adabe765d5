import Connectors
import Definitions
import TestSupport
import Foundation
import Testing
import YAML

/// What `import` writes, and that reading it again gives the same.
struct WriterTests {
    @Test(arguments: ConnectorKind.allCases)
    func `what is written and read again has no difference in any field`(kind: ConnectorKind) throws {
        for seed in 0..<200 {
            var random = SeededNumbers(UInt64(seed))
            var observed = ObservedConnector.random(kind, seed, using: &random)
            observed.settings["routeMessageOutboundConnector"] = nil
            let text = DefinitionWriter.yaml(for: observed, slug: "x")
            let set = read(text)
            #expect(set.diagnostics.filter { $0.severity == .error } == [], "seed \(seed): \(text)")
            let connector = try #require(set.desired.connectors.first, "seed \(seed): \(text)")
            #expect(connector.displayName == observed.displayName)
            let (wanted, found) = (observed.settings.overDefaults(of: kind), connector.settings.overDefaults(of: kind))
            for field in kind.fields {
                let (one, other) = (try #require(wanted[field.name]), try #require(found[field.name]))
                #expect(field.isSame(one, other), "seed \(seed) \(field.name): \(text)")
            }
        }
    }

    private static let outbound = ObservedConnector(
        kind: .outboundConnector,
        guid: "5c9d8e47-12ab-4f3e-9c55-8b1f4d7e6a03",
        displayName: "Contoso: TLS",
        settings: [
            "enabled": true, "connectorType": "Partner", "recipientDomains": ["contoso.com", "*.contoso.com"],
            "useMXRecord": true, "smartHosts": [], "tlsSettings": .none, "tlsDomain": .none,
            "mtaStsMode": "Opportunistic",
            "comment": "Called \"the\" partner\nsince 2026", "validationRecipients": ["postmaster@contoso.com"],
        ]
    )

    private static let inbound = ObservedConnector(
        kind: .inboundConnector,
        guid: "3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01",
        displayName: "Printers",
        settings: [
            "enabled": false, "connectorType": "OnPremises", "senderDomains": ["smtp:*;1"], "requireTls": false,
            "senderIPAddresses": ["203.0.113.25", "198.51.100.0/24"],
            "efSkipIPs": ["192.0.2.1-192.0.2.9", "2001:db8::1"],
            "trustedOrganizations": .list((1...9).map { "organization-\($0).onmicrosoft.com" }),
        ]
    )

    @Test func `a definition is as a person would write it`() throws {
        let all = [Self.outbound, Self.inbound].map { DefinitionWriter.yaml(for: $0, slug: Slug.from($0.displayName)) }
        try expectGolden(all.joined(separator: "---\n"), "import.yaml")
    }

    @Test func `what is not ours becomes a comment, which no name can break out of`() throws {
        var hybrid = Self.outbound
        hybrid.origin = .hybridWizard
        hybrid.displayName = "Outbound\nspec: {evil: true}\u{1B}[31m"
        var copy = Self.outbound
        copy.origin = .validationCopy
        var rule = ObservedConnector(
            kind: .transportRule,
            guid: "1",
            displayName: "Rule",
            settings: ["routeMessageOutboundRequireTls": true]
        )
        rule.unmanagedParts = ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.FromPredicate\n"]
        var broken = Self.inbound
        broken.settings["senderIPAddresses"] = ["10.0.0.1"]
        let texts = [hybrid, copy, rule, broken].map { DefinitionWriter.yaml(for: $0, slug: "x") }
        for text in texts {
            #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
            #expect(read(text).documents == 0)
        }
        try expectGolden(texts.joined(separator: "---\n"), "import-comments.yaml")
    }

    @Test(arguments: ["##vso[task.setvariable variable=x]y", "##[error]z", "a ##vso[task.complete]"])
    func `a name gives no order to the pipeline that prints it, and is read as it was`(name: String) throws {
        let observed = ObservedConnector(
            kind: .inboundConnector,
            guid: "g",
            displayName: name,
            settings: ["senderDomains": ["a.example"], "requireTls": true]
        )
        let text = DefinitionWriter.yaml(for: observed, slug: "a")
        #expect(!text.contains("##vso[") && !text.contains("##["))
        let set = DefinitionReader.read([DefinitionFile(path: "a.yaml", bytes: Array(text.utf8))], now: Date())
        #expect(set.desired.connectors.map(\.displayName) == [name])
    }

    @Test func `a folder of imported files is in order`() throws {
        var second = Self.outbound
        second.displayName = "Another"
        var archive = Self.outbound
        archive.displayName = "Archive (journal)"
        archive.settings["recipientDomains"] = []
        archive.settings["isTransportRuleScoped"] = true
        func rule(_ name: String, to target: String) -> ObservedConnector {
            ObservedConnector(
                kind: .transportRule,
                guid: name,
                displayName: name,
                settings: [
                    "routeMessageOutboundConnector": .text(target), "sentToScope": "NotInOrganization", "priority": 0,
                ]
            )
        }
        let all = [
            rule("To archive", to: "archive (Journal)"), rule("To nowhere", to: "Hybrid"), Self.outbound, second,
            archive,
        ]
        let files = DefinitionWriter.files(for: all)
        #expect(
            files.filter(\.isDefinition).map(\.name) == [
                "outboundconnector-another.yaml", "outboundconnector-archive-journal.yaml",
                "transportrule-to-archive.yaml",
            ]
        )
        #expect(
            files.filter { !$0.isDefinition }.map(\.name) == [
                "outboundconnector-contoso-tls.yaml", "transportrule-to-nowhere.yaml",
            ]
        )
        let set = read(Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) }))
        #expect(set.diagnostics.filter { $0.severity == .error } == [])
        #expect(set.documents == 3)
    }

    @Test(arguments: [
        ("Fabrikam (forced TLS)", "fabrikam-forced-tls"), ("  --x--  ", "x"), ("Zürich & Genève", "zurich-and-geneve"),
        ("Straße 5", "strasse-5"), ("e\u{301}te\u{301}", "ete"), ("日本", "connector"), ("", "connector"),
        (String(repeating: "a-", count: 60), String(String(repeating: "a-", count: 28).dropLast())),
        ("Outbound to 0F3F7A52", "outbound-to-0f3f7a52"),
    ])
    func `a name becomes a slug`(name: String, slug: String) {
        #expect(Slug.from(name) == slug)
        #expect(Slug.isValid(slug))
    }

    @Test func `slugs are unique in their kind, and do not hang on the order`() {
        let names = ["A", "a!", "A ", "b"]
        let objects = names.map {
            ObservedConnector(kind: .outboundConnector, guid: $0, displayName: $0, settings: [:])
        }
        let slugs = Slug.unique(for: objects)
        #expect(Set(slugs).count == 4)
        #expect(Slug.unique(for: objects.reversed()) == slugs.reversed())
    }
}
