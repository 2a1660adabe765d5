extension ExchangeRules {
    static func rule(_ settings: Settings) -> [Violation] {
        guard settings.word("routeMessageOutboundConnector") == nil,
            !settings.flag("routeMessageOutboundRequireTls")
        else { return condition(settings) }
        return [
            Violation(
                "rule-without-route",
                field: nil,
                "the rule neither leads mail to a connector nor demands TLS; other rules are not managed here",
                remedy: "Set routeMessageOutboundConnector, or routeMessageOutboundRequireTls: true."
            )
        ] + condition(settings)
    }

    private static func condition(_ settings: Settings) -> [Violation] {
        guard settings.words("recipientDomainIs").isEmpty, settings.word("sentToScope") == nil,
            settings.word("fromScope") == nil
        else { return [] }
        return [
            Violation(
                "rule-matches-everything",
                severity: .warning,
                field: nil,
                "the rule has no condition, so it takes every message of the tenant, internal ones too",
                remedy: "Give recipientDomainIs, or at least sentToScope: NotInOrganization."
            )
        ]
    }
}
