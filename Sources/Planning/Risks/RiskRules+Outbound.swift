import Connectors

/// Forced TLS is only as good as its level, the name that is checked, and the mail that takes the connector.
extension RiskRules {
    mutating func judgeOutbound() {
        let old = OutboundPosture(before)
        let new = OutboundPosture(after)
        judgeEnd(old, new)
        judgeLevel(old, new)
        judgeName(old, new)
        judgeScope(old, new)
        judgePolicies(old, new)
        judgeBypass(new)
        judgeRoute(old, new)
        judgeHybrid(new)
    }

    private mutating func judgeEnd(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let before, old.isInUse, !new.isInUse else { return }
        let mail = Phrase.mail(to: before)
        if old.protects {
            let id = after == nil ? "forced-tls-deleted" : "forced-tls-disabled"
            add(id, .high, "\(mail) needs \(old.demand), and will be sent in clear where the server offers no TLS.")
        } else {
            let id = after == nil ? "route-deleted" : "route-disabled"
            add(id, .medium, "\(mail) will no longer take this connector, but whatever route Exchange then finds.")
        }
    }

    private mutating func judgeLevel(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let before, old.isInUse, new.isInUse, new.level < old.level else { return }
        let id = old.level == .domainValidation ? "tls-name-check-removed" : "tls-level-lowered"
        add(id, .high, "\(Phrase.mail(to: before)) needs \(old.demand), and will need \(new.demand).")
    }

    private mutating func judgeName(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let former = old.name, let name = new.name, former != name else { return }
        let widens = DomainCover.covers(name, former) || (name.hasPrefix("*.") && !DomainCover.covers(former, name))
        if widens {
            add(
                "tls-name-widened",
                .high,
                "A certificate for \(name.escapingControls) will do, where one for \(former.escapingControls) is needed."
            )
        } else if !DomainCover.covers(former, name) {
            add(
                "tls-name-changed",
                .medium,
                "A certificate for \(name.escapingControls) is needed instead of one for \(former.escapingControls)."
            )
        }
    }

    private mutating func judgeScope(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let after, new.isInUse else { return }
        let now = after.isOn("isTransportRuleScoped") ? [] : after.words("recipientDomains")
        if let before, old.isInUse {
            let then = before.isOn("isTransportRuleScoped") ? [] : before.words("recipientDomains")
            var lost = DomainCover.uncovered(then, by: now)
            if turnsOff("allAcceptedDomains") { lost.append("all accepted domains") }
            if turnsOff("isTransportRuleScoped") { lost.append("whatever transport rules lead here") }
            if !lost.isEmpty {
                let mail = "Mail to \(Phrase.domains(lost)) will no longer take this connector"
                add(
                    "scope-reduced",
                    old.protects ? .high : .medium,
                    old.protects ? "\(mail), which demands \(old.demand)." : "\(mail)."
                )
            }
        }
        let then = before?.isOn("isTransportRuleScoped") == true ? [] : before?.words("recipientDomains") ?? []
        if now.contains("*") && !(then.contains("*") && old.isInUse) {
            add("recipient-domains-everything", .high, "Mail to every domain will take this connector.")
        } else if before != nil, old.isInUse {
            let gained = DomainCover.uncovered(now, by: then)
            if !gained.isEmpty {
                add(
                    "recipient-domains-widened",
                    .medium,
                    "Mail to \(Phrase.domains(gained)) will take this connector too."
                )
            }
        }
    }

    /// Exchange obeys a partner's MTA-STS policy and DANE records unless a connector says otherwise.
    private mutating func judgePolicies(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let after, new.isInUse else { return }
        let mail = Phrase.mail(to: after)
        let former = old.isInUse ? before : nil
        if after.word("mtaStsMode") == "None" && former?.word("mtaStsMode") != "None" {
            add("mta-sts-off", .high, "\(mail) will be sent even where the partner's MTA-STS policy forbids it.")
        }
        let dane = ["None": 0, "Opportunistic": 1, "Mandatory": 2]
        let then = dane[former?.word("smtpDaneMode") ?? "Opportunistic"] ?? 1
        let now = dane[after.word("smtpDaneMode") ?? "Opportunistic"] ?? 1
        if now < then {
            add(
                now == 0 ? "dane-off" : "dane-not-mandatory",
                .high,
                now == 0
                    ? "\(mail) will be sent even where the partner's DANE records forbid it."
                    : "\(mail) will be sent to partners without DANE records too."
            )
        }
    }

    /// A connector for fewer domains is chosen before one for more, so it can take mail out of forced TLS.
    ///
    /// Source: learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow (reference 4.3).
    private mutating func judgeBypass(_ new: OutboundPosture) {
        guard let after, new.isInUse, !after.isOn("isTransportRuleScoped") else { return }
        let old = OutboundPosture(before)
        let taken = after.words("recipientDomains")
        let former = before.map { $0.isOn("isTransportRuleScoped") ? [] : $0.words("recipientDomains") } ?? []
        let bypassed = taken.filter { domain in
            !(old.isInUse && old.level <= new.level && former.contains(domain))
                && others.contains { $0.level > new.level && $0.isWider(than: domain) }
        }
        guard let first = bypassed.first,
            let other = others.first(where: { $0.level > new.level && $0.isWider(than: first) })
        else { return }
        add(
            "forced-tls-bypassed",
            .high,
            "Mail to \(Phrase.domains(bypassed)) needs \(other.demand) by another connector, and will need \(new.demand) here."
        )
    }

    private mutating func judgeRoute(_ old: OutboundPosture, _ new: OutboundPosture) {
        guard let before, let after, old.isInUse, new.isInUse else { return }
        let mail = Phrase.mail(to: after)
        if Phrase.route(of: before) != Phrase.route(of: after)
            || before.words("smartHosts") != after.words("smartHosts")
        {
            add(
                "route-changed",
                .medium,
                "\(mail) will go to \(Phrase.route(of: after)) instead of \(Phrase.route(of: before))."
            )
        }
        if before["connectorType"] != after["connectorType"] {
            add(
                "connector-type-changed",
                .medium,
                "The connector becomes one for \(after.word("connectorType") == "OnPremises" ? "your own servers" : "a partner")."
            )
        }
        if turnsOff("routeAllMessagesViaOnPremises") {
            add("route-changed", .medium, "Outgoing mail will no longer pass through the on-premises servers.")
        }
    }

    private mutating func judgeHybrid(_ new: OutboundPosture) {
        guard new.isInUse else { return }
        let old = OutboundPosture(before)
        func begins(_ field: String) -> Bool {
            after?.isOn(field) == true && !(old.isInUse && before?.isOn(field) == true)
        }
        if begins("routeAllMessagesViaOnPremises") {
            add("all-mail-rerouted", .medium, "All outgoing mail will pass through the on-premises servers.")
        }
        if begins("cloudServicesMailEnabled") {
            add("hybrid-headers-sent", .medium, "Internal headers will be sent along to the servers of this connector.")
        }
    }
}
