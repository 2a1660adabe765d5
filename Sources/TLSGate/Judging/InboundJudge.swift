package import Connectors
package import FoundationEssentials
package import Probing

extension Gate {
    /// Judges an inbound connector: nothing can be connected to, so by its fields and a sample of the sender's certificate.
    ///
    /// - Parameters:
    ///   - sample: PEM of the certificate that the partner sends with, and what it presents along; `nil` when none is kept.
    ///   - acceptedDomains: The tenant's own domains, for connectors of type OnPremises; `nil` when not known.
    ///   - isEvidenceDue: Whether a person must accept that there is no sample, as `isEvidenceDue(_:_:before:applied:)` says.
    ///   - partner: What was seen of the partner's own mail servers, for a hint.
    package static func judgeInbound(
        connector: ConnectorKey,
        settings: Settings,
        sample: [UInt8]? = nil,
        acceptedDomains: [String]? = nil,
        isEvidenceDue: Bool = true,
        partner: [PartnerObservations] = [],
        policy: GatePolicy = GatePolicy(),
        waivers: [Waiver] = [],
        outdated: [OutdatedWaiver] = [],
        roots: TrustRoots,
        now: Date,
        fieldSources: FieldPlaces = [:]
    ) -> Judgement {
        let context = Context(
            connector: connector,
            settings: settings,
            policy: policy,
            roots: roots,
            now: now,
            fieldSources: fieldSources
        )
        let judge = InboundJudge(context: context, acceptedDomains: acceptedDomains, isEvidenceDue: isEvidenceDue)
        let layer = PolicyLayer(
            connector: connector,
            policy: policy,
            waivers: waivers,
            outdated: outdated,
            now: now
        )
        let (evidence, chain) = judge.evidence(sample)
        let found = judge.configuration() + evidence + judge.hint(partner)
        let findings = layer.settled(found) + layer.ended()
        let end = chain.first.map(\.notAfter).flatMap { $0 > now ? $0 : nil }
        return Judgement(
            connector: connector,
            verdict: verdict(of: findings, policy, tries: 0),
            findings: ordered(findings),
            observedAt: nil,
            expiresAt: min(end ?? .distantFuture, now.addingTimeInterval(policy.maximumEvidenceAge)),
            digest: JudgedFields.digest(connector.kind, context.settings, roots: roots),
            forecasts: chain.prefix(1).map { leaf in
                CertificateForecast(
                    connector: connector,
                    subjects: ["the sample in the definition"],
                    name: leaf.displayName.escapingControls,
                    sha256: leaf.sha256,
                    names: leaf.namesText.escapingControls,
                    issuer: leaf.issuer.escapingControls,
                    notAfter: leaf.notAfter,
                    isLeaf: true
                )
            }
        )
    }
}

/// The checks of inbound connectors.
struct InboundJudge {
    let context: Context
    let acceptedDomains: [String]?
    var isEvidenceDue = true

    private var settings: Settings { context.settings }
    private var subject: String { context.connector.name }
    private var name: String? { settings.text("tlsSenderCertificateName") }
    private var isRestricted: Bool { settings.flag("restrictDomainsToCertificate") }
    private var isOnPremises: Bool { settings.text("connectorType")?.lowercased() == "onpremises" }

    /// What senders are told whose mail the connector refuses: the two types have a code each.
    ///
    /// Source: "Email non-delivery reports and SMTP errors in Exchange Online", 5.7.51 and 5.7.64.
    private var refusal: String {
        isOnPremises ? "550 5.7.64 TenantAttribution; Relay Access Denied" : "550 5.7.51 TenantInboundAttribution"
    }

    func configuration() -> [Finding] {
        present(open(), nameMissing(), nameSyntax(), withoutTLS(), everySender(), foreign()) + ranges()
    }

    private func open() -> Finding? {
        guard !isOnPremises, !isRestricted, !settings.flag("restrictDomainsToIPAddresses"), !settings.flag("requireTls")
        else {
            return nil
        }
        return context.finding(
            "inbound-open",
            subject,
            "The connector demands nothing: anyone can send as this partner, unencrypted.",
            outcome: .warn,
            evidence: ["seen": "no TLS, no certificate and no address is required"],
            remedy: "Here: set requireTls: true, and restrictDomainsToCertificate with tlsSenderCertificateName.",
            demands: .approve
        )
    }

    private func nameMissing() -> Finding? {
        guard isRestricted, name == nil else { return nil }
        return context.finding(
            "inbound-cert-name-missing",
            subject,
            "Mail is accepted only with a certificate, and none is named: Exchange Online would refuse the connector, or all mail of this partner.",
            outcome: .fail,
            exo: refusal,
            evidence: ["seen": "RestrictDomainsToCertificate without TlsSenderCertificateName"],
            remedy: "Here: set tlsSenderCertificateName to the name in the certificate that the partner sends with."
        )
    }

