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

    /// Reads a bundle such as Debian's `/etc/ssl/certs/ca-certificates.crt`; a block that is no certificate is an error.
    package init(pem: [UInt8]) throws(CertificateError) {
        self.init(try PEM.certificates(in: pem))
    }

    package func contains(_ certificate: Certificate) -> Bool { known[certificate.der] != nil }

    /// The root with these bytes, so that it need not be read again.
    func certificate(der: [UInt8]) -> Certificate? { known[der] }

    /// These roots, and those of the presented certificates that the policy names by SHA-256.
    func trusting(_ digests: [String], among presented: [Certificate]) -> TrustRoots {
        guard !digests.isEmpty else { return self }
        let wanted = Set(digests.map { $0.lowercased().filter { $0 != ":" } })
        let extra = presented.filter { wanted.contains($0.sha256) && !contains($0) }
        return extra.isEmpty ? self : TrustRoots(certificates + extra)
    }
}
