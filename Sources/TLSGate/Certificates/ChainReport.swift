package import FoundationEssentials

/// Everything that is wrong with a chain at a time, and the path that was found.
package struct ChainReport: Hashable, Sendable, Codable {
    /// True when nothing is wrong with it but what is only advice.
    package var isValid: Bool
    /// The instant it was judged for.
    package var at: Date
    package var problems: [ChainProblem]
    /// From the server's own certificate upwards, as far as it leads.
    package var path: [PathElement]
    /// The name in the certificate that fits the one that was asked for.
    package var matchedName: String?
}

/// One thing that is wrong with one certificate of the path.
package struct ChainProblem: Hashable, Sendable, Codable {
    /// The gate's check that it belongs to: `cert-expired`.
    package var check: String
    /// The rule, more finely: `path-length`.
    package var rule: String
    /// 0 is the server's own certificate, 1 its issuer, and so on.
    package var depth: Int
    /// Of the certificate at that depth.
    package var subject: String
    package var message: String
    package var weight: Weight = .path

    package enum Weight: String, Hashable, Sendable, Codable {
        /// The path is not valid (RFC 5280 6.1), or a key, digest or name will not do.
        case path
        /// The certificate should never have been issued like this; mail servers are not known to refuse it.
        case profile
        /// What a careful issuer adds, and private ones often leave out; the chain is valid without.
        case advice
    }
}

package struct PathElement: Hashable, Sendable, Codable {
    package var depth: Int
    package var subject: String
    package var issuer: String
    package var sha256: String
    package var notBefore: Date
    package var notAfter: Date
    /// Where it stood among the presented ones, from 0; `nil` for one that came from the roots.
    package var presentedAt: Int?
    package var isTrusted: Bool

    package init(
        depth: Int,
        certificate: Certificate,
        presentedAt: Int?,
        isTrusted: Bool
    ) {
        self.depth = depth
        subject = certificate.subject
        issuer = certificate.issuer
        sha256 = certificate.sha256
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        self.presentedAt = presentedAt
        self.isTrusted = isTrusted
    }
}
