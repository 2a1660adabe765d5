import Connectors
import FoundationEssentials
import Probing

/// Judges the certificates that a server presented.
struct CertificateJudge {
    let context: Context
    let probe: ProbeObservation
    let probes: [ProbeObservation]
    /// The certificates in the order in which they were sent; `nil` for one that cannot be read.
    let parsed: [Certificate?]

    func findings() -> [Finding] {
        guard let first = parsed.first, let leaf = first else {
            return present(
                unreadable(parsed.isEmpty ? "no certificate was sent" : "the server's certificate cannot be read")
            )
        }
        let chain = parsed.compactMap { $0 }
        let roots = context.roots.trusting(context.policy.trustedRoots, among: chain)
        let report = CertificateChainJudge.verify(
            chain: chain,
            roots: roots,
            at: context.now,
            floors: context.floors
        )
        var found: [Finding?] =
            chain.count < parsed.count ? [unreadable("one of those sent with it cannot be read", outcome: .info)] : []
        found += chainFindings(report, chain) + [profile(report)]
        found += nameFindings(leaf)
        found += expiry(report, chain)
        found += [
            untidy(report, chain), changed(leaf), sniDependent(leaf, isWell: !found.contains { $0?.outcome == .fail }),
        ]
        found +=
            context.policy.checksRevocation
            ? RevocationJudge(context: context, probe: probe).findings(report, chain, roots) : [unchecked()]
        return found.compactMap { $0 }
    }

    /// Exchange Online looks at revocation where a connector demands a certificate, so a look without it is said to be one.
    private func unchecked() -> Finding? {
        guard context.level.checksCertificates else { return nil }
        return context.finding(
            "cert-revocation-unknown",
            probe.subject,
            "Whether the issuer has revoked the certificate was not looked at, as gate.checkRevocation is off.",
            outcome: .info,
            at: probe.at
        )
    }

    private func unreadable(_ why: String, outcome: Outcome? = nil) -> Finding? {
        context.finding(
            "cert-unparseable",
            probe.subject,
            "A certificate of this server cannot be judged: \(why).",
            outcome: outcome,
            evidence: [
                "seen":
                    "\(probe.presentedChain.count) certificates, \(probe.presentedChain.map(\.bytes.count).reduce(0, +)) bytes"
            ],
            remedy: "Partner: replace the certificate of this server by one from a public issuer.",
            at: probe.at
        )
    }

    private func chainFindings(_ report: ChainReport, _ chain: [Certificate]) -> [Finding?] {
        let problems = Self.merged(report.problems.filter { $0.weight == .path })
        if problems.isEmpty || problems.allSatisfy({ !Self.isAboutTrust($0.check) }) {
            return problems.map { finding(for: $0, report, chain) } + [trusted(report, chain)]
        }
        return problems.map { finding(for: $0, report, chain) }
    }

    /// Rules that certificates must keep and that no mail server is known to refuse for.
    private func profile(_ report: ChainReport) -> Finding? {
        let problems = report.problems.filter { $0.weight == .profile }
        guard !problems.isEmpty else { return nil }
        let isLookedAt = context.level.checksCertificates
        return context.finding(
            "cert-path-invalid",
            probe.subject,
            """
            A certificate of this server breaks a rule that certificates must keep. Mail servers are not known to refuse for \
            it, and what Exchange Online does is not documented.
            """,
            outcome: isLookedAt ? .warn : .info,
            evidence: ["seen": problems.map(\.message).joined(separator: "; ")],
            remedy: "Partner: have the certificate reissued by its issuer.",
            at: probe.at
        )
    }

    /// Several broken rules are one finding, as one remedy fixes them all.
    static func merged(_ problems: [ChainProblem]) -> [ChainProblem] {
        guard let first = problems.firstIndex(where: { $0.check == "cert-path-invalid" }) else { return problems }
        let all = problems.filter { $0.check == "cert-path-invalid" }
        var problems = problems
        problems[first].message = all.map(\.message).joined(separator: "; ")
        return problems.enumerated().filter { $0.offset == first || $0.element.check != "cert-path-invalid" }
            .map(\.element)
    }

