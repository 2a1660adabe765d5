extension Field {
    /// The parameters of a rule that leads mail into a connector or demands TLS.
    ///
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule.
    static let transportRule: [Field] = [
        Field("enabled", "Enabled", .boolean, default: true, "Whether the rule is in use."),
        Field(
            "routeMessageOutboundConnector",
            "RouteMessageOutboundConnector",
            .single(.connectorReference),
            default: .none,
            "The outbound connector that matching mail takes: its slug in this repository, or its name in the tenant."
        ),
        Field(
            "routeMessageOutboundRequireTls",
            "RouteMessageOutboundRequireTls",
            .boolean,
            default: false,
            "Demand TLS for matching mail, with any certificate."
        ),
        Field(
            "recipientDomainIs",
            "RecipientDomainIs",
            .set(.domainName),
            default: [],
            "Matches mail to these domains and to all below them."
        ),
        Field(
            "fromScope",
            "FromScope",
            .choice(["InOrganization", "NotInOrganization"], allowsNone: true),
            default: .none,
            "Matches mail by where its sender is."
        ),
        Field(
            "sentToScope",
            "SentToScope",
            .choice(
                ["InOrganization", "NotInOrganization", "ExternalPartner", "ExternalNonPartner"],
                allowsNone: true
            ),
            default: .none,
            "Matches mail by where its recipient is."
        ),
        Field(
            "mode",
            "Mode",
            .choice(["Enforce", "Audit", "AuditAndNotify"], allowsNone: false),
            default: "Enforce",
            "Enforce acts; the other modes only log what the rule would have done."
        ),
        Field(
            "priority",
            "Priority",
            .integer(0...1_000_000),
            default: .none,
            "The rule's place in the order, from 0; new rules come last."
        ),
        Field(
            "stopRuleProcessing",
            "StopRuleProcessing",
            .boolean,
            default: false,
            "Apply no later rule to matching mail."
        ),
        Field(
            "ruleErrorAction",
            "RuleErrorAction",
            .choice(["Ignore", "Defer"], allowsNone: false),
            default: "Ignore",
            "What happens to mail when the rule cannot be evaluated."
        ),
        Field("comments", "Comments", .single(.text(maximumLength: 1024)), default: "", "A note for administrators."),
    ]

    static let reservedRule: [String: String] = [
        "state": "a rule is switched on and off with `enabled`"
    ]
}
