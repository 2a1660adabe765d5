import Connectors
import Planning
import TestSupport
import Testing

/// Risks and effects, in the words that people read.
struct RiskTests {
    struct Case: Sendable {
        var what: String
        var before: DesiredConnector?
        var after: DesiredConnector?
        var others: [DesiredConnector] = []
    }

    private static let out = DesiredConnector.outbound([
        "tlsSettings": "DomainValidation", "tlsDomain": "mail.fabrikam.com",
    ])
    private static func out(_ settings: Settings) -> DesiredConnector {
        var copy = out
        copy.settings.merge(settings) { _, new in new }
        return copy
    }
    private static let partner = DesiredConnector.inbound()
    private static func partner(_ settings: Settings) -> DesiredConnector { .inbound(settings) }
    private static let byAddress: Settings = [
        "restrictDomainsToCertificate": false, "tlsSenderCertificateName": .none, "restrictDomainsToIPAddresses": true,
        "senderIPAddresses": ["192.0.2.0/25"],
    ]
    private static func own(_ settings: Settings = [:]) -> DesiredConnector {
        .inbound(
            settings.merging([
                "connectorType": "OnPremises", "senderDomains": ["*"], "restrictDomainsToCertificate": false,
                "tlsSenderCertificateName": "mail.contoso.com",
            ]) { own, _ in own }
        )
    }
    private static let rule = DesiredConnector.rule()
    private static func rule(_ settings: Settings) -> DesiredConnector { .rule(settings) }
    private static let plain = DesiredConnector.outbound(["tlsSettings": .none])

    static let outbound: [Case] = [
        Case(what: "forced TLS with a name is set up", after: out),
        Case(what: "forced TLS with any certificate is set up", after: .outbound(["tlsSettings": "EncryptionOnly"])),
        Case(
            what: "a smart host is set up, without TLS",
            after: out([
                "tlsSettings": .none, "tlsDomain": .none, "useMXRecord": false,
                "smartHosts": ["filter.example", "198.51.100.7"],
            ])
        ),
        Case(what: "a connector is set up that is not in use", after: out(["enabled": false])),
        Case(what: "the name check goes", before: out, after: .outbound()),
        Case(
            what: "the certificate check goes",
            before: .outbound(),
            after: .outbound(["tlsSettings": "EncryptionOnly"])
        ),
        Case(what: "TLS is no longer forced", before: .outbound(["tlsSettings": "EncryptionOnly"]), after: plain),
        Case(what: "the level rises", before: .outbound(["tlsSettings": "EncryptionOnly"]), after: out),
        Case(what: "the name becomes a wildcard", before: out, after: out(["tlsDomain": "*.fabrikam.com"])),
        Case(what: "the name becomes another's wildcard", before: out, after: out(["tlsDomain": "*.tailspintoys.com"])),
        Case(what: "the name changes", before: out, after: out(["tlsDomain": "mx.fabrikam.com"])),
        Case(what: "the wildcard becomes a name below it", before: out(["tlsDomain": "*.fabrikam.com"]), after: out),
        Case(what: "forced TLS is disabled", before: out, after: out(["enabled": false])),
        Case(what: "forced TLS is put into test mode", before: out, after: out(["testMode": true])),
        Case(what: "forced TLS is deleted", before: out),
        Case(
            what: "a route without TLS is deleted",
            before: out([
                "tlsSettings": .none, "tlsDomain": .none, "useMXRecord": false, "smartHosts": ["filter.example"],
            ])
        ),
        Case(what: "a connector that is not in use is deleted", before: out(["enabled": false])),
        Case(
            what: "a domain leaves",
            before: .outbound(["recipientDomains": ["fabrikam.com", "*.fabrikam.com"]]),
            after: .outbound()
        ),
        Case(
            what: "a domain joins",
            before: .outbound(),
            after: .outbound(["recipientDomains": ["fabrikam.com", "*.fabrikam.com"]])
        ),
        Case(what: "every domain joins", before: .outbound(), after: .outbound(["recipientDomains": ["*"]])),
        Case(
            what: "only rules lead there",
            before: .outbound(),
            after: .outbound(["recipientDomains": [], "isTransportRuleScoped": true])
        ),
        Case(
            what: "smart hosts instead of MX",
            before: .outbound(),
            after: .outbound(["useMXRecord": false, "smartHosts": ["filter.example"]])
        ),
        Case(
            what: "another smart host",
            before: .outbound(["useMXRecord": false, "smartHosts": ["filter.example"]]),
            after: .outbound(["useMXRecord": false, "smartHosts": ["filter2.example"]])
        ),
        Case(what: "MTA-STS is switched off", before: .outbound(), after: .outbound(["mtaStsMode": "None"])),
        Case(what: "DANE is switched off", before: .outbound(), after: .outbound(["smtpDaneMode": "None"])),
        Case(what: "DANE is no longer demanded", before: .outbound(["smtpDaneMode": "Mandatory"]), after: .outbound()),
        Case(what: "DANE is demanded", before: .outbound(), after: .outbound(["smtpDaneMode": "Mandatory"])),
        Case(
            what: "a new connector takes mail out of another's forced TLS",
            after: plain,
            others: [.outbound("all", ["recipientDomains": ["*.com", "*"]])]
        ),
        Case(what: "a comment changes", before: out, after: out(["comment": "see MAIL-1207"])),
        Case(
            what: "hybrid routing begins",
            before: .outbound(["connectorType": "OnPremises", "useMXRecord": false, "smartHosts": ["mail.contoso.com"]]
            ),
            after: .outbound([
                "connectorType": "OnPremises", "useMXRecord": false, "smartHosts": ["mail.contoso.com"],
                "routeAllMessagesViaOnPremises": true, "cloudServicesMailEnabled": true,
            ])
        ),
    ]

