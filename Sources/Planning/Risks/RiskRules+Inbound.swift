import Connectors

/// A partner's connector protects by what it demands; one for your own servers endangers by what it trusts.
extension RiskRules {
    mutating func judgeInbound() {
        let old = InboundPosture(before)
        let new = InboundPosture(after)
        judgeEnd(old, new)
        judgeTrust(old, new)
        judgeDemands(old, new)
        judgeSenders(old, new)
        judgeIdentity(old, new)
        judgeHeaders(old, new)
        judgeFiltering(new)
    }

    private mutating func judgeEnd(_ old: InboundPosture, _ new: InboundPosture) {
        guard let before, old.isInUse, !new.isInUse else { return }
        if old.protects {
            add(
                after == nil ? "forced-tls-deleted" : "forced-tls-disabled",
                .high,
                "\(Phrase.mail(from: before)) is refused unless \(old.condition), and will be accepted without."
            )
        } else if old.isOnPremises {
            add(
                after == nil ? "trust-deleted" : "trust-disabled",
                .medium,
                "Mail from \(old.servers) will be treated as mail from strangers: relay is refused, filters apply."
            )
        }
    }

    private mutating func judgeTrust(_ old: InboundPosture, _ new: InboundPosture) {
        if new.isOnPremises && !old.isOnPremises {
            add(
                "onpremises-trust-created",
                .high,
                "Mail from \(new.servers) will be trusted as your own, and may be relayed to the outside."
            )
        }
        guard old.isOnPremises, new.isOnPremises else { return }
        let addresses = Self.widened(from: old.addresses, to: new.addresses)
        if !addresses.isEmpty {
            add(
                "onpremises-trust-widened",
                .high,
                "Mail from \(Phrase.list(addresses)) will be trusted as your own too."
            )
        }
        if let name = new.certificateName, name != old.certificateName {
            let narrows = old.certificateName.map { DomainCover.covers($0, name) } ?? false
            if !narrows {
                add(
                    "onpremises-trust-widened",
                    .high,
                    "Mail from servers with a certificate for \(name.escapingControls) will be trusted as your own."
                )
            }
        }
    }

    private mutating func judgeDemands(_ old: InboundPosture, _ new: InboundPosture) {
        guard let after, new.isInUse else { return }
        let mail = Phrase.mail(from: after)
        if old.requiresTLS && !new.requiresTLS {
            add("require-tls-removed", .high, "\(mail) will no longer be refused when it arrives without TLS.")
        }
        guard !new.isOnPremises else { return }
        if old.isInUse && !old.isOnPremises && new.binding < old.binding {
            let id = old.binding == .certificate ? "certificate-binding-removed" : "address-binding-removed"
            add(id, .high, "\(mail) will no longer be refused unless \(old.condition).")
        }
        let isNewlyUnbound = new.binding == .none && !(old.isInUse && !old.isOnPremises && old.binding == .none)
        if isNewlyUnbound {
            add(
                "inbound-unbound",
                .high,
                "Anyone can send as \(Phrase.domains(after.words("senderDomains"))): neither a certificate nor an address is asked for."
            )
        }
    }

    private mutating func judgeSenders(_ old: InboundPosture, _ new: InboundPosture) {
        guard let after, new.isInUse else { return }
        let then = old.isInUse ? DomainCover.withoutCosts(before?.words("senderDomains") ?? []) : []
        let now = DomainCover.withoutCosts(after.words("senderDomains"))
        if old.protects, let before {
            let lost = DomainCover.uncovered(DomainCover.withoutCosts(before.words("senderDomains")), by: now)
            if !lost.isEmpty {
                add(
                    "scope-reduced",
                    .high,
                    "Mail from \(Phrase.domains(lost)) will no longer be refused unless \(old.condition)."
                )
            }
        }
        let gained = DomainCover.uncovered(now, by: then)
        if now.contains("*") && !then.contains("*") {
            add("sender-domains-everything", .high, "The connector will apply to mail from every domain.")
        } else if old.isInUse && !gained.isEmpty {
            add(
                "sender-domains-widened",
                new.protects && new.binding > .none ? .medium : .high,
                "The connector will apply to mail from \(Phrase.domains(gained)) too."
            )
        }
    }

