import COpenSSL
import Connectors
package import FoundationEssentials
package import Probing

/// Judges whether a certificate was revoked by its issuer, by a stapled answer or a list that was fetched.
struct RevocationJudge {
    let context: Context
    let probe: ProbeObservation

    func findings(_ report: ChainReport, _ chain: [Certificate], _ roots: TrustRoots) -> [Finding?] {
        let pool = chain + roots.certificates
        let path = report.path.compactMap { element in pool.first { $0.sha256 == element.sha256 } }
        return zip(path, path.dropFirst()).enumerated().map { depth, pair in
            judge(pair.0, issuer: pair.1, isLeaf: depth == 0)
        }
    }

    private enum Answer {
        case good
        case revoked(at: Date, source: String)
        /// Nothing could be had: soft, as mail servers take it.
        case unavailable(String)
        /// What was had cannot be gone by.
        case unusable(String)
    }

    private func judge(_ certificate: Certificate, issuer: Certificate, isLeaf: Bool) -> Finding? {
        switch answer(certificate, issuer, isLeaf) {
        case .good: return nil
        case .revoked(let date, let source):
            return context.finding(
                "cert-revoked",
                probe.subject,
                "The issuer has revoked the certificate. \(context.effect(of: "cert-revoked"))",
                exo: "450 4.7.320 Certificate validation failed",
                evidence: [
                    "seen": "serial \(certificate.serial), revoked \(Timestamp.text(date))", "source": source,
                    "leaf": "sha256 \(certificate.sha256)",
                ],
                remedy: "Partner: install a new certificate on this server.",
                tags: ["certificate-not-trusted"],
                at: probe.at
            )
        case .unavailable(let why): return unknown(why, certificate, outcome: .info)
        case .unusable(let why): return unknown(why, certificate)
        }
    }

    private func unknown(_ why: String, _ certificate: Certificate, outcome: Outcome? = nil) -> Finding? {
        context.finding(
            "cert-revocation-unknown",
            probe.subject,
            "Whether the issuer has revoked the certificate could not be found out. What Exchange Online does then is not documented.",
            outcome: outcome,
            evidence: [
                "seen": why, "certificate": certificate.subject, "leaf": "sha256 \(certificate.sha256)",
            ],
            remedy: outcome == .info
                ? "Nothing to do unless it stays so." : "Partner: tell the issuer that its list is broken.",
            at: probe.at
        )
    }

    private func answer(_ certificate: Certificate, _ issuer: Certificate, _ isLeaf: Bool) -> Answer {
        let now = Int64(context.now.timeIntervalSince1970)
        var revokedAt: Int64 = 0
        if isLeaf, let staple = probe.stapledOCSP?.bytes {
            let status = mitre_ocsp_status(
                staple,
                staple.count,
                certificate.handle.raw,
                issuer.handle.raw,
                now,
                &revokedAt
            )
            if status == MITRE_STATUS_GOOD { return .good }
            if status == MITRE_STATUS_REVOKED { return revoked(revokedAt, "stapled OCSP answer") }
        }
        let urls = certificate.crlURLs
        guard !urls.isEmpty else { return .unavailable("the certificate names no list") }
        var reasons: [String] = []
        var isUnusable = false
        for url in urls {
            guard let crl = context.crls.last(where: { $0.url == url }) else {
                reasons.append("\(url): not fetched")
                continue
            }
            guard let answer = crl.answers.first(where: { $0.certificate == certificate.sha256 }) else {
                reasons.append("\(url): \(crl.failure ?? "not asked")")
                continue
            }
            switch answer.status {
            case .good: return .good
            case .revoked: return .revoked(at: answer.revokedAt ?? crl.at, source: url)
            case .unreadable, .wrongIssuer, .badSignature, .stale, .notCovered:
                reasons.append("\(url): \(Self.words(answer.status))")
                isUnusable = true
            }
        }
        let why = reasons.joined(separator: "; ")
        return isUnusable ? .unusable(why) : .unavailable(why)
    }

    private func revoked(_ seconds: Int64, _ source: String) -> Answer {
        .revoked(at: Date(timeIntervalSince1970: Double(seconds)), source: source)
    }

    private static func words(_ status: RevocationAnswer.Status) -> String {
        switch status {
        case .wrongIssuer: "the list is another issuer's"
        case .badSignature: "the list's signature does not verify"
        case .stale: "the list is out of date"
        case .notCovered: "the list does not cover this certificate"
        case .unreadable: "the list cannot be read"
        case .good, .revoked: ""
        }
    }
}

extension Gate {
    /// What is to be asked of the lists of presented certificates, the servers' own certificates first.
    ///
    /// Only of chains that lead to a trusted root: whoever makes up a chain must not choose what is fetched.
    ///
    /// - Parameter trusted: SHA-256 of certificates that count as roots where a server presents them.
    package static func revocationQuestions(
        _ probes: [ProbeObservation],
        roots: TrustRoots,
        trusted: [String] = [],
        at now: Date
    ) -> [RevocationQuestion] {
        var known: Set<String> = []
        var byDepth: [Int: [RevocationQuestion]] = [:]
        var seen: Set<[Base64Bytes]> = []
        for probe in probes where seen.insert(probe.presentedChain).inserted {
            let chain = probe.presentedChain.prefix(CertificateChainJudge.maximumCertificates)
                .compactMap { Certificate(der: $0.bytes) }
            let roots = roots.trusting(trusted, among: chain)
            let report = CertificateChainJudge.verify(chain: chain, roots: roots, at: now)
            guard report.path.last?.isTrusted == true else { continue }
            let pool = chain + roots.certificates
            let path = report.path.compactMap { element in pool.first { $0.sha256 == element.sha256 } }
            for (depth, (certificate, issuer)) in zip(path, path.dropFirst()).enumerated()
            where !certificate.crlURLs.isEmpty && known.insert(certificate.sha256).inserted {
                let question = RevocationQuestion(
                    id: certificate.sha256,
                    certificate: certificate.der,
                    issuer: issuer.der,
                    urls: certificate.crlURLs
                )
                byDepth[depth, default: []].append(question)
            }
        }
        return byDepth.sorted { $0.key < $1.key }.flatMap(\.value)
    }
}