    static let inbound: [Case] = [
        Case(what: "forced TLS with a certificate is set up", after: partner),
        Case(
            what: "forced TLS without a binding is set up",
            after: partner(["restrictDomainsToCertificate": false, "tlsSenderCertificateName": .none])
        ),
        Case(what: "an address lock is set up", after: partner(byAddress)),
        Case(
            what: "TLS is no longer required",
            before: partner(byAddress),
            after: partner(byAddress.merging(["requireTls": false]) { _, new in new })
        ),
        Case(
            what: "the certificate is no longer asked for",
            before: partner,
            after: partner(["restrictDomainsToCertificate": false, "tlsSenderCertificateName": .none])
        ),
        Case(what: "addresses instead of the certificate", before: partner, after: partner(byAddress)),
        Case(
            what: "the certificate instead of addresses",
            before: partner(byAddress),
            after: partner(["restrictDomainsToIPAddresses": false, "senderIPAddresses": []])
        ),
        Case(
            what: "the address lock goes",
            before: partner(byAddress),
            after: partner(byAddress.merging(["restrictDomainsToIPAddresses": false]) { _, new in new })
        ),
        Case(
            what: "addresses join",
            before: partner(byAddress),
            after: partner(byAddress.merging(["senderIPAddresses": ["192.0.2.0/24"]]) { _, new in new })
        ),
        Case(
            what: "addresses leave",
            before: partner(byAddress),
            after: partner(byAddress.merging(["senderIPAddresses": ["192.0.2.1"]]) { _, new in new })
        ),
        Case(
            what: "the certificate name becomes a wildcard",
            before: partner,
            after: partner(["tlsSenderCertificateName": "*.fabrikam.com"])
        ),
        Case(
            what: "the certificate name changes",
            before: partner,
            after: partner(["tlsSenderCertificateName": "mx.fabrikam.com"])
        ),
        Case(
            what: "a sender domain joins",
            before: partner,
            after: partner(["senderDomains": ["fabrikam.com", "fabrikam.de"]])
        ),
        Case(
            what: "a sender domain leaves",
            before: partner(["senderDomains": ["fabrikam.com", "fabrikam.de"]]),
            after: partner
        ),
        Case(what: "every sender joins", before: partner, after: partner(["senderDomains": ["*"]])),
        Case(what: "the partner's connector is disabled", before: partner, after: partner(["enabled": false])),
        Case(what: "the partner's connector is deleted", before: partner),
        Case(what: "trust in own servers is set up", after: own()),
        Case(what: "a partner becomes own servers", before: partner, after: own()),
        Case(
            what: "own servers are recognised by more addresses",
            before: own(["tlsSenderCertificateName": .none, "senderIPAddresses": ["192.0.2.1"]]),
            after: own(["tlsSenderCertificateName": .none, "senderIPAddresses": ["192.0.2.1", "192.0.2.2"]])
        ),
        Case(
            what: "own servers are recognised by another certificate",
            before: own(),
            after: own(["tlsSenderCertificateName": "*.contoso.com"])
        ),
        Case(what: "own servers count as inside", before: own(), after: own(["treatMessagesAsInternal": true])),
        Case(what: "hybrid headers are believed", before: own(), after: own(["cloudServicesMailEnabled": true])),
        Case(what: "trust in own servers ends", before: own()),
        Case(
            what: "another organization is trusted",
            before: partner,
            after: partner(["trustedOrganizations": ["northwind"]])
        ),
        Case(what: "filters look behind a server", before: partner, after: partner(["efSkipIPs": ["192.0.2.1"]])),
    ]

