import Connectors
import Crypto
import FoundationEssentials
import Probing

/// How well a chain fits a set of TLSA records; the better ones come first.
enum DANEResult: Int, Comparable {
    case match
    case leafOutOfDate
    case wrongName
    case brokenPath
    case anchorAbsent
    case mismatch

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// Compares what a server presents with TLSA records (RFC 7672 3, RFC 6698 2.1).
struct DANEMatcher {
    let records: [TLSARecord]
    /// The names of which a certificate below a trust anchor must carry one.
    let names: [NameReference]
    let at: Date

    func result(_ chain: [Certificate]) -> (DANEResult, record: TLSARecord?) {
        guard let leaf = chain.first else { return (.mismatch, nil) }
        let results = records.map { record in
            (record.usage == 3 ? endEntity(record, leaf) : anchor(record, chain), record)
        }
        guard let best = results.min(by: { $0.0 < $1.0 }) else { return (.mismatch, nil) }
        // With a record for the server's own key as well, a missing anchor is not the whole story.
        if best.0 == .anchorAbsent, records.contains(where: { $0.usage == 3 }) { return (.mismatch, nil) }
        return (best.0, best.0 == .mismatch ? nil : best.1)
    }

    /// The key alone counts; but Exchange Online also looks at the dates, against RFC 7672 3.1.1.
    private func endEntity(_ record: TLSARecord, _ leaf: Certificate) -> DANEResult {
        guard Self.matches(record, leaf) else { return .mismatch }
        return leaf.notBefore <= at && at <= leaf.notAfter ? .match : .leafOutOfDate
    }

    private func anchor(_ record: TLSARecord, _ chain: [Certificate]) -> DANEResult {
        var anchors = chain.dropFirst().filter { Self.matches(record, $0) }
        if anchors.isEmpty, record.matchingType == 0, record.selector == 0 {
            anchors = present(Certificate(der: record.data.bytes))
        }
        guard !anchors.isEmpty else { return .anchorAbsent }
        let report = CertificateChainJudge.verify(
            chain: chain,
            roots: TrustRoots(anchors),
            at: at,
            purpose: .any,
            isAnchoredAnywhere: true
        )
        let ignored = ["cert-key-weak", "cert-signature-weak"]
        let broken = report.problems.filter { $0.weight == .path && !ignored.contains($0.check) }
        guard broken.isEmpty else { return .brokenPath }
        return names.contains { CertificateNames.match($0, in: chain[0]) != nil } ? .match : .wrongName
    }

    static func matches(_ record: TLSARecord, _ certificate: Certificate) -> Bool {
        let content = record.selector == 0 ? certificate.der : certificate.publicKey
        return switch record.matchingType {
        case 0: record.data.bytes == content
        case 1: record.data.bytes == Array(SHA256.hash(data: content))
        case 2: record.data.bytes == Array(SHA512.hash(data: content))
        default: false
        }
    }
}

extension DANEJudge {
    /// What DANE says of one address of the host.
    func findings(for address: AddressJudgement, _ state: DANEState) -> [Finding] {
        guard case .usable(let records, let base) = state else { return [] }
        switch address.tls {
        case .unknown: return []
        case .absent: return present(noTLS(address))
        case .established(let chain):
            let names = ([base] + nextHopNames).compactMap { NameReference($0) }
            let matcher = DANEMatcher(records: records, names: names, at: context.now)
            // A certificate that could not be read matches nothing; the order of the others stays.
            let (result, record) =
                chain.first.flatMap { $0 } == nil ? (.mismatch, nil) : matcher.result(chain.compactMap { $0 })
            return present(finding(result, record, records, address))
        }
    }

    private func noTLS(_ address: AddressJudgement) -> Finding? {
        context.finding(
            "dane-no-starttls",
            address.subject,
            "The partner publishes which key this server has (DANE), so mail to it must be encrypted, and this server cannot do that. \(Self.waits)",
            exo: "450 4.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail",
            remedy: "Partner: repair STARTTLS on this server, or remove its TLSA records.",
            tags: ["starttls-not-supported"],
            at: address.observedAt
        )
    }

    /// Source: learn.microsoft.com/purview/how-smtp-dane-works.
    private static let waits =
        "Exchange Online will try again after 15 minutes, twice, then every hour for 24 hours, and then return the mail."

    private func finding(
        _ result: DANEResult,
        _ record: TLSARecord?,
        _ records: [TLSARecord],
        _ address: AddressJudgement
    ) -> Finding? {
        let leaf = address.tls.chain.first
        let id: String
        let message: String
        var exo: String?
        var remedy = ""
        switch result {
        case .match:
            (id, message) = ("dane-match", "The server's key is the one that the partner publishes in DNS (DANE).")
        case .leafOutOfDate:
            id = "dane-ee-expired"
            message =
                "The server's key is the one that the partner publishes in DNS (DANE), but its certificate is out of date. The standard lets that pass (RFC 7672 3.1.1), Exchange Online does not. \(Self.waits)"
            exo = "450 4.7.322 certificate-expired"
            remedy = "Partner: renew the certificate; with the same key the TLSA record stays right."
        case .wrongName:
            id = "dane-ta-name"
            message =
                "The certificate comes from the issuer that the partner publishes in DNS (DANE), but has another server's name. \(Self.waits)"
            exo = "450 4.7.325 certificate-host-mismatch"
            remedy = "Partner: have the certificate reissued with the name \(host.host)."
        case .brokenPath:
            id = "dane-mismatch"
            message =
                "The certificate cannot be traced to the issuer that the partner publishes in DNS (DANE). \(Self.waits)"
            exo = "450 4.7.323 tlsa-invalid: The domain failed DANE validation"
            remedy = "Partner: install a certificate in date from the published issuer, with the full chain."
        case .anchorAbsent:
            id = "dane-ta-absent"
            message =
                "The partner publishes which issuer its certificates come from (DANE), and the server does not send that issuer's certificate, so the two cannot be compared. \(Self.waits)"
            exo = "450 4.7.323 tlsa-invalid: The domain failed DANE validation"
            remedy = "Partner: install the full chain up to the published issuer on this server."
        case .mismatch:
            id = "dane-mismatch"
            message =
                "The server's key is not the one that the partner publishes in DNS (DANE), as if another server answered in its place. \(Self.waits)"
            exo = "450 4.7.323 tlsa-invalid: The domain failed DANE validation"
            remedy = "Partner: publish the TLSA record of the current key; when keys change, publish the new one first."
        }
        return context.finding(
            id,
            address.subject,
            message,
            exo: exo,
            evidence: [
                "seen": leaf.map { "key sha256 \(hexadecimal(SHA256.hash(data: $0.publicKey)))" },
                "wanted": (record.map { [$0] } ?? records).map(Self.text).joined(separator: "; "),
            ],
            remedy: remedy,
            tags: result == .match ? [] : ["tlsa-invalid"],
            at: address.observedAt
        )
    }
}
