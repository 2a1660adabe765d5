import Connectors

/// A transport rule that demands TLS, or leads mail into a connector that does, is part of forced TLS.
extension RiskRules {
    mutating func judgeRule() {
        let wasActive = Self.acts(before)
        let isActive = Self.acts(after)
        guard wasActive, let before else {
            if isActive, let after, after.words("recipientDomainIs").isEmpty, after.word("sentToScope") == nil,
                after.word("fromScope") == nil
            {
                add("rule-matches-everything", .medium, "All mail of the tenant will match, internal mail too.")
            }
            return
        }
        let mail = Phrase.mail(matching: before)
        guard isActive, let after else {
            judgeEnd(mail, demandsTLS: before.isOn("routeMessageOutboundRequireTls"))
            return
        }
        if turnsOff("routeMessageOutboundRequireTls") {
            add("rule-tls-removed", .high, "\(mail) will no longer be refused when the server offers no TLS.")
        }
        judgeRouteChange(from: before, to: after, mail: mail)
        judgeConditions(from: before, to: after)
        if before.word("ruleErrorAction") == "Defer" && after.word("ruleErrorAction") != "Defer" {
            add("rule-errors-ignored", .high, "Mail will be sent without the rule when the rule cannot be evaluated.")
        }
        if turnsOn("stopRuleProcessing") {
            add("rule-stops-others", .medium, "Later rules will no longer see \(mail.lowercasedFirst).")
        }
        if before["priority"] != after["priority"] {
            add("rule-order-changed", .medium, "The rule moves in the order of rules, and others may act before it.")
        }
    }

    private static func acts(_ settings: NormalSettings?) -> Bool {
        guard let settings else { return false }
        return settings.isOn("enabled") && (settings.word("mode") ?? "Enforce") == "Enforce"
    }

    private mutating func judgeEnd(_ mail: String, demandsTLS: Bool) {
        let id = after == nil ? "rule-deleted" : "rule-disabled"
        let what =
            demandsTLS ? "will no longer be refused when the server offers no TLS" : "will take its usual route again"
        add(id, .high, "\(mail) \(what).")
    }

    private mutating func judgeRouteChange(from before: NormalSettings, to after: NormalSettings, mail: String) {
        let then = before.routeName
        let now = after.routeName
        guard before["routeMessageOutboundConnector"] != after["routeMessageOutboundConnector"] else { return }
        switch (then, now) {
        case (let then?, nil):
            add("rule-route-removed", .high, "\(mail) will no longer take the connector \(then.escapingControls).")
        case (let then?, let now?):
            add(
                "rule-route-changed",
                .high,
                "\(mail) will take the connector \(now.escapingControls) instead of \(then.escapingControls)."
            )
        case (nil, let now?):
            add("rule-route-added", .medium, "\(mail) will take the connector \(now.escapingControls).")
        case (nil, nil): break
        }
    }

    private mutating func judgeConditions(from before: NormalSettings, to after: NormalSettings) {
        let then = before.words("recipientDomainIs")
        let now = after.words("recipientDomainIs")
        // A rule's domain stands for all domains below it too.
        let lost =
            now.isEmpty ? [] : then.filter { domain in !now.contains { domain == $0 || domain.hasSuffix(".\($0)") } }
        if then.isEmpty && !now.isEmpty {
            add("rule-scope-reduced", .high, "Only mail to \(Phrase.list(now)) will match the rule.")
        } else if !lost.isEmpty {
            add("rule-scope-reduced", .high, "Mail to \(Phrase.list(lost)) will no longer match the rule.")
        } else if then != now {
            let more = now.isEmpty ? "any domain" : Phrase.list(added("recipientDomainIs"))
            add("rule-scope-widened", .medium, "Mail to \(more) will match the rule too.")
        }
        for field in ["fromScope", "sentToScope"] where before[field] != after[field] {
            if after[field].isNothing {
                add("rule-scope-widened", .medium, "The rule will no longer ask for \(field) \(before[field]).")
            } else {
                add("rule-scope-reduced", .high, "Only mail with \(field) \(after[field]) will match the rule.")
            }
        }
    }
}