    private static func isAboutTrust(_ check: String) -> Bool {
        [
            "cert-self-signed", "cert-untrusted-root", "cert-missing-intermediate", "cert-path-invalid", "cert-purpose",
            "cert-expired", "cert-chain-expired", "cert-not-yet-valid",
        ].contains(check)
    }

    private func trusted(_ report: ChainReport, _ chain: [Certificate]) -> Finding? {
        guard let root = report.path.last, root.isTrusted else { return nil }
        return context.finding(
            "cert-untrusted-root",
            probe.subject,
            "The certificate leads to a trusted issuer and is in date.",
            outcome: .pass,
            evidence: [
                "seen": "\(chain[0].displayName), valid until \(Timestamp.text(chain[0].notAfter))",
                "root": root.subject,
                "leaf": "sha256 \(chain[0].sha256)",
            ],
            at: probe.at
        )
    }

    private func finding(for problem: ChainProblem, _ report: ChainReport, _ chain: [Certificate]) -> Finding? {
        let texts = CertificateTexts(problem: problem, report: report, chain: chain, now: context.now)
        var outcome = Check.named(problem.check)?.outcome(at: context.level)
        var demands: Verdict?
        // What is said to be missing may be among those that were not looked at.
        if isCut, problem.check == "cert-missing-intermediate", outcome == .fail { outcome = .unknown }
        // No source says what Exchange Online makes of a short key.
        if problem.check == "cert-key-weak", outcome == .fail {
            outcome = .warn
            demands = .approve
        }
        let effect =
            switch outcome {
            case .unknown:
                "It sends \(probe.certificatesSent ?? 0), more than are looked at, so it may be among the others."
            case .warn where demands != nil: "Whether Exchange Online accepts it is not documented."
            case .warn where problem.check == "cert-signature-weak":
                "This connector does not look at it."
            case .warn: "This connector does not look at certificates."
            default: context.effect(of: outcome)
            }
        return context.finding(
            problem.check,
            probe.subject,
            "\(texts.message) \(effect)",
            outcome: outcome,
            exo: texts.exo,
            evidence: texts.evidence.merging(["trustedRoots": notARoot(problem, chain)]) { own, _ in own },
            remedy: texts.remedy,
            tags: texts.tags,
            demands: demands,
            at: probe.at
        )
    }

    /// Whether the server sent more certificates than are kept.
    private var isCut: Bool { (probe.certificatesSent ?? 0) > probe.presentedChain.count }

    /// An entry of gate.trustedRoots that does nothing, as a root has to be self-signed, for Windows too.
    private func notARoot(_ problem: ChainProblem, _ chain: [Certificate]) -> String? {
        guard ["cert-missing-intermediate", "cert-untrusted-root"].contains(problem.check) else { return nil }
        let named = TrustRoots.named(context.policy.trustedRoots, among: chain).first { !$0.isSelfIssued }
        return named.map { "\($0.sha256) is \($0.subject), which is not a root but issued by \($0.issuer)" }
    }

    // MARK: Names

    private func nameFindings(_ leaf: Certificate) -> [Finding?] {
        switch context.level {
        case .opportunistic, .encryption: []
        case .certificate: [hostName(leaf)]
        case .domain: wantedName(leaf)
        }
    }

    /// With CertificateValidation the name is not compared, so that any trusted certificate will do.
    private func hostName(_ leaf: Certificate) -> Finding? {
        guard let reference = NameReference(probe.host), CertificateNames.match(reference, in: leaf) == nil else {
            return nil
        }
        return context.finding(
            "cert-name-mismatch",
            probe.subject,
            "The certificate does not name this server. \(context.effect(of: .info))",
            evidence: ["seen": leaf.namesText],
            at: probe.at
        )
    }

