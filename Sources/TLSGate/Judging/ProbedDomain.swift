import Connectors

/// A domain whose MX is looked at for a connector.
struct ProbedDomain: Hashable {
    var domain: DomainName
    /// Only looked at because nothing better was named: its findings are facts and decide nothing.
    var isInformational = false
}

/// Which domains stand for a connector's recipients.
struct RecipientScope {
    var domains: [ProbedDomain] = []
    /// Patterns for which no domain to probe is known.
    var unprobed: [String] = []

    init(_ context: Context) {
        guard context.usesMX else { return }
        var chosen: [DomainName: Bool] = [:]
        func add(_ domain: DomainName, informational: Bool) {
            chosen[domain] = (chosen[domain] ?? true) && informational
        }
        let patterns = context.settings.list("recipientDomains")
        for text in patterns {
            guard let pattern = DomainPattern(text) else { continue }
            if case .exactly(let domain) = pattern {
                add(domain, informational: false)
                continue
            }
            let named = (context.policy.probeDomains["\(pattern)"] ?? []).compactMap { DomainName($0) }
            named.forEach { add($0, informational: false) }
            if named.isEmpty { unprobed.append("\(pattern)") }
            if named.isEmpty, case .below(let domain) = pattern { add(domain, informational: true) }
        }
        if patterns.isEmpty {
            // A transport rule leads the mail here, and the addresses for tests tell whom it is for.
            let named = (context.policy.probeDomains[context.connector.name] ?? []).compactMap { DomainName($0) }
            let tested = context.settings.list("validationRecipients").compactMap { address in
                address.lastIndex(of: "@").flatMap { DomainName(String(address[address.index(after: $0)...])) }
            }
            (named + tested).forEach { add($0, informational: false) }
            if named.isEmpty && tested.isEmpty { unprobed.append("what transport rules send here") }
        }
        domains = chosen.map { ProbedDomain(domain: $0.key, isInformational: $0.value) }
            .sorted { $0.domain.description.utf8.lexicographicallyPrecedes($1.domain.description.utf8) }
    }
}
