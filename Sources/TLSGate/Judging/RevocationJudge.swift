import COpenSSL
import Connectors
import FoundationEssentials
import Probing

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
            evidence: ["seen": why, "certificate": certificate.subject],
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
            guard let list = crl.list?.bytes else {
                reasons.append("\(url): \(crl.failure ?? "no answer")")
                continue
            }
            let status = mitre_crl_status(list, list.count, certificate.handle.raw, issuer.handle.raw, now, &revokedAt)
            if status == MITRE_STATUS_GOOD { return .good }
            if status == MITRE_STATUS_REVOKED { return revoked(revokedAt, url) }
            reasons.append("\(url): \(Self.words(status))")
            isUnusable = true
        }
        let why = reasons.joined(separator: "; ")
        return isUnusable ? .unusable(why) : .unavailable(why)
    }

    private func revoked(_ seconds: Int64, _ source: String) -> Answer {
        .revoked(at: Date(timeIntervalSince1970: Double(seconds)), source: source)
    }

    private static func words(_ status: mitre_status) -> String {
        switch status {
        case MITRE_STATUS_WRONG_ISSUER: "the list is another issuer's"
        case MITRE_STATUS_BAD_SIGNATURE: "the list's signature does not verify"
        case MITRE_STATUS_STALE: "the list is out of date"
        case MITRE_STATUS_NOT_COVERED: "the list does not cover this certificate"
        default: "the list cannot be read"
        }
    }
}
