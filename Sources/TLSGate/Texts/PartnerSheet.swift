package import Connectors
import FoundationEssentials

/// The sheet that is sent to a partner: what to configure for both directions, and what was seen of theirs.
///
/// Source: learn.microsoft.com/exchange/mail-flow-best-practices (connectors); Exchange Team Blog 2026-01-28 (DigiCert roots).
package struct PartnerSheet: Sendable {
    package struct Microsoft: Hashable, Sendable {
        /// The name in the certificates with which Exchange Online sends and receives.
        package var certificateName: String
        package var root: String
        package var rootSHA1: String

        package static let worldwide = Microsoft(
            certificateName: "mail.protection.outlook.com",
            root: "DigiCert Global Root G2",
            rootSHA1: "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"
        )
        /// Source: CSS-Exchange pull request 2000 for the name.
        package static let government = Microsoft(
            certificateName: "mail.protection.office365.us",
            root: "DigiCert Global Root G2",
            rootSHA1: "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"
        )
    }

    package var name: String
    /// The names of our own domains, where they are known.
    package var ourDomains: [String]
    package var microsoft: Microsoft
    /// Fields of the connector to the partner, and what the gate says of it.
    package var outbound: Settings?
    package var outboundJudgement: Judgement?
    /// Fields of the connector from the partner, and what the gate says of it.
    package var inbound: Settings?
    package var inboundJudgement: Judgement?

    package init(
        name: String,
        ourDomains: [String] = [],
        microsoft: Microsoft = .worldwide,
        outbound: Settings? = nil,
        outboundJudgement: Judgement? = nil,
        inbound: Settings? = nil,
        inboundJudgement: Judgement? = nil
    ) {
        self.name = name
        self.ourDomains = ourDomains
        self.microsoft = microsoft
        self.outbound = outbound?.overDefaults(of: .outboundConnector)
        self.outboundJudgement = outboundJudgement
        self.inbound = inbound?.overDefaults(of: .inboundConnector)
        self.inboundJudgement = inboundJudgement
    }

    /// The sheet as text, with a final line break.
    package func text() -> String {
        let sections = [title(), fromUs(), fromYou(), seen(), ends()].filter { !$0.isEmpty }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func title() -> [String] {
        let who = ourDomains.isEmpty ? "us" : ourDomains.prefix(4).joined(separator: ", ")
        return [
            "Encrypted mail between \(who) and \(name)".escapingControls,
            "",
            "We send and receive mail with Microsoft Exchange Online. For mail between us we have agreed on",
            "enforced encryption (TLS). This is what your mail servers need for it.",
        ]
    }

    private func bullet(_ text: String) -> [String] {
        let lines = FindingText.wrapped(text.escapingControls, indent: "    ", width: 98)
        guard let first = lines.first else { return [] }
        return ["  - " + first.dropFirst(4)] + lines.dropFirst()
    }

    private func fromUs() -> [String] {
        guard let outbound else { return [] }
        let level = TLSLevel(outbound["tlsSettings"])
        var points =
            isOnExchangeOnline ? ["Your mail servers are Exchange Online's, which does the following for you."] : []
        points += [
            "Offer STARTTLS on port 25 with TLS 1.2 or newer, and ECDHE with AES-GCM, on every server that takes your mail, "
                + "over IPv4 and IPv6."
        ]
        if level.rawValue >= TLSLevel.certificate.rawValue {
            points.append(
                "Present a certificate from a public issuer that Microsoft trusts, in date, with its full chain (the intermediate "
                    + "certificates too); RSA 2048 bits or EC P-256 at least, signed with SHA-256."
            )
        }
        if level == .domain, let domain = outbound.text("tlsDomain") {
            points.append("The certificate must name \(domain) among its DNS names.")
        }
        if level == .encryption {
            points.append(
                "The certificate is not checked; we would like to check it, so tell us when it is from a public issuer."
            )
        }
        points.append(
            "Your servers may ask for a client certificate: Exchange Online presents \(microsoft.certificateName), from an issuer below "
                + "\(microsoft.root)."
        )
        let hosts = outbound.list("smartHosts")
        let domains = outbound.list("recipientDomains")
        let target =
            hosts.isEmpty
            ? "the MX of \(domains.isEmpty ? "your domains" : domains.joined(separator: ", "))"
            : hosts.joined(separator: ", ")
        return ["MAIL FROM US TO YOU  (to \(target))".escapingControls] + points.flatMap(bullet)
            + bullet(
                "If your servers cannot do this, our mail waits for up to 24 hours and then comes back to its sender."
            )
    }

    private func fromYou() -> [String] {
        guard let inbound else { return [] }
        var points: [String] = []
        if inbound.flag("requireTls") || inbound.flag("restrictDomainsToCertificate") {
            points.append("Always send over TLS 1.2 or newer; mail that arrives without is refused.")
        }
        if isOnExchangeOnline { points += onExchangeOnline(inbound.text("tlsSenderCertificateName")) }
        if let certificate = inbound.text("tlsSenderCertificateName"), !isOnExchangeOnline {
            points.append(
                "Present a certificate as the client of the connection, from a public issuer, that names \(certificate). Many mail servers "
                    + "do not do so unless told to."
            )
        }
        let addresses = inbound.list("senderIPAddresses")
        if inbound.flag("restrictDomainsToIPAddresses"), !addresses.isEmpty {
            points.append("Send only from \(addresses.joined(separator: ", ")); tell us before that changes.")
        }
        points.append(
            "If you check our certificate: the name is \(microsoft.certificateName), and the root is \(microsoft.root) (SHA-1 "
                + "\(microsoft.rootSHA1)). Trust the root and the name; a pinned intermediate breaks when Microsoft renews it."
        )
        let domains = inbound.list("senderDomains")
        return ["MAIL FROM YOU TO US  (from \(domains.joined(separator: ", ")))".escapingControls]
            + points.flatMap(bullet)
    }

    /// Whether the partner's mail is received by Exchange Online too: a hint only, as a filter may stand before or behind.
    ///
    /// Source: MC1048624 for the names below mx.microsoft.
    private var isOnExchangeOnline: Bool {
        let hosts = outboundJudgement?.nextHops.flatMap { $0.hosts.map(\.host) } ?? []
        return hosts.contains { host in
            let name =
                host.asciiLowercased.hasSuffix(".") ? String(host.asciiLowercased.dropLast()) : host.asciiLowercased
            return [".mail.protection.outlook.com", ".mail.protection.office365.us", ".mx.microsoft"].contains {
                name.hasSuffix($0)
            }
        }
    }

    /// What such a partner does instead of presenting a certificate: it sends with Microsoft's, as every tenant does.
    private func onExchangeOnline(_ certificate: String?) -> [String] {
        let domains = ourDomains.isEmpty ? "our domains" : ourDomains.joined(separator: ", ")
        var points = [
            "Make a connector from your Exchange Online to ours (Exchange admin center > Mail flow > Connectors: from Office 365 to a "
                + "partner organization) for \(domains): always use TLS, with a certificate from a trusted authority that names "
                + "\(microsoft.certificateName).",
            "Your mail comes with Microsoft's own certificate, as that of every tenant does, so it cannot prove that it is yours. Tell us "
                + "your tenant's initial domain (it ends in onmicrosoft.com), and publish a DMARC policy of reject or quarantine.",
        ]
        if let certificate {
            points.append(
                "We now expect a certificate that names \(certificate). If all of your mail comes from Exchange Online, tell us: we "
                    + "must remove that first, or your mail is refused."
            )
        }
        return points
    }

    private func seen() -> [String] {
        guard let judgement = outboundJudgement, !judgement.nextHops.isEmpty else { return [] }
        var lines = ["WHAT WE SAW OF YOUR SERVERS"]
        if let at = judgement.observedAt { lines[0] += "  (\(Timestamp.text(at)))" }
        for hop in judgement.nextHops {
            for host in hop.hosts {
                for address in host.addresses {
                    lines.append("  \(host.host) [\(address.address)]: \(words(address.result))".escapingControls)
                }
                if host.addresses.isEmpty { lines.append("  \(host.host): \(words(host.result))".escapingControls) }
            }
        }
        let wanting = judgement.findings.filter { [.fail, .warn].contains($0.outcome) && !$0.waived }
        for finding in wanting where finding.remedy.hasPrefix("Partner: ") {
            lines += bullet("\(finding.subject): \(finding.message) Please \(request(finding.remedy))")
        }
        return lines
    }

    /// The partner's part of a remedy.
    private func request(_ remedy: String) -> String {
        let theirs = remedy.dropFirst("Partner: ".count)
        guard let ours = theirs.firstRange(of: "; or here:") ?? theirs.firstRange(of: "; here:") else {
            return String(theirs)
        }
        return theirs[..<ours.lowerBound] + "."
    }

    private func words(_ result: Deliverability) -> String {
        switch result {
        case .deliverable: "meets what we need"
        case .degraded: "meets it in part"
        case .undeliverable: "does not meet it"
        case .unknown: "could not be looked at from here"
        }
    }

    private func ends() -> [String] {
        let forecasts = ExpiryForecast.merged(present(outboundJudgement, inboundJudgement)).filter(\.isLeaf)
        guard !forecasts.isEmpty else { return [] }
        return ["WHEN YOUR CERTIFICATES END"]
            + forecasts.map { forecast in
                "  \(Timestamp.text(forecast.notAfter).prefix(10))  \(forecast.name)  (\(forecast.subjects.joined(separator: ", ")))"
            }
    }
}
