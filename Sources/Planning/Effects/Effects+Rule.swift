import Connectors

extension Effects {
    mutating func describeRule() {
        switch (Self.acts(before), Self.acts(after)) {
        case (false, false):
            if after != nil && before == nil { say("Nothing changes for mail: the rule does not act.") }
        case (false, true): if let after { describeRuleStart(after) }
        case (true, false): if let before { describeRuleEnd(before) }
        case (true, true): describeRuleUpdate()
        }
    }

    private static func acts(_ settings: NormalSettings?) -> Bool {
        guard let settings else { return false }
        return settings.isOn("enabled") && (settings.word("mode") ?? "Enforce") == "Enforce"
    }

    private mutating func describeRuleStart(_ after: NormalSettings) {
        let mail = Phrase.mail(matching: after)
        if let connector = after.routeName {
            say("\(mail) will take the connector \(connector.escapingControls).")
        }
        if after.isOn("routeMessageOutboundRequireTls") {
            say("\(mail) will be sent only over TLS, with any certificate.")
        }
    }

    private mutating func describeRuleEnd(_ before: NormalSettings) {
        let mail = Phrase.mail(matching: before)
        if let connector = before.routeName {
            say("\(mail) will no longer take the connector \(connector.escapingControls).")
        }
        if before.isOn("routeMessageOutboundRequireTls") {
            say("\(mail) will no longer be refused when the server offers no TLS.")
        }
    }

    private mutating func describeRuleUpdate() {
        guard let before, let after else { return }
        let mail = Phrase.mail(matching: after)
        let conditions = ["recipientDomainIs", "fromScope", "sentToScope"]
        if conditions.contains(where: { before[$0] != after[$0] }) {
            say(
                "The rule will match \(mail.lowercasedFirst), instead of \(Phrase.mail(matching: before).lowercasedFirst)."
            )
        }
        let then = before.routeName
        let now = after.routeName
        if before["routeMessageOutboundConnector"] != after["routeMessageOutboundConnector"] {
            switch (then, now) {
            case (let then?, let now?):
                say("\(mail) will take the connector \(now.escapingControls) instead of \(then.escapingControls).")
            case (nil, let now?): say("\(mail) will take the connector \(now.escapingControls).")
            case (let then?, nil): say("\(mail) will no longer take the connector \(then.escapingControls).")
            case (nil, nil): break
            }
        }
        if turnsOn("routeMessageOutboundRequireTls") {
            say("\(mail) will be sent only over TLS, with any certificate.")
        }
        if turnsOff("routeMessageOutboundRequireTls") {
            say("\(mail) will no longer be refused when the server offers no TLS.")
        }
        if before["ruleErrorAction"] != after["ruleErrorAction"] {
            say(
                after.word("ruleErrorAction") == "Defer"
                    ? "Mail will wait when the rule cannot be evaluated."
                    : "Mail will be sent without the rule when the rule cannot be evaluated."
            )
        }
        if turnsOn("stopRuleProcessing") { say("Later rules will no longer see this mail.") }
        if turnsOff("stopRuleProcessing") { say("Later rules will see this mail again.") }
        if before["priority"] != after["priority"] { say("The rule moves in the order of rules.") }
    }
}
