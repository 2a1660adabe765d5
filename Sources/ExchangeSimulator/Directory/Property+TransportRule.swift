extension Property {
    private static let scopes = ["InOrganization", "NotInOrganization"]

    /// Section 6, and a few conditions more, so that rules of other administrators have something to say.
    ///
    /// `Enabled` is a parameter of New- only; the row has `State` instead.
    static let transportRule: [Property] =
        [
            Property("Enabled", .flag, .bool(true), isOnSet: false),
            Property("RouteMessageOutboundConnector", .text(maximum: 256)),
            Property("RouteMessageOutboundRequireTls", .flag, off),
            Property(
                "Mode",
                .choice(["Audit", "AuditAndNotify", "Enforce"], type: "RuleMode", allowsNull: false),
                .string("Enforce")
            ),
            Property("Priority", .integer),
            Property("StopRuleProcessing", .flag, off),
            Property(
                "RuleErrorAction",
                .choice(["Ignore", "Defer"], type: "RuleErrorAction", allowsNull: false),
                .string("Ignore")
            ),
            Property("Comments", .text(maximum: 1024)),
            Property("FromScope", .choice(scopes, type: "FromUserScope", allowsNull: true)),
            Property(
                "SentToScope",
                .choice(scopes + ["ExternalPartner", "ExternalNonPartner"], type: "ToUserScope", allowsNull: true)
            ),
        ]
        + (conditionLists + exceptionLists).map {
            Property($0, .list($0.hasSuffix("DomainIs") ? .domain : .text), none)
        }
        + [Property("SetHeaderName", .text(maximum: 256)), Property("SetHeaderValue", .text(maximum: 256))]

    static let conditionLists = [
        "RecipientDomainIs", "SenderDomainIs", "From", "SentTo", "SubjectContainsWords", "SubjectOrBodyContainsWords",
    ]
    static let exceptionLists = ["ExceptIfRecipientDomainIs", "ExceptIfSenderDomainIs", "ExceptIfFrom"]
}
