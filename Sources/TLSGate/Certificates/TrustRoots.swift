import COpenSSL
import Crypto

/// The certificates that are believed, read once for many judgements.
package struct TrustRoots: Sendable {
    package let certificates: [Certificate]
    /// `sha256:` over the certificates' digests, so that a verdict can say on which roots it rests.
    package let digest: String
    let store: Store
    private let known: [[UInt8]: Certificate]

    /// Owns OpenSSL's store, which may be read by several threads at once; it is filled before it is shared.
    final class Store: @unchecked Sendable {
        let raw: OpaquePointer

        init(_ certificates: [Certificate]) {
            guard let raw = mitre_trust_create() else { preconditionFailure("out of memory") }
            for certificate in certificates { _ = mitre_trust_add(raw, certificate.handle.raw) }
            self.raw = raw
        }

        deinit { mitre_trust_free(raw) }
    }

    package init(_ certificates: [Certificate]) {
        self.certificates = certificates
        known = Dictionary(certificates.map { ($0.der, $0) }) { first, _ in first }
        let ordered = Set(certificates.map(\.sha256)).sorted().joined(separator: "\n")
        digest = "sha256:" + hexadecimal(SHA256.hash(data: Array(ordered.utf8)))
        store = Store(certificates)
    }

    /// Reads a bundle such as Debian's `/etc/ssl/certs/ca-certificates.crt`; a block that is not a certificate, or a
    /// certificate that is not a root, is an error: it would have no effect.
    package init(pem: [UInt8]) throws(CertificateError) {
        let certificates = try PEM.certificates(in: pem)
        if let other = certificates.enumerated().first(where: { !$0.element.isSelfIssued }) {
            throw CertificateError(
                reason:
                    "certificate \(other.offset + 1), \(other.element.subject), is not a root: it is issued by \(other.element.issuer)",
                remedy: "Name the root above it instead: nothing can be trusted by an intermediate certificate alone."
            )
        }
        self.init(certificates)
    }

    package func contains(_ certificate: Certificate) -> Bool { known[certificate.der] != nil }

    /// The root with these bytes, so that it need not be read again.
    func certificate(der: [UInt8]) -> Certificate? { known[der] }

    /// These roots, and those of the presented certificates that the policy names by SHA-256.
    func trusting(_ digests: [String], among presented: [Certificate]) -> TrustRoots {
        let extra = Self.named(digests, among: presented).filter { $0.isSelfIssued && !contains($0) }
        return extra.isEmpty ? self : TrustRoots(certificates + extra)
    }

    /// Those of the certificates that are named by SHA-256.
    static func named(_ digests: [String], among presented: [Certificate]) -> [Certificate] {
        guard !digests.isEmpty else { return [] }
        let wanted = Set(digests.map { $0.lowercased().filter { $0 != ":" } })
        return presented.filter { wanted.contains($0.sha256) }
    }
}
