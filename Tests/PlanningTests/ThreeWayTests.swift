import Connectors
import Planning
import Testing

/// What is changed, and why, told from git, the tenant and what was written last.
struct ThreeWayTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var desired: [DesiredConnector] = []
        var observed: [ObservedConnector] = []
        var applied: [AppliedConnector] = []
        var policy = TenantPolicy()
        var changes: [String] = []
        var drift: [String] = []
        var records: [String] = []
    }

    private static let correct = TenantPolicy(drift: .correct)
    private static let pruning = TenantPolicy(prune: .delete)
    private static let plain = DesiredConnector.outbound()
    private static let strict = DesiredConnector.outbound([
        "tlsSettings": "DomainValidation", "tlsDomain": "mail.fabrikam.com",
    ])
    private static let renamed = DesiredConnector.outbound(name: "Fabrikam (forced TLS)")

    static let cases: [Case] = [
        Case(testDescription: "nothing anywhere needs nothing"),
        Case(
            testDescription: "a new definition is created",
            desired: [plain],
            changes: ["create OutboundConnector/fabrikam git recipientDomains tlsSettings"]
        ),
        Case(
            testDescription: "what agrees needs nothing",
            desired: [plain],
            observed: [plain.observed()],
            applied: [plain.applied()]
        ),
        Case(
            testDescription: "an equal object that was never ours is remembered, and nothing is written",
            desired: [plain],
            observed: [plain.observed(["senderRewritingEnabled": true])],
            records: ["remember OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "another form of the same value is no difference",
            desired: [plain],
            observed: [plain.observed(["recipientDomains": ["FABRIKAM.com."]])],
            applied: [plain.applied()]
        ),
        Case(
            testDescription: "a changed definition is git's doing",
            desired: [strict],
            observed: [plain.observed()],
            applied: [plain.applied()],
            changes: ["update OutboundConnector/fabrikam git tlsSettings tlsDomain"]
        ),
        Case(
            testDescription: "a field that was never declared is left alone",
            desired: [plain],
            observed: [plain.observed(["comment": "by hand"])],
            applied: [plain.applied()]
        ),
        Case(
            testDescription: "a field that is no longer declared gets Exchange's default",
            desired: [plain],
            observed: [plain.observed(["mtaStsMode": "None"])],
            applied: [DesiredConnector.outbound(["mtaStsMode": "None"]).applied()],
            changes: ["update OutboundConnector/fabrikam git mtaStsMode"]
        ),
        Case(
            testDescription: "a field no longer declared that has its default is only forgotten",
            desired: [plain],
            observed: [plain.observed()],
            applied: [DesiredConnector.outbound(["mtaStsMode": "Opportunistic"]).applied()],
            records: ["remember OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "a rule's place in the order has no default and is released",
            desired: [.rule()],
            observed: [DesiredConnector.rule(["priority": 3]).observed()],
            applied: [DesiredConnector.rule(["priority": 3]).applied()],
            records: ["remember TransportRule/courts"]
        ),
        Case(
            testDescription: "drift is reported and left where the policy says report",
            desired: [plain],
            observed: [plain.observed(["tlsSettings": "EncryptionOnly"])],
            applied: [plain.applied()],
            drift: ["changed OutboundConnector/fabrikam tlsSettings"]
        ),
        Case(
            testDescription: "drift is corrected where the policy says correct",
            desired: [plain],
            observed: [plain.observed(["tlsSettings": "EncryptionOnly"])],
            applied: [plain.applied()],
            policy: correct,
            changes: ["update OutboundConnector/fabrikam drift tlsSettings"],
            drift: ["changed OutboundConnector/fabrikam tlsSettings"]
        ),
        Case(
            testDescription:
                "git and a hand in one connector are both; drift in other fields stays where it is only reported",
            desired: [.outbound(["comment": "new"])],
            observed: [plain.observed(["tlsSettings": "EncryptionOnly"])],
            applied: [DesiredConnector.outbound(["comment": "old"]).applied()],
            changes: ["update OutboundConnector/fabrikam both comment"],
            drift: ["changed OutboundConnector/fabrikam tlsSettings comment"]
        ),
        Case(
            testDescription: "one field changed in git, another by hand, both corrected",
            desired: [.outbound(["comment": "new"])],
            observed: [plain.observed(["tlsSettings": "EncryptionOnly", "comment": "old"])],
            applied: [DesiredConnector.outbound(["comment": "old"]).applied()],
            policy: correct,
            changes: ["update OutboundConnector/fabrikam both tlsSettings comment"],
            drift: ["changed OutboundConnector/fabrikam tlsSettings"]
        ),
        Case(
            testDescription: "drift in fields that Exchange validates together with a changed one goes along",
            desired: [.outbound(["tlsSettings": "DomainValidation", "tlsDomain": "mx.fabrikam.com"])],
            observed: [strict.observed(["tlsSettings": "EncryptionOnly", "tlsDomain": .none])],
            applied: [strict.applied()],
            changes: ["update OutboundConnector/fabrikam both tlsSettings tlsDomain"],
            drift: ["changed OutboundConnector/fabrikam tlsSettings tlsDomain"]
        ),
        Case(
            testDescription: "what a hand changed to what git now wants is no drift",
            desired: [strict],
            observed: [strict.observed()],
            applied: [plain.applied()],
            records: ["remember OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "a rename keeps the object",
            desired: [renamed],
            observed: [plain.observed()],
            applied: [plain.applied()],
            changes: ["update OutboundConnector/fabrikam git name"]
        ),
        Case(
            testDescription: "an object renamed by hand is found by its GUID",
            desired: [plain],
            observed: [plain.observed(name: "mine")],
            applied: [plain.applied()],
            policy: correct,
            changes: ["update OutboundConnector/fabrikam drift name"],
            drift: ["changed OutboundConnector/fabrikam name"]
        ),
        Case(
            testDescription: "a name in other letters is the same name",
            desired: [renamed],
            observed: [renamed.observed(name: "FABRIKAM (Forced TLS)")],
            applied: [renamed.applied()]
        ),
        Case(
            testDescription: "a new slug with the same name takes the object along",
            desired: [.outbound("fabrikam-tls", name: "fabrikam")],
            observed: [plain.observed()],
            applied: [plain.applied()],
            records: ["forget OutboundConnector/fabrikam", "remember OutboundConnector/fabrikam-tls"]
        ),
        Case(
            testDescription: "an object that is gone is drift",
            desired: [plain],
            applied: [plain.applied()],
            drift: ["missing OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "an object that is gone is made again where drift is corrected",
            desired: [plain],
            applied: [plain.applied()],
            policy: correct,
            changes: ["create OutboundConnector/fabrikam drift recipientDomains tlsSettings"],
            drift: ["missing OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "an object that is gone is made again when its definition changed",
            desired: [strict],
            applied: [plain.applied()],
            changes: ["create OutboundConnector/fabrikam both recipientDomains tlsSettings tlsDomain"],
            drift: ["missing OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "an object that someone deleted and recreated is reported and left alone",
            desired: [plain],
            observed: [plain.observed(["tlsSettings": .none], guid: "new")],
            applied: [plain.applied()],
            drift: ["recreated OutboundConnector/fabrikam tlsSettings"]
        ),
        Case(
            testDescription: "a recreated object is taken over where drift is corrected",
            desired: [plain],
            observed: [plain.observed(["tlsSettings": .none], guid: "new")],
            applied: [plain.applied()],
            policy: correct,
            changes: ["update OutboundConnector/fabrikam drift tlsSettings"],
            drift: ["recreated OutboundConnector/fabrikam tlsSettings"]
        ),
        Case(
            testDescription: "an object recreated just as it was is remembered where drift is corrected",
            desired: [plain],
            observed: [plain.observed(guid: "new")],
            applied: [plain.applied()],
            policy: correct,
            drift: ["recreated OutboundConnector/fabrikam"],
            records: ["remember OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "a lost definition orphans its object",
            desired: [.inbound()],
            observed: [plain.observed(), DesiredConnector.inbound().observed()],
            applied: [plain.applied(), DesiredConnector.inbound().applied()],
            records: ["forget OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "a lost definition deletes its object where it is to be pruned",
            desired: [.inbound()],
            observed: [plain.observed(), DesiredConnector.inbound().observed()],
            applied: [plain.applied(), DesiredConnector.inbound().applied()],
            policy: pruning,
            changes: ["delete OutboundConnector/fabrikam git recipientDomains tlsSettings"]
        ),
        Case(
            testDescription: "an object that is kept is not pruned",
            desired: [.inbound()],
            observed: [plain.observed(), DesiredConnector.inbound().observed()],
            applied: [
                plain.annotated([Annotation.prune: "disabled"]).applied(), DesiredConnector.inbound().applied(),
            ],
            policy: pruning,
            records: ["forget OutboundConnector/fabrikam"]
        ),
        Case(
            testDescription: "what is gone from both is forgotten",
            applied: [plain.applied()],
            records: ["forget OutboundConnector/fabrikam"]
        ),
    ]

    @Test(arguments: cases) func `three ways`(_ row: Case) {
        let plan = planned(row.desired, row.observed, row.applied, policy: row.policy)
        #expect(plan.outline == row.changes)
        #expect(
            plan.drift.map { item in
                (["\(item.form.rawValue)", "\(item.kind)/\(item.name)"] + item.fields.map(\.path)).joined(
                    separator: " "
                )
            } == row.drift
        )
        #expect(plan.records.map { "\($0.remembered == nil ? "forget" : "remember") \($0.key)" } == row.records)
    }

    @Test func `a rule's slug becomes the connector's name`() {
        let connector = DesiredConnector.outbound(
            "lab",
            name: "Lab (smart host)",
            ["recipientDomains": [], "isTransportRuleScoped": true]
        )
        let rule = DesiredConnector.rule(["routeMessageOutboundConnector": "lab"])
        let plan = planned([connector, rule])
        #expect(plan.changes.last?.fields.contains { $0.after == "Lab (smart host)" } == true)
        #expect(plan.changes.last?.declared["routeMessageOutboundConnector"] == "Lab (smart host)")
    }

    @Test func `companions go along with what they have`() {
        let plain = DesiredConnector.inbound()
        let plan = planned(
            [.inbound(["tlsSenderCertificateName": "*.fabrikam.com"])],
            [plain.observed()],
            [plain.applied()]
        )
        #expect(plan.changes.first?.companions == ["requireTls": true, "restrictDomainsToCertificate": true])
    }

    @Test func `leaving DomainValidation clears the name that was never declared`() {
        let strict = DesiredConnector.outbound(["tlsSettings": "DomainValidation", "tlsDomain": "mail.fabrikam.com"])
        let plan = planned([.outbound()], [strict.observed()])
        #expect(plan.outline == ["update OutboundConnector/fabrikam git tlsSettings tlsDomain"])
        #expect(
            plan.changes.first?.fields.last == FieldChange(path: "tlsDomain", before: "mail.fabrikam.com", after: nil)
        )
        #expect(plan.guardIDs == ["approval-missing"])
    }

    @Test func `a definition that Exchange would refuse on top of what is there is held`() {
        let hybrid = DesiredConnector.outbound([
            "connectorType": "OnPremises", "useMXRecord": false, "smartHosts": ["mail.contoso.com"],
            "cloudServicesMailEnabled": true,
        ])
        let desired = DesiredConnector.outbound([
            "connectorType": "Partner", "useMXRecord": false, "smartHosts": ["mail.contoso.com"],
        ])
        #expect(planned([desired], [hybrid.observed()]).guardIDs == ["exchange-would-refuse"])
    }
}