    private func nameSyntax() -> Finding? {
        guard let name, let problem = Term.certificateName.problem(with: name) else { return nil }
        return context.finding(
            "inbound-cert-name-syntax",
            subject,
            "No certificate can carry the name that is asked for: \(problem.reason).",
            outcome: .fail,
            evidence: ["seen": name, "wanted": context.position(of: "tlsSenderCertificateName")],
            remedy: "Here: \(problem.remedy)"
        )
    }

    private func withoutTLS() -> Finding? {
        guard isRestricted, !settings.flag("requireTls") else { return nil }
        return context.finding(
            "inbound-cert-without-tls",
            subject,
            "A certificate can only be shown over an encrypted connection, and that is not required: the name may not be looked at.",
            outcome: .warn,
            evidence: ["seen": "RestrictDomainsToCertificate with RequireTls false"],
            remedy: "Here: set requireTls: true."
        )
    }

    private func everySender() -> Finding? {
        guard isRestricted, settings.list("senderDomains").contains("*") else { return nil }
        return context.finding(
            "inbound-sender-all",
            subject,
            "The connector is for every sender, so all mail of the tenant would have to carry this one certificate; all other mail would be refused.",
            outcome: .warn,
            evidence: ["seen": "SenderDomains * with a certificate restriction"],
            remedy: "Here: list the partner's domains in senderDomains.",
            demands: .approve
        )
    }

    private func ranges() -> [Finding] {
        settings.list("senderIPAddresses").compactMap { text in
            guard let problem = Term.senderNetwork.problem(with: text) else { return nil }
            return context.finding(
                "inbound-ip-range",
                subject,
                "Exchange Online will not take this sender address: \(problem.reason).",
                outcome: .fail,
                evidence: ["seen": text],
                remedy: "Here: \(problem.remedy)"
            )
        }
    }

    private func foreign() -> Finding? {
        guard isOnPremises, let name, let acceptedDomains, let pattern = DomainPattern(name) else { return nil }
        let base: DomainName
        switch pattern {
        case .exactly(let domain), .below(let domain): base = domain
        case .everything: return nil
        }
        let owned = acceptedDomains.compactMap { DomainName($0) }
        guard !owned.contains(where: { base == $0 || CertificateNames.isBelow(base, $0) }) else { return nil }
        return context.finding(
            "inbound-name-foreign",
            subject,
            """
            The connector takes mail for your own servers' by a certificate whose domain is none of yours. Mail to your own \
            mailboxes may flow today and stop when Microsoft moves the tenant; relaying outward through it is refused (550 \
            5.7.64) unless the sender's domain is one of yours.
            """,
            outcome: .warn,
            evidence: ["seen": name, "wanted": owned.map(\.description).prefix(8).joined(separator: ", ")],
            remedy: "Here: use a certificate with one of your accepted domains, or add that domain to the tenant.",
            demands: .approve
        )
    }

    // MARK: The sample

    func evidence(_ sample: [UInt8]?) -> ([Finding], [Certificate]) {
        guard isRestricted || (name != nil && settings.flag("requireTls")) else { return ([], []) }
        guard let sample else { return (present(missing()), []) }
        let chain: [Certificate]
        do {
            chain = try PEM.certificates(in: sample)
        } catch {
            let finding = context.finding(
                "inbound-evidence-unparseable",
                subject,
                "The sample of the sender's certificate cannot be read: \(error.reason).",
                outcome: .unknown,
                remedy: "Here: \(error.remedy)",
                demands: .approve
            )
            return (present(finding), [])
        }
        guard let leaf = chain.first else { return ([], []) }
        return (problems(chain) + present(names(leaf), serverOnly(leaf)), chain)
    }

    private func missing() -> Finding? {
        context.finding(
            "inbound-evidence-missing",
            subject,
            isEvidenceDue
                ? "Whether the partner sends with the certificate named here cannot be known beforehand; if not, all their mail is refused."
                : "With which certificate the partner sends is not known here; nothing that was judged changes.",
            outcome: isEvidenceDue ? .unknown : .info,
            exo: refusal,
            evidence: ["wanted": name.map { "TlsSenderCertificateName \($0)" }],
            remedy:
                "Here: ask the partner for the certificate that it sends with, and keep it as spec.evidence.certificate.",
            demands: isEvidenceDue ? .approve : nil
        )
    }

    /// The sample is a file and no handshake: the partner may send more than it has.
    private func unchained(_ texts: CertificateTexts) -> Finding? {
        context.finding(
            Check.inboundEvidence("cert-missing-intermediate"),
            subject,
            """
            The sample has no certificate of the sender's issuer. Exchange Online refuses a client certificate that comes \
            without its chain, and whether the partner sends it cannot be seen here.
            """,
            outcome: .warn,
            evidence: texts.evidence,
            remedy: "Partner: send the certificate with its full chain; here: keep the chain in the sample."
        )
    }

