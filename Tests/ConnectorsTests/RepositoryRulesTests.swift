import Connectors
import Testing

/// Rules that two or more documents break together.
struct RepositoryRulesTests {
    private func connector(
        _ kind: ConnectorKind,
        _ name: String,
        line: Int,
        named displayName: String? = nil,
        _ settings: Settings = [:]
    ) -> DesiredConnector {
        DesiredConnector(
            key: ConnectorKey(kind: kind, name: name),
            displayName: displayName ?? name,
            settings: settings,
            source: SourcePosition(file: "a.yaml", line: line, column: 1),
            fieldSources: settings.keys.reduce(into: FieldPlaces(file: "a.yaml")) { places, name in
                places[name] = SourcePosition(file: "a.yaml", line: line + 1, column: 3)
            }
        )
    }

    private func found(_ connectors: DesiredConnector...) -> [String] {
        RepositoryRules.violations(connectors).map { violation in
            let other = violation.other.map { " \($0.line)" } ?? ""
            return "\(violation.position.line) \(violation.violation.rule)\(other)"
        }
    }

    private let scoped: Settings = ["isTransportRuleScoped": true]

    @Test func `an identity is defined once`() {
        #expect(found(connector(.outboundConnector, "a", line: 1), connector(.inboundConnector, "a", line: 10)) == [])
        let twice = [
            connector(.outboundConnector, "a", line: 1), connector(.outboundConnector, "a", line: 10, named: "b"),
        ]
        #expect(found(twice[0], twice[1]) == ["10 duplicate-identity 1"])
    }

    @Test func `a name is given once in a direction, whatever its letter case`() {
        let one = connector(.outboundConnector, "a", line: 1, named: "Contoso")
        #expect(found(one, connector(.outboundConnector, "b", line: 10, named: "CONTOSO")) == ["10 duplicate-name 1"])
        #expect(found(one, connector(.inboundConnector, "b", line: 10, named: "Contoso")) == [])
    }

    @Test(
        arguments: [
            (["recipientDomains": ["A.example"]], ["11 competing-connectors 1"]),
            (["recipientDomains": ["*.a.example"]], []),
            (["recipientDomains": ["a.example"], "enabled": false], []),
            (["recipientDomains": ["a.example"], "testMode": true], []),
            (["recipientDomains": ["a.example"], "connectorType": "OnPremises"], []),
            (
                ["recipientDomains": ["b.example", "a.example."], "connectorType": "partner"],
                ["11 competing-connectors 1"]
            ),
        ] as [(Settings, [String])]
    )
    func `two connectors in use do not claim one domain`(settings: Settings, expected: [String]) {
        let one = connector(.outboundConnector, "a", line: 1, ["recipientDomains": ["a.example"]])
        #expect(found(one, connector(.outboundConnector, "b", line: 10, settings)) == expected)
    }

    @Test func `own servers share senders, partners do not`() {
        func inbound(_ name: String, _ line: Int, _ type: String) -> DesiredConnector {
            connector(.inboundConnector, name, line: line, ["senderDomains": ["*"], "connectorType": .text(type)])
        }
        #expect(found(inbound("a", 1, "OnPremises"), inbound("b", 10, "OnPremises")) == [])
        #expect(found(inbound("a", 1, "Partner"), inbound("b", 10, "Partner")) == ["11 competing-connectors 1"])
    }

    @Test func `a rule leads to a connector that is there, in use, and scoped to rules`() {
        func rule(_ target: String, enabled: Bool = true) -> DesiredConnector {
            connector(
                .transportRule,
                "r",
                line: 20,
                ["routeMessageOutboundConnector": .text(target), "enabled": .boolean(enabled)]
            )
        }
        let target = connector(.outboundConnector, "archive", line: 1, named: "Archive (journal)", scoped)
        #expect(found(target, rule("archive")) == [])
        #expect(found(target, rule("ARCHIVE (Journal)")) == [])
        #expect(found(target, rule("missing")) == ["2 scoped-without-rule", "21 rule-target-missing"])
        #expect(found(target) == ["2 scoped-without-rule"])
        #expect(
            found(connector(.outboundConnector, "archive", line: 1), rule("archive")) == ["21 rule-target-unusable 1"]
        )
        let off = connector(.outboundConnector, "archive", line: 1, ["isTransportRuleScoped": true, "enabled": false])
        #expect(found(off, rule("archive")) == ["21 rule-target-unusable 1"])
        #expect(found(off, rule("archive", enabled: false)) == [])
    }

    @Test func `O7: all mail through own servers needs the way back`() {
        let out = connector(
            .outboundConnector,
            "out",
            line: 1,
            ["routeAllMessagesViaOnPremises": true, "connectorType": "OnPremises"]
        )
        #expect(found(out) == ["2 outbound-route-all-without-inbound"])
        let back: Settings = ["connectorType": "onpremises"]
        #expect(found(out, connector(.inboundConnector, "in", line: 10, back)) == [])
        let off = back.merging(["enabled": false]) { $1 }
        #expect(
            found(out, connector(.inboundConnector, "in", line: 10, off)) == ["2 outbound-route-all-without-inbound"]
        )
    }

    @Test func `a reference becomes the name that Exchange knows`() {
        let target = connector(.outboundConnector, "archive", line: 1, named: "Archive (journal)", scoped)
        let rule = connector(.transportRule, "r", line: 10, ["routeMessageOutboundConnector": "archive"])
        let resolved = OutboundReferences([target, rule]).resolved(rule)
        #expect(resolved.settings["routeMessageOutboundConnector"] == "Archive (journal)")
    }

    @Test func `a reference means a slug before a name that is written alike`() {
        let slug = connector(.outboundConnector, "archive", line: 1, named: "Archive (journal)")
        let named = connector(.outboundConnector, "other", line: 10, named: "archive")
        for connectors in [[slug, named], [named, slug]] {
            let references = OutboundReferences(connectors)
            #expect(references.target(of: "archive")?.key == slug.key)
            #expect(references.target(of: "Archive")?.key == named.key)
        }
    }
}
