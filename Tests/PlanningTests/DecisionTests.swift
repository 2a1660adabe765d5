import Connectors
import FoundationEssentials
import Planning
import Testing

/// What is accepted, adopted, held, and in which order the rest is written.
struct DecisionTests {
    private let plain = DesiredConnector.outbound()

    private func acceptance(_ value: FieldValue, until: Date) -> AcceptedDrift {
        AcceptedDrift(
            name: "weak-for-now",
            connector: plain.key,
            field: "tlsSettings",
            value: value,
            owner: "mail team",
            reason: "migration",
            until: until,
            source: SourcePosition(file: "a.yaml")
        )
    }

    @Test func `an accepted deviation is left, exactly that value, until its date`() {
        let object = plain.observed(["tlsSettings": "EncryptionOnly"])
        func outline(_ value: FieldValue, _ until: Date) -> [String] {
            planned(
                [plain],
                [object],
                [plain.applied()],
                policy: TenantPolicy(drift: .correct),
                accepted: [acceptance(value, until: until)]
            ).outline
        }
        let later = now.addingTimeInterval(60)
        #expect(outline("encryptiononly", later) == [])
        #expect(outline(.none, later) == ["update OutboundConnector/fabrikam drift tlsSettings"])
        #expect(outline("EncryptionOnly", now) == ["update OutboundConnector/fabrikam drift tlsSettings"])
        let plan = planned(
            [plain],
            [object],
            [plain.applied()],
            accepted: [acceptance("EncryptionOnly", until: later)]
        )
        #expect(plan.drift.map(\.accepted) == [true])
        #expect(plan.summary.drift == 0)
        #expect(
            plan.notes == [
                "OutboundConnector/fabrikam: tlsSettings stays EncryptionOnly until 2026-11-18T11:07:40Z, accepted by mail team."
            ]
        )
    }

    @Test func `a drift report needs no git`() {
        let items = DriftComparison.items(
            applied: AppliedTenant(connectors: [plain.applied(), DesiredConnector.inbound().applied()]),
            observed: ObservedTenant(connectors: [plain.observed(["tlsSettings": .none])], readAt: now),
            acceptedDrifts: [],
            now: now
        )
        #expect(
            items.map { "\($0.form.rawValue) \($0.kind)" } == ["missing InboundConnector", "changed OutboundConnector"]
        )
        #expect(
            items.last?.fields == [
                DriftItem.Field(path: "tlsSettings", applied: "CertificateValidation", observed: nil)
            ]
        )
    }

    @Test(arguments: [ObservedConnector.Origin.hybridWizard, .migrated])
    func `what the wizard made is left alone until it is adopted`(_ origin: ObservedConnector.Origin) {
        var object = plain.observed(["tlsSettings": .none])
        object.origin = origin
        let refused = planned([plain], [object])
        #expect(refused.guardIDs == ["adoption-missing"])
        #expect(refused.outline == [])
        #expect(refused.unmanaged.map(\.displayName) == ["fabrikam"])
        let adopting = planned([plain.annotated([Annotation.adopt: "enabled"])], [object])
        #expect(adopting.outline == ["update OutboundConnector/fabrikam git tlsSettings"])
        #expect(adopting.guardIDs == [])
    }

    @Test(arguments: [ObservedConnector.Origin.hybridWizard, .migrated])
    func `what the wizard made under a remembered name is left alone too, also where drift is corrected`(
        _ origin: ObservedConnector.Origin
    ) {
        var object = plain.observed(["tlsSettings": .none], guid: "the-wizard's")
        object.origin = origin
        let correct = TenantPolicy(drift: .correct)
        let refused = planned([plain], [object], [plain.applied()], policy: correct)
        #expect(refused.guardIDs == ["adoption-missing"])
        #expect(refused.outline == [])
        #expect(refused.unmanaged.map(\.displayName) == ["fabrikam"])
        let adopting = plain.annotated([Annotation.adopt: "enabled"])
        let adopted = planned([adopting], [object], [plain.applied()], policy: correct)
        #expect(adopted.outline == ["update OutboundConnector/fabrikam drift tlsSettings"])
        #expect(adopted.guardIDs == [])
    }

    @Test func `the admin center's validation copy is never adopted, nor listed`() {
        var copy = plain.observed()
        copy.origin = .validationCopy
        let plan = planned([plain.annotated([Annotation.adopt: "enabled"])], [copy])
        #expect(plan.guardIDs == ["name-taken"])
        #expect(plan.unmanaged == [])
    }

    @Test func `a rule that someone gave an exception is left alone`() {
        let rule = DesiredConnector.rule()
        var object = rule.observed(["routeMessageOutboundRequireTls": false])
        object.unmanagedParts = ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SentToPredicate"]
        let plan = planned([rule], [object], [rule.applied()], policy: TenantPolicy(drift: .correct))
        #expect(plan.guardIDs == ["rule-has-other-parts"])
        #expect(plan.outline == [])
        #expect(plan.drift.first?.fields.map(\.path) == ["routeMessageOutboundRequireTls", "otherParts"])
    }

    @Test func `a rule that someone gave an exception is not deleted either`() {
        let rule = DesiredConnector.rule().annotated(approved)
        var object = rule.observed()
        object.unmanagedParts = ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SentToPredicate"]
        let plan = planned(
            [plain],
            [plain.observed(), object],
            [plain.applied(), rule.applied()],
            policy: TenantPolicy(prune: .delete)
        )
        #expect(plan.guardIDs == ["rule-has-other-parts"])
        #expect(plan.guards.first?.message.contains("SentToPredicate") == true)
    }

    @Test func `unmanaged connectors are listed with their risks`() {
        let open = DesiredConnector.inbound(
            "open",
            ["senderDomains": ["*"], "restrictDomainsToCertificate": false, "tlsSenderCertificateName": .none]
        )
        let trusted = DesiredConnector.inbound(
            "printers",
            ["connectorType": "OnPremises", "tlsSenderCertificateName": .none, "senderIPAddresses": ["203.0.113.25"]]
        )
        let wide = DesiredConnector.inbound(
            "wide",
            ["connectorType": "OnPremises", "tlsSenderCertificateName": "*.contoso.com"]
        )
        let clear = DesiredConnector.outbound("clear", ["tlsSettings": .none])
        let plan = planned(
            [],
            [open, trusted, wide, clear, .rule()].map { $0.observed() }
        )
        #expect(
            plan.unmanaged.map { "\($0.kind) \($0.displayName) \($0.risk) \($0.risks.map(\.id))" } == [
                #"InboundConnector open high ["inbound-unbound"]"#,
                #"InboundConnector printers medium ["trusts-addresses"]"#,
                #"InboundConnector wide medium ["trusts-wide-certificate"]"#,
                #"OutboundConnector clear medium ["tls-not-forced"]"#, "TransportRule courts low []",
            ]
        )
        #expect(plan.summary.unmanaged == 5)
    }

    struct Order: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var desired: [DesiredConnector]
        var before: [DesiredConnector]
        var changes: [String]
        var guards: [String] = []
    }

    private static func scoped(_ slug: String, name: String? = nil, _ settings: Settings = [:]) -> DesiredConnector {
        .outbound(
            slug,
            name: name,
            settings.merging(["recipientDomains": [], "isTransportRuleScoped": true]) { own, _ in own },
            annotations: approved
        )
    }
    private static func leading(to slug: String) -> DesiredConnector {
        DesiredConnector.rule(["routeMessageOutboundConnector": .text(slug)]).annotated(approved)
    }

    static let orders: [Order] = [
        Order(
            testDescription: "connectors come before the rules that lead to them",
            desired: [leading(to: "lab"), scoped("lab"), .inbound()],
            before: [],
            changes: [
                "create InboundConnector/fabrikam", "create OutboundConnector/lab", "create TransportRule/courts",
            ]
        ),
        Order(
            testDescription: "rules go before the connectors that they led to",
            desired: [.inbound()],
            before: [.inbound(), leading(to: "lab"), scoped("lab")],
            changes: ["delete TransportRule/courts", "delete OutboundConnector/lab"]
        ),
        Order(
            testDescription: "a rule is led elsewhere before its connector goes",
            desired: [leading(to: "new"), scoped("new")],
            before: [leading(to: "lab"), scoped("lab")],
            changes: ["create OutboundConnector/new", "update TransportRule/courts", "delete OutboundConnector/lab"]
        ),
        Order(
            testDescription: "a rule is led elsewhere before its connector is disabled",
            desired: [leading(to: "new"), scoped("new"), scoped("lab", ["enabled": false])],
            before: [leading(to: "lab"), scoped("lab")],
            changes: ["create OutboundConnector/new", "update TransportRule/courts", "update OutboundConnector/lab"]
        ),
        Order(
            testDescription: "a connector that a rule leads to cannot be disabled",
            desired: [leading(to: "lab"), scoped("lab", ["enabled": false])],
            before: [leading(to: "lab"), scoped("lab")],
            changes: ["update OutboundConnector/lab"],
            guards: ["connector-in-use"]
        ),
        Order(
            testDescription: "a connector that a rule leads to cannot be renamed, not even with the rule",
            desired: [leading(to: "lab"), scoped("lab", name: "Lab")],
            before: [leading(to: "lab"), scoped("lab", name: "Old")],
            changes: ["update OutboundConnector/lab", "update TransportRule/courts"],
            guards: ["connector-in-use"]
        ),
        Order(
            testDescription: "a name is given up before it is taken",
            desired: [.outbound("b", name: "x"), .outbound("a", name: "y")],
            before: [.outbound("a", name: "x")],
            changes: ["update OutboundConnector/a", "create OutboundConnector/b"]
        ),
        Order(
            testDescription: "two objects cannot swap their names",
            desired: [.outbound("a", name: "y"), .outbound("b", name: "x")],
            before: [.outbound("a", name: "x"), .outbound("b", name: "y")],
            changes: ["update OutboundConnector/a", "update OutboundConnector/b"],
            guards: ["name-taken"]
        ),
    ]

    @Test(arguments: orders) func `safe order`(_ row: Order) {
        let references = OutboundReferences(row.before)
        let before = row.before.map(references.resolved)
        let plan = planned(
            row.desired,
            before.map { $0.observed() },
            before.map { $0.annotated(approved).applied() },
            policy: TenantPolicy(prune: .delete, limits: .init(changes: 20, deletes: 5))
        )
        #expect(plan.changes.map { "\($0.action) \($0.key)" } == row.changes)
        #expect(plan.guardIDs == row.guards)
    }

    @Test func `rules are written from the first place to the last`() {
        let rules = [("a", 2), ("b", 0), ("c", 1)].map { DesiredConnector.rule($0, ["priority": .integer($1)]) }
        let plan = planned(rules + [.rule("d")], [rules[2].observed(["priority": 5])])
        #expect(plan.changes.map(\.name) == ["b", "c", "a", "d"])
    }

    @Test(arguments: [
        ([], ["rule-target-unusable"]),
        ([Self.scoped("lab").observed(["enabled": false])], ["rule-target-unusable"]),
        ([Self.scoped("lab").observed(["isTransportRuleScoped": false])], ["rule-target-unusable"]),
        ([Self.scoped("lab").observed()], []),
    ])
    func `a new rule needs its connector to be there, in use and scoped`(
        _ tenant: [ObservedConnector],
        _ guards: [String]
    ) {
        let lab = Self.scoped("lab")
        #expect(planned([lab, Self.leading(to: "lab")], tenant, [lab.applied()]).guardIDs == guards)
    }

    @Test func `an unmanaged rule keeps its connector`() {
        let connector = Self.scoped("lab")
        let stranger = DesiredConnector.rule("theirs", ["routeMessageOutboundConnector": "LAB"])
        let plan = planned(
            [.inbound()],
            [connector.observed(), stranger.observed(), DesiredConnector.inbound().observed()],
            [connector.applied(), DesiredConnector.inbound().applied()],
            policy: TenantPolicy(prune: .delete)
        )
        #expect(plan.guardIDs == ["connector-in-use"])
        #expect(plan.guards.first?.message.contains("\"theirs\" leads mail to it") == true)
    }
}
