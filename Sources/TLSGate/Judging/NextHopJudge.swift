import Connectors
import FoundationEssentials
import Probing

/// What is to be said of one next hop.
struct NextHopJudgement {
    var name: String
    /// What concerns the whole of it.
    var findings: [Finding] = []
    var hosts: [HostJudgement] = []
    /// True for a domain that was only looked at because nothing better was named.
    var isInformational = false
}

/// Judges the servers of a domain, or the smart hosts.
struct NextHopJudge {
    let context: Context
    let observations: PartnerObservations

    init(context: Context, observations: PartnerObservations) {
        var context = context
        context.crls = observations.crls
        if case .mx(let domain) = observations.nextHop { context.recipientDomain = DomainName(domain) }
        if let test = observations.dnssecSelfTest {
            context.dnssecWorks = test.failure == nil && test.status == .secure
        }
        self.context = context
        self.observations = observations
    }

    func judgement() -> NextHopJudgement {
        guard observations.isDNSSilent != true else { return NextHopJudgement(name: name) }
        return switch observations.nextHop {
        case .mx(let domain): mx(domain)
        case .smartHosts(let hosts): smartHosts(hosts)
        }
    }

    private var name: String {
        switch observations.nextHop {
        case .mx(let domain): domain
        case .smartHosts(let hosts): hosts.joined(separator: ", ")
        }
    }

    private func policies(_ hosts: [String]? = nil) -> [MTASTSJudge] {
        observations.mtaSTS.filter { hosts?.contains($0.domain) ?? true }
            .map { MTASTSJudge(context: context, observation: $0) }
    }

    // MARK: Smart hosts

    private func smartHosts(_ hosts: [String]) -> NextHopJudgement {
        var result = NextHopJudgement(name: name)
        let isNamed = hosts.contains { host in
            if case .host? = NameReference(host) { return true }
            return false
        }
        result.findings = present(isNamed ? dnssecOff() : nil) + policies().flatMap(\.findings)
        result.findings += present(many(result.name))
        let seen = Dictionary(observations.hosts.map { ($0.host, $0) }) { first, _ in first }
        let isCapped = isCapped
        result.hosts = hosts.map { host in
            HostJudge(
                context: context,
                host: seen[host] ?? HostObservations(host: host),
                isMX: false,
                isImplicit: false,
                isMXSecure: nil,
                nextHopNames: [host],
                policies: policies([host]),
                isCapped: isCapped
            ).judgement()
        }
        return result
    }

    // MARK: MX

    private func mx(_ domain: String) -> NextHopJudgement {
        var result = NextHopJudgement(name: domain)
        let policies = policies()
        let facts = present(dnssecOff(), reporting(domain), policyUnasked(domain))
        result.findings = facts + policies.flatMap(\.findings)
        guard let seen = observations.mx else {
            result.findings += present(notAsked(domain))
            return result
        }
        if let bogus = DNSFindings.bogus(context, domain, seen) {
            result.findings.append(bogus)
            if bogus.outcome == .fail { return result }
        }
        if let failure = DNSFindings.failure(context, domain, seen) {
            result.findings.append(failure)
            return result
        }
        let (targets, found) = targets(domain, seen)
        result.findings += found
        guard let targets else { return result }
        let isImplicit = seen.answers.isEmpty
        let end = seen.aliases.last.map { [$0] } ?? []
        let isCapped = isCapped
        result.hosts = hosts(targets).map { host in
            HostJudge(
                context: context,
                host: host,
                isMX: true,
                isImplicit: isImplicit,
                isMXSecure: seen.dnssec == .secure,
                nextHopNames: [domain] + end,
                policies: policies,
                isCapped: isCapped
            ).judgement()
        }
        result.findings += present(many(domain))
        return result
    }

    private typealias Target = (host: String, preference: Int)

    /// The servers that the MX records name; `nil` when there is no point in going on.
    private func targets(_ domain: String, _ seen: DNSObservation) -> ([Target]?, [Finding]) {
        if seen.rcode == 3 {
            let finding = context.finding(
                "dns-nxdomain",
                domain,
                "The recipient domain does not exist, so all mail to it is returned.",
                exo: "550 5.4.310 DNS domain does not exist",
                evidence: ["seen": "NXDOMAIN", "resolver": seen.resolver],
                remedy: "Here: correct the domain in recipientDomains; it may be misspelt.",
                at: seen.at
            )
            return (nil, present(finding))
        }
        let records = seen.answers.compactMap { record -> Target? in
            guard case .mx(let preference, let host) = record.data else { return nil }
            return (host, preference)
        }
        let named = records.filter { $0.host != "." && !$0.host.isEmpty }
        if records.isEmpty { return ([(domain, 0)], present(implicit(domain, seen))) }
        if named.isEmpty { return (nil, present(null(domain, seen))) }
        if named.count < records.count { return (named, present(mixed(domain, seen))) }
        return (named, [])
    }

    private func implicit(_ domain: String, _ seen: DNSObservation) -> Finding? {
        context.finding(
            "mx-implicit",
            domain,
            "The partner names no mail server (no MX), so Exchange Online sends to the address of the domain itself.",
            evidence: ["seen": "no MX; the address record counts"],
            remedy: "Partner: publish an MX record for \(domain).",
            at: seen.at
        )
    }