    private func wantedName(_ leaf: Certificate) -> [Finding?] {
        guard let text = context.tlsDomain ?? context.recipientDomain?.description else { return [] }
        guard let reference = NameReference(text) else { return [] }  // cfg-tlsdomain-syntax says it
        let what = context.tlsDomain == nil ? "the recipient's domain \(text)" : "TlsDomain \(text)"
        let evidence = [
            "seen": leaf.namesText, "wanted": context.position(of: "tlsDomain").map { "\(what) (\($0))" } ?? what,
            "leaf": "sha256 \(leaf.sha256), expires \(Timestamp.text(leaf.notAfter))",
        ]
        guard let match = CertificateNames.match(reference, in: leaf) else {
            return [mismatch(text, leaf, evidence)]
        }
        var uncertainty = match.uncertainty
        if context.tlsDomain == nil {
            uncertainty = "Microsoft does not say which name is compared when TlsDomain is empty"
        }
        return [
            match.isOnlyCommonName
                ? context.finding(
                    "cert-name-cn-only",
                    probe.subject,
                    "The certificate names \(text) only in its old-fashioned common name. That does as long as Exchange Online still reads it.",
                    evidence: evidence,
                    remedy: "Partner: have the certificate reissued with \(text) among its DNS names.",
                    at: probe.at
                ) : nil,
            uncertainty.map { why in
                context.finding(
                    "cert-name-uncertain",
                    probe.subject,
                    "The certificate's name fits only in one reading of the rule: \(why). Mail probably flows.",
                    evidence: evidence,
                    remedy: "Here: set tlsDomain to a name that stands in the certificate.",
                    at: probe.at
                )
            } ?? nil,
            context.finding(
                "cert-name-mismatch",
                probe.subject,
                "The certificate names \(match.presented), as the connector demands.",
                outcome: .pass,
                evidence: evidence,
                at: probe.at
            ),
        ]
    }

    private func mismatch(_ text: String, _ leaf: Certificate, _ evidence: [String: String]) -> Finding? {
        let mine = leaf.dnsNames.first { $0.hasPrefix("*.") } ?? leaf.dnsNames.first
        // Whoever answers chose this name, so it is to be asked for, not taken over.
        let here = mine.map { "; or here: set tlsDomain to \($0), once the partner confirms that this name is theirs" }
        return context.finding(
            "cert-name-mismatch",
            probe.subject,
            "The certificate does not name \(text). With DomainValidation, Exchange Online will not deliver through this server: mail waits up to 24 hours and is then returned.",
            exo: "450 4.7.320 Certificate validation failed [Message=SubjectMismatch]",
            evidence: evidence,
            remedy: "Partner: add \(text) to the certificate of \(probe.host)\(here ?? "").",
            tags: ["certificate-host-mismatch"],
            at: probe.at
        )
    }

    // MARK: Dates

    private func expiry(_ report: ChainReport, _ chain: [Certificate]) -> [Finding?] {
        let path = report.path.filter { !$0.isTrusted }
        return path.map { element in
            let remaining = element.notAfter.timeIntervalSince(context.now)
            let lifetime = element.notAfter.timeIntervalSince(element.notBefore)
            guard remaining > 0, remaining <= context.policy.expiry.seconds(ofLifetime: lifetime) else { return nil }
            let isUrgent = remaining <= context.policy.urgentExpiry.seconds(ofLifetime: lifetime)
            let days = Int(remaining / 86_400)
            let after =
                context.level.rawValue >= TLSLevel.certificate.rawValue
                ? "From then on Exchange Online will not deliver through this server."
                : "This connector does not look at certificates."
            let which = element.depth == 0 ? "The certificate" : "The issuer's certificate \(element.subject)"
            return context.finding(
                "cert-expires-soon",
                probe.subject,
                "\(which) ends in \(days == 1 ? "1 day" : "\(days) days"). \(after)",
                evidence: [
                    "seen": "expires \(Timestamp.text(element.notAfter)) (lifetime \(Int(lifetime / 86_400)) days)",
                    "leaf": "sha256 \(element.sha256)",
                ],
                remedy: "Partner: renew it\(isUrgent ? " now" : "") and install it on every server.",
                tags: isUrgent ? ["urgent"] : [],
                at: probe.at
            )
        }
    }

    // MARK: Facts