    private mutating func judgeIdentity(_ old: InboundPosture, _ new: InboundPosture) {
        guard !new.isOnPremises, !old.isOnPremises, old.isInUse, new.isInUse else { return }
        if !old.addresses.isEmpty && !new.addresses.isEmpty && new.certificateName == nil {
            let addresses = Self.widened(from: old.addresses, to: new.addresses)
            if !addresses.isEmpty {
                add(
                    "sender-addresses-widened",
                    .high,
                    "Mail from \(Phrase.list(addresses)) will be accepted as this partner's."
                )
            }
        }
        guard let former = old.certificateName, let name = new.certificateName, former != name else { return }
        if DomainCover.covers(name, former) || (name.hasPrefix("*.") && !DomainCover.covers(former, name)) {
            add(
                "certificate-name-widened",
                .high,
                "A certificate for \(name.escapingControls) will do, where one for \(former.escapingControls) is needed."
            )
        } else if !DomainCover.covers(former, name) {
            add(
                "certificate-name-changed",
                .medium,
                "The partner's mail is refused unless it comes with a certificate for \(name.escapingControls) instead of \(former.escapingControls)."
            )
        }
    }

    private mutating func judgeHeaders(_ old: InboundPosture, _ new: InboundPosture) {
        guard new.isInUse else { return }
        func begins(_ field: String) -> Bool {
            after?.isOn(field) == true && !(old.isInUse && before?.isOn(field) == true)
        }
        if begins("treatMessagesAsInternal") {
            add(
                "treated-as-internal",
                .high,
                "Mail through this connector will count as sent from inside: filters skip it."
            )
        }
        if begins("cloudServicesMailEnabled") {
            add("hybrid-headers-trusted", .high, "Internal headers of mail through this connector will be believed.")
        }
        let then = old.isInUse ? before?.words("trustedOrganizations") ?? [] : []
        let trusted = (after?.words("trustedOrganizations") ?? []).filter { !then.contains($0) }
        if !trusted.isEmpty {
            add("trusted-organizations-widened", .high, "Mail of \(Phrase.list(trusted)) will be trusted.")
        }
        guard old.isInUse, let before, let after else { return }
        let limits = before.words("associatedAcceptedDomains")
        let rest = after.words("associatedAcceptedDomains")
        if !limits.isEmpty && (rest.isEmpty || !Set(rest).isSubset(of: limits)) {
            add("associated-domains-widened", .high, "The connector will apply to more of your accepted domains.")
        }
    }

    private mutating func judgeFiltering(_ new: InboundPosture) {
        guard let after, new.isInUse else { return }
        let skipped = added("efSkipIPs")
        if turnsOn("efSkipLastIP") || !skipped.isEmpty {
            let behind = skipped.isEmpty ? "the last server" : Phrase.list(skipped)
            add(
                "filtering-changed",
                .medium,
                "Filters will judge \(Phrase.mail(from: after).lowercasedFirst) by what is behind \(behind)."
            )
        } else if before != nil && (turnsOff("efSkipLastIP") || before?["efSkipIPs"] != after["efSkipIPs"]) {
            add(
                "filtering-changed",
                .medium,
                "Filters will judge \(Phrase.mail(from: after).lowercasedFirst) by the server that delivers it."
            )
        }
    }

    /// The networks that hold an address that no former network held.
    private static func widened(from former: [String], to networks: [String]) -> [String] {
        let known = former.compactMap { IPv4Network($0) }
        return networks.filter { text in
            guard let network = IPv4Network(text) else { return !former.contains(text) }
            return !known.contains { $0.contains(network) }
        }
    }
}

extension String {
    /// The text as it goes on inside a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
