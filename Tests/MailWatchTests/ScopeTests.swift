import Connectors
import Foundation
import MailWatch
import Testing

/// Which mail takes a watched connector.
@Suite struct ScopeTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var before: Settings? = ["recipientDomains": ["fabrikam.com"]]
        var after: Settings? = ["recipientDomains": ["fabrikam.com"], "tlsSettings": "EncryptionOnly"]
        var others: [Settings] = []
        var rules: [Settings] = []
        var accepted: [String] = []
        var domain = "fabrikam.com"
        let membership: MailScope.Membership
    }

    static let cases: [Case] = [
        Case(testDescription: "its own domain", membership: .inside),
        Case(testDescription: "another domain", domain: "sub.fabrikam.com", membership: .outside),
        Case(
            testDescription: "a domain that left the scope",
            after: ["recipientDomains": ["other.example"]],
            membership: .inside
        ),
        Case(
            testDescription: "a domain that came into it",
            before: ["recipientDomains": ["other.example"]],
            membership: .inside
        ),
        Case(testDescription: "a connector that was deleted", after: nil, membership: .inside),
        Case(
            testDescription: "a connector that was switched off",
            after: ["recipientDomains": ["fabrikam.com"], "enabled": false],
            membership: .inside
        ),
        Case(
            testDescription: "one that was never in use",
            before: ["recipientDomains": ["fabrikam.com"], "enabled": false],
            after: ["recipientDomains": ["fabrikam.com"], "testMode": true],
            membership: .outside
        ),
        Case(
            testDescription: "the exact domain wins over a wildcard",
            others: [["recipientDomains": ["*", "*.com"]]],
            membership: .inside
        ),
        Case(
            testDescription: "another connector has the exact domain too",
            others: [["recipientDomains": ["fabrikam.com"]]],
            membership: .uncertain
        ),
        Case(
            testDescription: "another one that has it is out of use",
            others: [["recipientDomains": ["fabrikam.com"], "enabled": false]],
            membership: .inside
        ),
        Case(
            testDescription: "the longer wildcard wins",
            before: nil,
            after: ["recipientDomains": ["*.mail.fabrikam.com"]],
            others: [["recipientDomains": ["*.fabrikam.com"]]],
            domain: "a.mail.fabrikam.com",
            membership: .inside
        ),
        Case(
            testDescription: "the shorter wildcard loses",
            before: nil,
            after: ["recipientDomains": ["*.fabrikam.com"]],
            others: [["recipientDomains": ["*.mail.fabrikam.com"]]],
            domain: "a.mail.fabrikam.com",
            membership: .outside
        ),
        Case(
            testDescription: "two equal wildcards",
            before: nil,
            after: ["recipientDomains": ["*.fabrikam.com"]],
            others: [["recipientDomains": ["*.fabrikam.com"]]],
            domain: "a.fabrikam.com",
            membership: .uncertain
        ),
        Case(
            testDescription: "every domain that no closer connector has",
            before: nil,
            after: ["recipientDomains": ["*"]],
            others: [["recipientDomains": ["contoso.com"]]],
            membership: .inside
        ),
        Case(
            testDescription: "a domain that a closer connector has",
            before: nil,
            after: ["recipientDomains": ["*"]],
            others: [["recipientDomains": ["fabrikam.com"]]],
            membership: .outside
        ),
        Case(
            testDescription: "a wildcard against all accepted domains",
            before: nil,
            after: ["recipientDomains": ["*.com"]],
            others: [["allAcceptedDomains": true]],
            accepted: ["fabrikam.com"],
            membership: .uncertain
        ),
        Case(testDescription: "a domain of the tenant itself", accepted: ["fabrikam.com"], membership: .textsOnly),
        Case(
            testDescription: "all accepted domains",
            before: nil,
            after: ["allAcceptedDomains": true],
            accepted: ["fabrikam.com"],
            membership: .textsOnly
        ),
        Case(
            testDescription: "a cost behind the domain",
            after: ["recipientDomains": ["fabrikam.com;5"]],
            membership: .inside
        ),
        Case(
            testDescription: "a rule's domain",
            before: ["isTransportRuleScoped": true],
            after: ["isTransportRuleScoped": true, "tlsSettings": "EncryptionOnly"],
            rules: [
                [
                    "routeMessageOutboundConnector": "Fabrikam", "recipientDomainIs": ["fabrikam.com"],
                    "sentToScope": "NotInOrganization",
                ]
            ],
            domain: "sub.fabrikam.com",
            membership: .inside
        ),
        Case(
            testDescription: "a rule that is switched off",
            before: ["isTransportRuleScoped": true],
            after: ["isTransportRuleScoped": true],
            rules: [
                [
                    "routeMessageOutboundConnector": "fabrikam", "recipientDomainIs": ["fabrikam.com"],
                    "enabled": false,
                ]
            ],
            membership: .outside
        ),
        Case(
            testDescription: "a rule leads the domain to another connector",
            others: [["isTransportRuleScoped": true]],
            rules: [["routeMessageOutboundConnector": "other0", "recipientDomainIs": ["fabrikam.com"]]],
            membership: .outside
        ),
    ]

    @Test(arguments: cases)
    func `mail to a domain`(_ example: Case) throws {
        let scope = scope(example)
        #expect(scope.isTraceable)
        #expect(scope.membership(of: try #require(DomainName(example.domain))) == example.membership)
    }

    @Test(
        arguments: [
            ["fromScope": "InOrganization"], ["sentToScope": "ExternalPartner"], ["recipientDomainIs": []],
        ] as [Settings]
    )
    func `a rule with other conditions makes the scope untraceable`(_ condition: Settings) {
        let rule: Settings = ["routeMessageOutboundConnector": "fabrikam", "recipientDomainIs": ["fabrikam.com"]]
        let scoped: Settings = ["isTransportRuleScoped": true]
        let scope = scope(
            Case(
                testDescription: "",
                before: scoped,
                after: scoped,
                rules: [rule.merging(condition) { $1 }],
                membership: .outside
            )
        )
        #expect(!scope.isTraceable)
    }

    @Test func `a watch whose scope cannot be traced ends so`() {
        let change = WatchedChange(
            connector: .fixture(
                before: ["isTransportRuleScoped": true],
                after: [
                    "isTransportRuleScoped": true, "tlsSettings": "EncryptionOnly",
                ]
            )
        )
        let rule = ObservedConnector(
            kind: .transportRule,
            guid: "r",
            displayName: "r",
            settings: ["routeMessageOutboundConnector": "fabrikam-forced-tls"],
            unmanagedParts: ["SubjectContains"]
        )
        let watch = Watch.fixture(change: change)
        var world = World(
            mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) },
            for: [watch],
            otherConnectors: [rule]
        )
        let ended = world.run(watch)
        #expect((ended.state, ended.reason) == (.notJudged, .scopeNotTraceable))
    }

    @Test(arguments: [("Other", 5), ("fabrikam-forced-tls", 0), ("Former name", 0)])
    func `a message that took another connector, as its events say, is not counted`(
        _ connector: String,
        _ elsewhere: Int
    ) {
        var object = WatchedChange.Object.fixture()
        // Events from before a rename have the name of then.
        object.formerName = "Former Name"
        var watch = Watch.fixture(change: WatchedChange(connector: object))
        var world = World(mail(5, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
        let data = """
            <root><MEP Name="CustomData" \
            Blob="S:Microsoft.Exchange.Hygiene.TenantOutboundConnectorCustomData=Name=\(connector);" /></root>
            """
        for number in 0..<60 where watch.state.isReading {
            var round = WatchRound([watch], MailRouting(world.tenant), at: minutes(Double(number) * 5), newRun: { "b" })
            while !round.isFinished {
                var answers: [WatchAsk: WatchAnswer] = [:]
                for ask in round.asks {
                    var answer = world.answer(ask, minutes(Double(number) * 5))
                    if case .detail(.events(var details)) = answer {
                        for place in details.indices { details[place].data = data }
                        answer = .detail(.events(details))
                    }
                    answers[ask] = answer
                }
                round.take(answers)
            }
            watch = round.watches[0]
        }
        #expect(watch.counters[.otherConnector] == elsewhere)
        #expect(watch.counters.bad == (elsewhere == 0 ? 4 : 0))
    }

    @Test(arguments: [false, true])
    func `of a domain that came into the scope the gate judges what led its mail before`(_ hadConnector: Bool) {
        let relay: Settings = [
            "recipientDomains": ["*"], "useMXRecord": false, "smartHosts": ["relay.northwind.example"],
        ]
        let other = ObservedConnector(kind: .outboundConnector, guid: "relay", displayName: "relay", settings: relay)
        let object = WatchedChange.Object.fixture(
            before: ["recipientDomains": ["other.example"], "useMXRecord": false, "smartHosts": ["mx.other.example"]],
            after: ["recipientDomains": ["fabrikam.com"], "useMXRecord": false, "smartHosts": ["dead.fabrikam.com"]]
        )
        let watch = Watch.fixture(change: WatchedChange(connector: object))
        var world = World(
            mail(3, every: 10, from: 31) { _ in .bad(Reason.timeout()) },
            for: [watch],
            otherConnectors: hadConnector ? [other] : []
        )
        _ = world.run(watch, until: minutes(60))
        let judged = Set(world.gateQuestions.filter { $0.image == .before }.map(\.settings))
        // Without a connector it went by MX.
        let expected: Set<Settings?> = [hadConnector ? relay : nil]
        #expect(judged == expected)
    }

    private func scope(_ example: Case) -> MailScope {
        let object = WatchedChange.Object(
            key: ConnectorKey(kind: .outboundConnector, name: "fabrikam"),
            guid: "own",
            displayName: "Fabrikam",
            before: example.before,
            after: example.after
        )
        var connectors = example.others.enumerated().map { number, settings in
            ObservedConnector(
                kind: .outboundConnector,
                guid: "o\(number)",
                displayName: "Other\(number)",
                settings: settings
            )
        }
        if let after = example.after {
            connectors.append(
                ObservedConnector(kind: .outboundConnector, guid: "own", displayName: "Fabrikam", settings: after)
            )
        }
        connectors += example.rules.enumerated().map { number, settings in
            ObservedConnector(kind: .transportRule, guid: "r\(number)", displayName: "r\(number)", settings: settings)
        }
        let tenant = ObservedTenant(connectors: connectors, acceptedDomains: example.accepted, readAt: applied)
        return MailScope(WatchedChange(connector: object), MailRouting(tenant))
    }
}