    private func untidy(_ report: ChainReport, _ chain: [Certificate]) -> Finding? {
        let order = report.path.compactMap(\.presentedAt)
        let includesRoot = chain.dropFirst().contains { context.roots.contains($0) }
        let isInOrder = order == Array(0..<order.count)
        guard report.path.last?.isTrusted == true else { return nil }
        guard !isInOrder || includesRoot || order.count < probe.presentedChain.count else { return nil }
        return context.finding(
            "cert-chain-untidy",
            probe.subject,
            "The server sends its certificates in an unusual order, or more than are needed; it is harmless.",
            evidence: ["seen": chain.map(\.displayName).prefix(6).joined(separator: " → ")],
            at: probe.at
        )
    }

    private func changed(_ leaf: Certificate) -> Finding? {
        let earlier = context.previous.last { $0.address == probe.address && $0.port == probe.port && $0.at < probe.at }
        guard let bytes = earlier?.presentedChain.first?.bytes, let old = Certificate.remembered(der: bytes),
            old != leaf
        else {
            return nil
        }
        return context.finding(
            "cert-changed",
            probe.subject,
            old.issuer == leaf.issuer
                ? "The server has another certificate than when it was last looked at."
                : "The server has another certificate, from another issuer, than when it was last looked at.",
            evidence: [
                "seen": "sha256 \(leaf.sha256), expires \(Timestamp.text(leaf.notAfter))",
                "before": "sha256 \(old.sha256), expires \(Timestamp.text(old.notAfter))",
            ],
            at: probe.at
        )
    }

    /// What is shown to those who do not say which name they look for.
    ///
    /// Exchange Online has to say it where DANE or MTA-STS applies (RFC 7672 8.1, RFC 8461 7.1); elsewhere Microsoft promises
    /// nothing.
    ///
    /// - Parameter isWell: Whether what was shown to us would do.
    private func sniDependent(_ leaf: Certificate, isWell: Bool) -> Finding? {
        guard let name = probe.sni, let other = probes.last(where: { $0.sni == nil && $0.profile == .exo }) else {
            return nil
        }
        let isLookedAt = isWell && context.level.checksCertificates
        guard let bytes = other.presentedChain.first?.bytes else {
            guard isLookedAt, case .handshakeFailed? = other.phase(.handshake)?.outcome else { return nil }
            return nameless(leaf, name, nil, "it breaks off")
        }
        guard bytes != leaf.der else { return nil }
        return nameless(leaf, name, Certificate(der: bytes), isLookedAt ? whyNot(other) : nil)
    }

    /// - Parameter why: Why mail would not flow to those who say no name; `nil` where it would.
    private func nameless(_ leaf: Certificate, _ name: String, _ shown: Certificate?, _ why: String?) -> Finding? {
        let doubt = why.map {
            " That would not do: \($0). Whether Exchange Online says a name is known only where DANE or MTA-STS applies."
        }
        return context.finding(
            "tls-sni-dependent",
            probe.subject,
            shown == nil
                ? "The server serves only those who say which name they look for.\(doubt ?? "")"
                : "The server shows another certificate to those who do not say which name they look for.\(doubt ?? "")",
            outcome: why == nil ? .info : .warn,
            evidence: [
                "seen": "sha256 \(leaf.sha256) for \(name)",
                "other": shown.map { "sha256 \($0.sha256), \($0.namesText)" },
            ],
            remedy: why == nil ? "" : "Partner: show the certificate of \(name) also where no name is asked for.",
            at: probe.at
        )
    }

    /// What is wrong with another chain under this connector's demand.
    private func whyNot(_ other: ProbeObservation) -> String? {
        let chain = other.presentedChain.prefix(CertificateChainJudge.maximumCertificates)
            .compactMap { Certificate(der: $0.bytes) }
        let name = context.level == .domain ? context.tlsDomain ?? context.recipientDomain?.description : nil
        let report = CertificateChainJudge.verify(
            chain: chain,
            roots: context.roots.trusting(context.policy.trustedRoots, among: chain),
            name: name.flatMap { NameReference($0) },
            at: context.now
        )
        let ignored = ["cert-key-weak", "cert-name-cn-only"]
        return report.problems.first { $0.weight == .path && !ignored.contains($0.check) }?.message
    }
}