    private func null(_ domain: String, _ seen: DNSObservation) -> Finding? {
        context.finding(
            "mx-null",
            domain,
            "The domain declares that it accepts no mail, so all mail to it is returned.",
            exo: "5.1.10 Recipient address has null MX (RFC 7505 4.1)",
            evidence: ["seen": "MX 0 ."],
            remedy: "Here: remove the domain from recipientDomains, or ask the partner which domain takes their mail.",
            at: seen.at
        )
    }

    private func mixed(_ domain: String, _ seen: DNSObservation) -> Finding? {
        context.finding(
            "mx-null-mixed",
            domain,
            "The domain declares that it accepts no mail and names servers for it. The servers count.",
            evidence: ["seen": "an MX of \".\" among others"],
            remedy: "Partner: remove the MX record of \".\".",
            at: seen.at
        )
    }

    private func notAsked(_ domain: String) -> Finding? {
        context.finding(
            "dns-failed",
            domain,
            "The domain's mail servers were not looked up, so it is not known whether mail would flow.",
            remedy: "Run it again later."
        )
    }

    /// What was seen of each target, in the order in which mail tries them.
    private func hosts(_ targets: [Target]) -> [HostObservations] {
        let seen = Dictionary(observations.hosts.map { ($0.host, $0) }) { first, _ in first }
        let ordered = targets.enumerated().sorted {
            ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset)
        }
        var done: Set<String> = []
        // Those that were left out for the cap come last, and are told of once.
        var leftOut = observations.leftOut?.hosts ?? 0
        return ordered.compactMap { _, target in
            guard done.insert(target.host).inserted else { return nil }
            if leftOut > 0, seen[target.host] == nil {
                leftOut -= 1
                return nil
            }
            var host = seen[target.host] ?? HostObservations(host: target.host)
            host.preference = target.preference
            return host
        }
    }

    /// Whether the cap explains every address that DNS names and no connection was made to.
    private var isCapped: Bool {
        guard let leftOut = observations.leftOut else { return false }
        let missing = observations.hosts.filter { $0.notProbed == nil }.reduce(0) { count, host in
            count + Set(host.addresses).subtracting(host.probes.map(\.address)).count
        }
        return missing <= leftOut.addresses
    }

    private func many(_ subject: String) -> Finding? {
        guard let rest = observations.leftOut else { return nil }
        let skipped = [
            rest.hosts > 0 ? rest.hosts.counted("host") : "",
            rest.addresses > 0 ? rest.addresses.counted("address", plural: "es") : "",
        ].filter { !$0.isEmpty }
        return context.finding(
            "mx-many",
            subject,
            rest.isOfBestPreference
                ? "The partner has more servers than are looked at, and some of those that mail goes to first were not."
                : "The partner has more servers than are looked at; those that mail goes to first were.",
            evidence: [
                "skipped": "\(skipped.joined(separator: ", ")): \(rest.named.joined(separator: ", "))"
            ],
            demands: rest.isOfBestPreference ? .approve : nil
        )
    }

    // MARK: Facts about the domain

    private func reporting(_ domain: String) -> Finding? {
        guard let seen = observations.tlsReporting, seen.failure == nil, [0, 3].contains(seen.rcode ?? -1) else {
            return nil
        }
        let isPublished = seen.answers.contains { record in
            guard case .text(let text) = record.data else { return false }
            return text.hasPrefix("v=TLSRPTv1")
        }
        guard !isPublished else { return nil }
        return context.finding(
            "tlsrpt-none",
            domain,
            "The partner does not ask for reports on failed encryption (TLSRPT), so they may not notice trouble.",
            at: seen.at
        )
    }

    /// A policy that was not looked for is not an absent one.
    private func policyUnasked(_ domain: String) -> Finding? {
        guard context.honoursMTASTS, observations.mx != nil, observations.mtaSTS.isEmpty else { return nil }
        return context.finding(
            "mtasts-fetch-failed",
            domain,
            "It was not looked up whether the partner publishes a policy for encrypted mail (MTA-STS), so it is not known whether mail would flow.",
            outcome: .unknown,
            remedy: "Run it again later."
        )
    }

    /// DANE cannot be judged without a resolver that validates.
    private func dnssecOff() -> Finding? {
        guard context.daneMode != .off, !context.dnssecWorks, let test = observations.dnssecSelfTest else { return nil }
        let isMandatory = context.daneMode == .mandatory
        return context.finding(
            "dane-tlsa-failed",
            Vantage.subject,
            isMandatory
                ? "From here it cannot be checked whether DNS answers are genuine (DNSSEC), and this connector demands it."
                : "From here it cannot be checked whether DNS answers are genuine (DNSSEC), so the keys that the partner may publish there (DANE) were not compared.",
            outcome: isMandatory ? .unknown : .warn,
            evidence: ["seen": "\(test.name) should be signed, and came out as \(Self.words(test))"],
            remedy:
                "Here: give the gate a resolver that lets DNSSEC through (gate.resolver), and see mitregate doctor.",
            at: test.at
        )
    }

    private static func words(_ test: DNSSECSelfTest) -> String {
        if test.failure != nil { return "no answer" }
        return switch test.status {
        case .secure: "secure"
        case .insecure: "not signed"
        case .bogus(let why): "forged: \(why)"
        }
    }
}
