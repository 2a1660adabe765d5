import Connectors

extension Effects {
    mutating func describeOutbound() {
        let old = OutboundPosture(before)
        let new = OutboundPosture(after)
        switch (old.isInUse, new.isInUse) {
        case (false, false):
            if after != nil && before == nil { say("Nothing changes for mail: the connector is not in use.") }
        case (true, false): describeOutboundEnd(old)
        case (false, true): describeOutboundStart(new)
        case (true, true): describeOutboundUpdate(old, new)
        }
    }

    private mutating func describeOutboundStart(_ new: OutboundPosture) {
        guard let after else { return }
        let mail = Phrase.mail(to: after)
        switch new.level {
        case .opportunistic:
            say("\(mail) will take this connector, encrypted only where the server offers TLS.")
        case .encryptionOnly:
            say(
                "\(mail) will be sent only over TLS, with any certificate; otherwise it waits and is returned after a day."
            )
        case .certificateValidation:
            say(
                "\(mail) will be sent only over TLS to a server with a trusted certificate; otherwise it waits and is returned after a day."
            )
        case .domainValidation:
            say(
                "\(mail) will be sent only over TLS to a server with a trusted certificate for \((new.name ?? "").escapingControls); otherwise it waits and is returned after a day."
            )
        }
        if !after.isOn("useMXRecord") { say("It goes to \(Phrase.route(of: after)).") }
        if after.isOn("routeAllMessagesViaOnPremises") { say("All outgoing mail will pass through these servers.") }
    }

    private mutating func describeOutboundEnd(_ old: OutboundPosture) {
        guard let before else { return }
        let mail = Phrase.mail(to: before)
        if old.isForced {
            say("\(mail) will no longer be refused when the server offers no TLS: it is then sent in clear.")
        } else if old.demandsDANE {
            say("\(mail) will no longer be refused where the partner has no valid DANE records.")
        } else {
            say("\(mail) will no longer take this connector.")
        }
        if !before.isOn("useMXRecord") { say("It no longer goes to \(Phrase.route(of: before)).") }
    }

    private mutating func describeOutboundUpdate(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let before, let after else { return }
        let mail = Phrase.mail(to: after)
        describeLevel(old, new, mail)
        describeOutboundScope(before, after, new)
        if before.words("smartHosts") != after.words("smartHosts") || before["useMXRecord"] != after["useMXRecord"] {
            say("\(mail) will go to \(Phrase.route(of: after)) instead of \(Phrase.route(of: before)).")
        }
        if before["mtaStsMode"] != after["mtaStsMode"] {
            say(
                after.word("mtaStsMode") == "None"
                    ? "\(mail) will no longer be held back by the partner's MTA-STS policy."
                    : "\(mail) will be held back where the partner's MTA-STS policy forbids the server."
            )
        }
        if before["smtpDaneMode"] != after["smtpDaneMode"] {
            switch after.word("smtpDaneMode") {
            case "None": say("\(mail) will no longer be held back by the partner's DANE records.")
            case "Mandatory": say("\(mail) will be refused where the partner has no valid DANE records.")
            default: say("\(mail) will be held back only where the partner's DANE records forbid the server.")
            }
        }
        if turnsOn("routeAllMessagesViaOnPremises") { say("All outgoing mail will pass through these servers.") }
        if turnsOff("routeAllMessagesViaOnPremises") {
            say("Outgoing mail will no longer pass through these servers, except for the domains named here.")
        }
        if turnsOn("cloudServicesMailEnabled") { say("Internal headers will be sent along.") }
        if turnsOff("cloudServicesMailEnabled") { say("Internal headers will no longer be sent along.") }
        if turnsOn("senderRewritingEnabled") { say("The senders of forwarded mail will be rewritten.") }
        if turnsOff("senderRewritingEnabled") { say("The senders of forwarded mail will no longer be rewritten.") }
        if before["connectorType"] != after["connectorType"] {
            let whose = after.word("connectorType") == "OnPremises" ? "your own servers" : "a partner's servers"
            say("The connector will lead to \(whose).")
        }
    }

    private mutating func describeLevel(_ old: OutboundPosture, _ new: OutboundPosture, _ mail: String) {
        if new.level < old.level {
            let formerName = (old.name ?? "").escapingControls
            switch new.level {
            case .certificateValidation:
                say(
                    "\(mail) will no longer be refused when the server's certificate does not carry the name \(formerName)."
                )
            case .encryptionOnly:
                say("\(mail) will no longer be refused when the server's certificate is not trusted.")
            default: say("\(mail) will no longer be refused when the server offers no TLS: it is then sent in clear.")
            }
        } else if new.level > old.level {
            switch new.level {
            case .domainValidation:
                say(
                    "\(mail) will be refused when the server has no trusted certificate for \((new.name ?? "").escapingControls)."
                )
            case .certificateValidation: say("\(mail) will be refused when the server's certificate is not trusted.")
            default: say("\(mail) will be refused when the server offers no TLS.")
            }
        } else if let former = old.name, let name = new.name, former != name {
            say(
                "\(mail) will be refused when the server's certificate does not carry the name \(name.escapingControls), instead of \(former.escapingControls)."
            )
        }
    }

    private mutating func describeOutboundScope(
        _ before: NormalSettings,
        _ after: NormalSettings,
        _ new: OutboundPosture
    ) {
        if turnsOn("isTransportRuleScoped") {
            say(
                "Only mail that a transport rule leads here will take this connector; mail to \(Phrase.domains(before.words("recipientDomains"))) no longer does by itself."
            )
            return
        }
        if turnsOff("isTransportRuleScoped") {
            say("\(Phrase.mail(to: after)) will take this connector, and no longer what transport rules lead here.")
            return
        }
        let then = before.words("recipientDomains")
        let now = after.words("recipientDomains")
        let lost = DomainCover.uncovered(then, by: now)
        let gained = DomainCover.uncovered(now, by: then)
        if !lost.isEmpty { say("Mail to \(Phrase.domains(lost)) will no longer take this connector.") }
        if !gained.isEmpty {
            say("Mail to \(Phrase.domains(gained)) will take this connector, which needs \(new.demand).")
        }
        if turnsOn("allAcceptedDomains") { say("Mail to all accepted domains will take this connector.") }
        if turnsOff("allAcceptedDomains") { say("Mail to accepted domains will no longer take this connector.") }
    }
}