    static let rules: [Case] = [
        Case(what: "TLS is demanded", after: rule),
        Case(
            what: "mail is led into a connector",
            after: rule(["routeMessageOutboundConnector": "Lab", "routeMessageOutboundRequireTls": false])
        ),
        Case(
            what: "all mail is led into a connector",
            after: rule(["routeMessageOutboundConnector": "Lab", "recipientDomainIs": []])
        ),
        Case(
            what: "TLS is no longer demanded",
            before: rule(["routeMessageOutboundConnector": "Lab"]),
            after: rule(["routeMessageOutboundConnector": "Lab", "routeMessageOutboundRequireTls": false])
        ),
        Case(what: "the rule is disabled", before: rule, after: rule(["enabled": false])),
        Case(what: "the rule only audits", before: rule, after: rule(["mode": "Audit"])),
        Case(what: "the rule is deleted", before: rule),
        Case(
            what: "a domain leaves",
            before: rule(["recipientDomainIs": ["court.example", "jail.example"]]),
            after: rule
        ),
        Case(
            what: "a domain joins",
            before: rule,
            after: rule(["recipientDomainIs": ["court.example", "jail.example"]])
        ),
        Case(what: "only outside recipients", before: rule, after: rule(["sentToScope": "NotInOrganization"])),
        Case(
            what: "another connector",
            before: rule(["routeMessageOutboundConnector": "Lab"]),
            after: rule(["routeMessageOutboundConnector": "Other"])
        ),
        Case(what: "no connector", before: rule(["routeMessageOutboundConnector": "Lab"]), after: rule),
        Case(
            what: "errors are ignored",
            before: rule(["ruleErrorAction": "Defer"]),
            after: rule(["ruleErrorAction": "Ignore"])
        ),
        Case(
            what: "no later rules, and another place",
            before: rule(["priority": 3]),
            after: rule(["stopRuleProcessing": true, "priority": 0])
        ),
    ]

    @Test(arguments: [("outbound", outbound), ("inbound", inbound), ("rules", rules)])
    func `risks and effects read as an operator expects`(_ name: String, _ cases: [Case]) throws {
        var text = ""
        for row in cases {
            text += "\(row.what)\n"
            for change in Self.changes(row) {
                for risk in change.risks { text += "  \(risk.level) \(risk.id): \(risk.message)\n" }
                for sentence in change.effect { text += "  > \(sentence)\n" }
            }
        }
        try expectGolden(text, "risks-\(name).txt")
    }

    private static func changes(_ row: Case) -> [Change] {
        let filler = DesiredConnector.outbound("filler", ["recipientDomains": ["filler.example"]])
        return planned(
            [filler] + row.others + [row.after].compactMap { $0 },
            ([filler] + row.others + [row.before].compactMap { $0 }).map { $0.observed() },
            ([filler] + row.others + [row.before].compactMap { $0 }).map { $0.applied() },
            policy: TenantPolicy(prune: .delete)
        ).changes
    }

    @Test(arguments: [false, true])
    func `forced TLS that the same commit sets up or raises can be bypassed, too`(isThere: Bool) {
        func connector(_ slug: String, _ domain: String, _ level: FieldValue) -> DesiredConnector {
            .outbound(slug, ["recipientDomains": .list([domain]), "tlsSettings": level])
        }
        let before = isThere ? [connector("wide", "*.fabrikam.com", .none)] : []
        let wide = connector("wide", "*.fabrikam.com", "CertificateValidation")
        let narrow = connector("narrow", "mx.fabrikam.com", .none)
        let plan = planned([wide, narrow], before.map { $0.observed() }, before.map { $0.applied() })
        #expect(plan.changes.count == 2)
        let risks = plan.changes.first { $0.name == "narrow" }?.risks ?? []
        #expect(risks.contains { $0.id == "forced-tls-bypassed" && $0.level == .high }, "\(risks)")
    }

    @Test func `forced TLS to which transport rules no longer lead is reduced`() {
        let scoped = DesiredConnector.outbound(["recipientDomains": [], "isTransportRuleScoped": true])
        let risks = Self.changes(Case(what: "", before: scoped, after: .outbound())).first?.risks ?? []
        #expect(risks.contains { $0.id == "scope-reduced" && $0.level == .high }, "\(risks)")
    }

    @Test(arguments: [
        ([], true), (["contoso.com", "contoso.de"], true), (["contoso.de"], true), (["contoso.com"], false),
    ])
    func `a connector that comes to apply to more accepted domains trusts more`(_ domains: [String], _ isRisk: Bool) {
        let before = Self.own(["associatedAcceptedDomains": ["contoso.com"]])
        let after = Self.own(["associatedAcceptedDomains": .list(domains), "comment": "changed"])
        let change = Self.changes(Case(what: "", before: before, after: after)).first
        #expect(change?.fields.map(\.path).contains("comment") == true)
        let ids = change?.risks.filter { $0.level == .high }.map(\.id)
        #expect(ids == (isRisk ? ["associated-domains-widened"] : []))
    }

    @Test func `a hostile text is written out, not printed`() {
        let change = planned([.outbound(name: "evil\u{1B}[2J", ["recipientDomains": ["a\u{202E}b.example"]])]).changes[
            0
        ]
        #expect(change.effect.joined().unicodeScalars.contains { $0.properties.generalCategory == .control } == false)
    }
}
