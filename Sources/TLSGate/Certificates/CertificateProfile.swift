import COpenSSL
import Connectors

/// What RFC 5280 asks of whoever issues a certificate and OpenSSL does not look at.
///
/// No mail server is known to refuse for these, so the gate shows them and goes by them only where a path is broken; `certificate verify` refuses them.
enum CertificateProfile {
    static func problems(
        of path: [Certificate],
        roots: TrustRoots,
        purpose: CertificateChainJudge.Purpose
    ) -> [ChainProblem] {
        path.enumerated().flatMap { depth, certificate in
            // A root is trusted as it is: nine of Debian's have a serial number of zero.
            var found = roots.contains(certificate) ? [] : general(certificate)
            found += depth == 0 ? leaf(certificate, purpose) : authority(certificate, above: path[0])
            if depth > 0, roots.contains(certificate), certificate.extendedKeyUsages != nil {
                found.append(("extended-key-usage", "is a root and says what the certificates below are for"))
            }
            return found.map { rule, message in
                ChainProblem(
                    check: "cert-path-invalid",
                    rule: rule,
                    depth: depth,
                    subject: certificate.subject,
                    message: "\(certificate.title) \(message)",
                    weight: weight(of: rule)
                )
            }
        }
    }

    /// What the Baseline Requirements of the CA/Browser Forum allow is only advice; a wildcard over a name that its issuer
    /// may not certify is a broken path, which OpenSSL does not see.
    private static func weight(of rule: String) -> ChainProblem.Weight {
        switch rule {
        case "no-extended-key-usage", "name-constraints-criticality": .advice
        case "name-constraints-wildcard": .path
        default: .profile
        }
    }

    private static func general(_ certificate: Certificate) -> [(String, String)] {
        let facts = certificate.facts
        var found: [(String, String)] = []
        if facts.has_unreadable_extension != 0 { found.append(("extension", "has an extension that cannot be read")) }
        let plain = certificate.extensions.map { $0.hasPrefix("!") ? String($0.dropFirst()) : $0 }
        if Set(plain).count != plain.count { found.append(("extension", "has an extension twice")) }
        if facts.version != 3 { found.append(("version", "has version \(facts.version), and 3 is needed")) }
        if facts.serial_is_negative != 0 || facts.serial_bytes == 0 || facts.serial_bytes > 20 {
            found.append(("serial", "has a serial number that is not positive, or longer than 20 bytes"))
        }
        if facts.signature_algorithms_agree == 0 {
            found.append(("signature-algorithm", "names two different signature algorithms"))
        }
        if facts.key_has_explicit_curve != 0 {
            found.append(("explicit-curve", "has a key on a curve of its own making"))
        }
        if certificate.key.type == "EC", let curve = certificate.key.curve, !curves.contains(curve) {
            found.append(("curve", "has a key on the curve \(curve), which is not in general use"))
        }
        if certificate.key.type == "RSA", certificate.key.bits % 8 != 0 {
            found.append(("key-size", "has an RSA key of \(certificate.key.bits) bits, which is not a multiple of 8"))
        }
        if certificate.extensions.contains("!1.3.6.1.5.5.7.1.1") {
            found.append(("authority-information-access", "marks where its issuer is found as critical"))
        }
        return found
    }

    private static let curves: Set<String> = ["prime256v1", "P-256", "secp384r1", "P-384", "secp521r1", "P-521"]

    private static func leaf(
        _ certificate: Certificate,
        _ purpose: CertificateChainJudge.Purpose
    ) -> [(String, String)] {
        var found: [(String, String)] = []
        if certificate.isAuthority {
            found.append(("basic-constraints", "is an authority and not a server's certificate"))
        }
        if !certificate.nameConstraints.isEmpty || certificate.extensions.contains(where: isNameConstraints) {
            found.append(("name-constraints", "has name constraints, which only an authority may have"))
        }
        if certificate.extensions.contains("!2.5.29.17"), certificate.facts.subject_entries > 0 {
            found.append(("alternative-name", "has a subject, and yet its names are marked critical"))
        }
        if certificate.facts.has_alternative_names == 0 {
            found.append(("alternative-name", "has no list of names (subjectAltName)"))
        }
        guard purpose != .any else { return found }
        if certificate.extendedKeyUsages == nil {
            found.append(("no-extended-key-usage", "does not say what it may be used for"))
        }
        if certificate.extensions.contains("!2.5.29.37") {
            found.append(("extended-key-usage", "marks what it may be used for as critical"))
        }
        if certificate.extendedKeyUsages?.contains(CertificateChainJudge.anyUsage) == true {
            found.append(("extended-key-usage", "may be used for anything"))
        }
        return found
    }

    private static func authority(_ certificate: Certificate, above leaf: Certificate) -> [(String, String)] {
        var found: [(String, String)] = []
        if certificate.nameConstraints.contains(where: { $0.dropFirst().hasPrefix("dns:.") }) {
            found.append(("name-constraints", "has a name constraint that starts with a dot"))
        }
        if let excluded = NameConstraints.excluded(by: certificate, underWildcardOf: leaf) {
            found.append(
                (
                    "name-constraints-wildcard",
                    "may not vouch for names under \(excluded.name), and the certificate below it is for \(excluded.wildcard)"
                )
            )
        }
        if certificate.extensions.contains("2.5.29.30") {
            found.append(("name-constraints-criticality", "has name constraints that are not marked critical"))
        }
        if certificate.extensions.contains("2.5.29.36") {
            found.append(("policy", "has policy constraints that are not marked critical"))
        }
        return found
    }

    private static func isNameConstraints(_ text: String) -> Bool { text == "2.5.29.30" || text == "!2.5.29.30" }
}
