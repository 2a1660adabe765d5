import Connectors
import Probing

/// The checks of a connector's own fields, which need no network.
struct ConfigurationJudge {
    let context: Context
    /// True where no server was observed; otherwise the addresses are judged with their hosts.
    var judgesAddresses = true

    func findings() -> [Finding] {
        (tlsDomain() + route() + smartHosts() + recipients() + dane()).compactMap { $0 }
    }

    private var subject: String { context.connector.name }

    private func tlsDomain() -> [Finding?] {
        guard let domain = context.tlsDomain else {
            let outcome: Outcome = context.usesMX ? .warn : .fail
            return [
                context.finding(
                    "cfg-tlsdomain-missing",
                    subject,
                    context.usesMX
                        ? "The connector compares the name in the certificate and does not say with which; Exchange Online then seems to take the recipient's domain, which Microsoft does not document."
                        : "The connector compares the name in the certificate and does not say with which, so Exchange Online will deliver nothing through it.",
                    outcome: context.level == .domain ? outcome : nil,
                    evidence: [
                        "seen": "TlsSettings is \(context.level.word) and TlsDomain is empty",
                        "wanted": context.position(of: "tlsSettings"),
                    ],
                    remedy: "Here: set tlsDomain to the name in the partner's certificate."
                )
            ]
        }
        let problem = Term.certificateName.problem(with: domain)
        return [
            context.finding(
                "cfg-tlsdomain-ignored",
                subject,
                "The name \(domain) has no effect: Exchange Online compares names only with DomainValidation.",
                evidence: ["seen": "TlsDomain \(domain), TlsSettings \(context.level.word)"],
                remedy: "Here: set tlsSettings: DomainValidation, or remove tlsDomain."
            ),
            problem.flatMap { problem in
                context.finding(
                    "cfg-tlsdomain-syntax",
                    subject,
                    "No certificate can carry the name that is asked for: \(problem.reason). Exchange Online will refuse the connector or deliver nothing through it.",
                    evidence: ["seen": domain, "wanted": context.position(of: "tlsDomain")],
                    remedy: "Here: \(problem.remedy)"
                )
            },
        ]
    }

    private func route() -> [Finding?] {
        [
            !context.usesMX && context.smartHosts.isEmpty
                ? context.finding(
                    "cfg-smarthosts-missing",
                    subject,
                    "Mail is not to go to the partner's MX, and no server is named in its place: Exchange Online cannot deliver anything.",
                    evidence: ["seen": "useMXRecord is false and smartHosts is empty"],
                    remedy: "Here: list the servers as smartHosts, or set useMXRecord: true."
                ) : nil,
            context.usesMX && !context.smartHosts.isEmpty
                ? context.finding(
                    "cfg-smarthosts-ignored",
                    subject,
                    "The smart hosts have no effect: mail goes to the partner's MX.",
                    evidence: ["seen": context.smartHosts.joined(separator: ", ")],
                    remedy: "Here: set useMXRecord: false, or remove smartHosts."
                ) : nil,
        ]
    }

    private func smartHosts() -> [Finding?] {
        guard !context.usesMX else { return [] }
        return context.smartHosts.flatMap { text -> [Finding?] in
            let host = Term.smartHost.normal(text)
            guard let network = IPv4Network(host) else {
                return [special(host, SpecialAddress.name(of: host))]
            }
            let first = IPv4Network("\(network)".split(separator: "/")[0].description) ?? network
            var found = [special(host, SpecialAddress.name(of: "\(first)"))]
            if network.size > 1 {
                let probed = min(network.size, UInt64(context.policy.maximumNetworkAddresses))
                found.append(
                    context.finding(
                        "cfg-smarthost-range",
                        subject,
                        "The smart host \(host) stands for \(network.size) addresses, of which \(probed) were looked at.",
                        evidence: ["seen": "the first \(probed) of \(network.size)"]
                    )
                )
            }
            return found
        }
    }

    private func special(_ host: String, _ kind: String?) -> Finding? {
        guard judgesAddresses, let kind, !context.policy.allowsPrivateAddresses else { return nil }
        return AddressFindings.notPublic(context, subject: host, address: host, kind: kind)
    }

    private func recipients() -> [Finding?] {
        let scope = RecipientScope(context)
        let judged = Set(scope.domains.filter { !$0.isInformational }.map(\.domain.description))
        return scope.unprobed.map { pattern in
            let covered = pattern.hasPrefix("*.") && judged.contains(String(pattern.dropFirst(2)))
            return context.finding(
                "cfg-recipient-wildcard",
                subject,
                covered
                    ? "Which domains there are below \(pattern.dropFirst(2)) cannot be found out, so only \(pattern.dropFirst(2)) itself was looked at."
                    : "Which domains \(pattern) stands for cannot be found out, so it is not known whether mail to them would flow.",
                evidence: ["seen": "no probe domain given for \(pattern)"],
                remedy: "Here: name one or more of these domains under probeDomains in the gate's policy.",
                demands: covered ? .warn : .approve
            )
        }
    }

    private func dane() -> [Finding?] {
        guard context.daneMode == .mandatory else { return [] }
        return [
            context.finding(
                "cfg-dane-mandatory",
                subject,
                "The connector demands DANE, so Exchange Online will deliver only to servers whose key is published in a signed zone.",
                evidence: ["seen": "SmtpDaneMode is Mandatory"]
            )
        ]
    }
}