    private func problems(_ chain: [Certificate]) -> [Finding] {
        let roots = context.roots.trusting(context.policy.trustedRoots, among: chain)
        let report = CertificateChainJudge.verify(
            chain: chain,
            roots: roots,
            at: context.now,
            purpose: .client,
            floors: context.floors
        )
        // A certificate for servers alone is what inbound-eku-client speaks of: public issuers give no others any more.
        var problems = report.problems.filter { $0.weight == .path }
        if isServerOnly(chain[0]) { problems.removeAll { $0.rule == "extended-key-usage" } }
        problems = CertificateJudge.merged(problems)
        let found = problems.compactMap { problem -> Finding? in
            let texts = CertificateTexts(problem: problem, report: report, chain: chain, now: context.now)
            if problem.check == "cert-missing-intermediate" { return unchained(texts) }
            return context.finding(
                Check.inboundEvidence(problem.check),
                subject,
                "\(Self.ofSender(texts.message)) Exchange Online will refuse mail that is sent with it.",
                outcome: .fail,
                exo: refusal,
                evidence: texts.evidence,
                remedy:
                    "Partner: send with a certificate in date from a public issuer, with the full chain; here: keep its sample in the definition."
            )
        }
        return found + present(soon(chain[0]))
    }

    /// The words for a server's certificate, said of a sender's.
    private static func ofSender(_ message: String) -> String {
        message.replacing("The server", with: "The partner").replacing("the server's own", with: "the sender's own")
            .replacing("not made for servers", with: "not made for senders")
    }

    private func soon(_ leaf: Certificate) -> Finding? {
        let remaining = leaf.notAfter.timeIntervalSince(context.now)
        guard remaining > 0, remaining <= context.policy.expiry.seconds(ofLifetime: leaf.lifetime) else { return nil }
        let days = Int(remaining / 86_400)
        return context.finding(
            "inbound-evidence-expires-soon",
            subject,
            "The certificate that the partner sends with ends in \(days == 1 ? "1 day" : "\(days) days").",
            outcome: .warn,
            evidence: ["seen": "expires \(Timestamp.text(leaf.notAfter))"],
            remedy: "Partner: renew it under the same name; here: keep the new sample in the definition."
        )
    }

    private func names(_ leaf: Certificate) -> Finding? {
        guard let name, let reference = NameReference(name) else { return nil }
        let evidence = ["seen": leaf.namesText, "wanted": "TlsSenderCertificateName \(name)"]
        guard let match = CertificateNames.match(reference, in: leaf) else {
            return context.finding(
                "inbound-evidence-name-mismatch",
                subject,
                "The certificate that the partner sends with does not carry the name \(name): Exchange Online will refuse their mail.",
                outcome: .fail,
                exo: refusal,
                evidence: evidence,
                remedy:
                    "Partner: send with a certificate for \(name); or here: set tlsSenderCertificateName to \(leaf.displayName), once the partner confirms that this name is theirs."
            )
        }
        guard match.isOnlyCommonName || match.uncertainty != nil else { return nil }
        return context.finding(
            match.isOnlyCommonName ? "inbound-evidence-name-cn-only" : "inbound-evidence-name-uncertain",
            subject,
            "The name fits only in one reading of the rule: \(match.uncertainty ?? "it stands only in the old-fashioned common name").",
            outcome: .warn,
            evidence: evidence,
            remedy: "Here: set tlsSenderCertificateName to a name that stands in the certificate."
        )
    }

    private func isServerOnly(_ leaf: Certificate) -> Bool {
        guard let usages = leaf.extendedKeyUsages else { return false }
        return usages.contains(CertificateChainJudge.serverAuth) && !usages.contains(CertificateChainJudge.clientAuth)
            && !usages.contains(CertificateChainJudge.anyUsage)
    }

    private func serverOnly(_ leaf: Certificate) -> Finding? {
        guard isServerOnly(leaf) else { return nil }
        return context.finding(
            "inbound-eku-client",
            subject,
            "The certificate is made for servers and not for senders, as public issuers do since 2026. What Exchange Online makes of that is not documented.",
            outcome: .warn,
            evidence: ["seen": leaf.extendedKeyUsages?.map(CertificateTexts.usage).joined(separator: ", ")],
            remedy: "Partner: if mail is refused, send with a certificate that also allows clientAuth."
        )
    }

    /// Whether a certificate seen at the partner's own servers would fit: only a hint, as they may send from others.
    func hint(_ partner: [PartnerObservations]) -> [Finding] {
        guard let name, let reference = NameReference(name) else { return [] }
        let probes = partner.flatMap(\.hosts).flatMap(\.probes)
        for probe in probes {
            guard let bytes = probe.presentedChain.first?.bytes, let leaf = Certificate.remembered(der: bytes),
                CertificateNames.match(reference, in: leaf) != nil
            else { continue }
            let finding = context.finding(
                "inbound-mx-proxy",
                subject,
                "A server that receives the partner's mail has a certificate with this name; they may send from others.",
                outcome: .info,
                evidence: ["seen": "\(probe.subject): \(leaf.namesText)"],
                at: probe.at
            )
            return present(finding)
        }
        return []
    }
}
