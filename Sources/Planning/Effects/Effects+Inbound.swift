import Connectors

extension Effects {
    mutating func describeInbound() {
        let old = InboundPosture(before)
        let new = InboundPosture(after)
        switch (old.isInUse, new.isInUse) {
        case (false, false):
            if after != nil && before == nil { say("Nothing changes for mail: the connector is not in use.") }
        case (true, false): describeInboundEnd(old)
        case (false, true): describeInboundStart(new)
        case (true, true): describeInboundUpdate(old, new)
        }
    }

    private mutating func describeInboundStart(_ new: InboundPosture) {
        guard let after else { return }
        if new.isOnPremises {
            say("Mail from \(new.servers) will be trusted as your own.")
        } else if new.protects {
            say("\(Phrase.mail(from: after)) will be refused unless \(new.condition).")
        } else {
            say("\(Phrase.mail(from: after)) will be accepted as this partner's, without any condition.")
        }
        if after.isOn("treatMessagesAsInternal") { say("It will count as sent from inside the organization.") }
    }

    private mutating func describeInboundEnd(_ old: InboundPosture) {
        guard let before else { return }
        if old.isOnPremises {
            say("Mail from \(old.servers) will no longer be trusted: relay through the tenant is refused.")
        } else if old.protects {
            say("\(Phrase.mail(from: before)) will no longer be refused unless \(old.condition).")
        } else {
            say("\(Phrase.mail(from: before)) will be treated like any other mail.")
        }
    }

    private mutating func describeInboundUpdate(_ old: InboundPosture, _ new: InboundPosture) {
        guard let before, let after else { return }
        if old.isOnPremises != new.isOnPremises {
            describeInboundEnd(old)
            describeInboundStart(new)
            return
        }
        if new.isOnPremises {
            if old.servers != new.servers || old.addresses != new.addresses {
                say("Mail from \(new.servers) will be trusted as your own, instead of mail from \(old.servers).")
            }
        } else {
            describeConditions(old, new, Phrase.mail(from: after))
            describeSenders(before, after, new)
        }
        if new.isOnPremises && turnsOff("requireTls") { say("Mail from these servers may arrive without TLS.") }
        if new.isOnPremises && turnsOn("requireTls") { say("Mail from these servers will be refused without TLS.") }
        if turnsOn("treatMessagesAsInternal") { say("Mail through this connector will count as sent from inside.") }
        if turnsOff("treatMessagesAsInternal") {
            say("Mail through this connector will no longer count as sent from inside.")
        }
        if turnsOn("cloudServicesMailEnabled") { say("Internal headers of this mail will be believed.") }
        if turnsOff("cloudServicesMailEnabled") { say("Internal headers of this mail will no longer be believed.") }
        let trusted = after.words("trustedOrganizations").filter { !before.words("trustedOrganizations").contains($0) }
        if !trusted.isEmpty { say("Mail of \(Phrase.list(trusted)) will be trusted.") }
        if before["efSkipLastIP"] != after["efSkipLastIP"] || before["efSkipIPs"] != after["efSkipIPs"] {
            say("Filters will look for the true sender of this mail behind other servers than before.")
        }
        if before["efUsers"] != after["efUsers"] {
            let users = after.words("efUsers")
            say(
                "Enhanced filtering will apply to \(users.isEmpty ? "all recipients" : "mail for \(Phrase.list(users))")."
            )
        }
    }

    private mutating func describeConditions(_ old: InboundPosture, _ new: InboundPosture, _ mail: String) {
        guard old.condition != new.condition || old.addresses != new.addresses else { return }
        switch (old.protects, new.protects) {
        case (true, true): say("\(mail) will be refused unless \(new.condition) (until now: unless \(old.condition)).")
        case (true, false): say("\(mail) will no longer be refused unless \(old.condition).")
        case (false, true): say("\(mail) will be refused unless \(new.condition).")
        case (false, false): break
        }
    }

    private mutating func describeSenders(_ before: NormalSettings, _ after: NormalSettings, _ new: InboundPosture) {
        let then = before.words("senderDomains")
        let now = after.words("senderDomains")
        let lost = DomainCover.uncovered(then, by: now)
        let gained = DomainCover.uncovered(now, by: then)
        if !lost.isEmpty { say("The connector will no longer apply to mail from \(Phrase.domains(lost)).") }
        if !gained.isEmpty {
            say(
                new.protects
                    ? "Mail from \(Phrase.domains(gained)) will be refused unless \(new.condition)."
                    : "The connector will apply to mail from \(Phrase.domains(gained)), without any condition."
            )
        }
    }
}
