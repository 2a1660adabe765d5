package import Connectors

/// Which recipient domains' mail a watched connector takes, before or after the run: what left it can break too.
package struct MailScope: Sendable {
    package enum Membership: Hashable {
        case outside
        case inside
        /// Mail to the domain takes the connector, but a mailbox here looks the same: only its texts say something.
        case textsOnly
        /// Which connector the service chooses cannot be predicted.
        case uncertain
    }

    private let own: WatchedChange.Object
    private let routing: MailRouting
    private let formerly: Image
    private let now: Image

    private struct Image: Sendable {
        let reach: Reach
        /// The rules that lead to it.
        let rules: [MailRouting.Rule]
        var isTraceable: Bool { !reach.isInUse || !reach.isRuleScoped || rules.allSatisfy(\.isPlain) }
    }

    package init(_ change: WatchedChange, _ routing: MailRouting) {
        own = change.connector
        self.routing = routing
        let names: Set<String> = [own.displayName.lowercased(), own.guid.lowercased()]
        let rules = routing.rules.filter { $0.target.map(names.contains) ?? false }
        let changed = Set(change.rules.map(\.guid))
        let former = change.rules.compactMap { rule in
            rule.before.flatMap { MailRouting.Rule(rule.guid, $0, hasOtherParts: rule.hasOtherParts) }
        }
        formerly = Image(
            reach: Reach(own.before),
            rules: rules.filter { !changed.contains($0.guid) }
                + former.filter { $0.target.map(names.contains) ?? false }
        )
        now = Image(reach: Reach(own.after), rules: rules)
    }

    /// Whether a trace can tell at all which mail takes the connector.
    package var isTraceable: Bool { formerly.isTraceable && now.isTraceable }

    /// Whether every domain of the scope is the tenant's own, so that no delivered message counts.
    var isOwnDomainsOnly: Bool {
        let images = [formerly, now].filter { $0.reach.isInUse }
        let domains = images.flatMap { image -> [DomainPattern] in
            image.reach.isRuleScoped ? image.rules.flatMap(\.domains).map(DomainPattern.exactly) : image.reach.patterns
        }
        return domains.allSatisfy { pattern in
            if case .exactly(let name) = pattern { routing.isAccepted(name) } else { false }
        }
    }

    package func membership(of domain: DomainName) -> Membership {
        let answers = [formerly, now].filter(\.isTraceable).map { membership(of: domain, in: $0) }
        if answers.contains(.inside) { return routing.isAccepted(domain) ? .textsOnly : .inside }
        return answers.contains(.uncertain) ? .uncertain : .outside
    }

    private func membership(of domain: DomainName, in image: Image) -> Membership {
        guard image.reach.isInUse else { return .outside }
        if image.reach.isRuleScoped {
            return image.rules.contains { !$0.domains.isEmpty && $0.mayMatch(domain) } ? .inside : .outside
        }
        let ownRules = Set(image.rules.map(\.guid))
        let isLedAway = routing.rules.contains { rule in
            rule.target != nil && !ownRules.contains(rule.guid) && rule.isPlain && rule.mayMatch(domain)
        }
        let isAccepted = routing.isAccepted(domain)
        let closeness = image.reach.closeness(to: domain)
        guard closeness != nil || image.reach.isForAcceptedDomains && isAccepted, !isLedAway else { return .outside }
        let others = routing.connectors.filter { $0.guid != own.guid && $0.reach.isInUse && !$0.reach.isRuleScoped }
        let rival = others.compactMap { $0.reach.closeness(to: domain) }.max()
        let acceptedRival = isAccepted && others.contains { $0.reach.isForAcceptedDomains }
        guard let closeness else {
            if rival == Int.max { return .outside }
            return rival != nil || acceptedRival ? .uncertain : .inside
        }
        if let rival, rival >= closeness { return rival == closeness ? .uncertain : .outside }
        return acceptedRival && closeness != Int.max ? .uncertain : .inside
    }

    /// The fields that led mail to a domain before the run: the connector's own, or another's where it took that mail.
    ///
    /// `nil` where no connector did: mail went by MX, and TLS was opportunistic.
    func former(for domain: DomainName) -> Settings? {
        if membership(of: domain, in: formerly) != .outside { return own.before }
        let others = routing.connectors.filter { $0.guid != own.guid && $0.reach.isInUse && !$0.reach.isRuleScoped }
        return others.filter { $0.reach.closeness(to: domain) != nil }
            .max { ($0.reach.closeness(to: domain) ?? 0) < ($1.reach.closeness(to: domain) ?? 0) }?.settings
    }
}
