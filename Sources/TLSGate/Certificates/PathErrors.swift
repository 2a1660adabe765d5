/// What OpenSSL's verifier can object to, in the gate's words.
///
/// Source: openssl/x509_vfy.h of OpenSSL 3.0, which numbers the errors.
struct PathError {
    let check: String
    let rule: String
    let message: String
    var weight = ChainProblem.Weight.path

    /// What an error means on a certificate; `nil` for one that only repeats what another says.
    static func of(code: Int32, depth: Int) -> PathError? {
        switch code {
        case 9: PathError(check: "cert-not-yet-valid", rule: "not-yet-valid", message: "is not valid yet")
        case 10:
            PathError(
                check: depth == 0 ? "cert-expired" : "cert-chain-expired",
                rule: "expired",
                message: "has expired"
            )
        case 18:
            PathError(check: "cert-self-signed", rule: "self-signed", message: "is signed by itself and not trusted")
        case 19:
            PathError(check: "cert-untrusted-root", rule: "untrusted-root", message: "is a root that is not trusted")
        case 2, 20, 21:
            PathError(
                check: "cert-missing-intermediate",
                rule: "missing-issuer",
                message: "was issued by a certificate that was not sent and is not a known root"
            )
        case 27: nil
        default: invalid[code] ?? profile[code] ?? advice[code] ?? other(code)
        }
    }

    private static func other(_ code: Int32) -> PathError {
        PathError(check: "cert-path-invalid", rule: "openssl-\(code)", message: "breaks a rule (OpenSSL error \(code))")
    }

    private static let invalid: [Int32: PathError] = Dictionary(
        uniqueKeysWithValues: [
            (4, "signature", "has a signature that cannot be read"),
            (6, "issuer-key", "was issued with a key that cannot be read"),
            (7, "signature", "has a signature that does not fit its issuer's key"),
            (13, "validity", "has a start date that cannot be read"),
            (14, "validity", "has an end date that cannot be read"),
            (22, "chain-length", "stands in a chain that is too long"),
            (24, "issuer-key", "was issued with a key that cannot be read"),
            (25, "path-length", "is deeper below an authority than that authority allows"),
            (26, "purpose", "may not be used for this"),
            (28, "rejected", "is marked as rejected"),
            (29, "issuer-name", "names another issuer"),
            (30, "key-identifier", "names another key of its issuer"),
            (31, "key-identifier", "names another certificate of its issuer"),
            (32, "key-usage", "was issued with a key that may not sign certificates"),
            (34, "critical-extension", "has a critical extension that is not understood"),
            (37, "basic-constraints", "is an authority where none may be"),
            (40, "proxy-certificate", "is a proxy certificate"),
            (41, "extension", "has an extension that cannot be read"),
            (42, "policy", "has a policy extension that cannot be read"),
            (43, "policy", "does not assert the policy that is demanded"),
            (45, "extension", "has an extension with a feature that is not supported"),
            (47, "name-constraints", "has a name that its authority may not certify"),
            (48, "name-constraints", "has a name that its authority is forbidden to certify"),
            (49, "name-constraints", "stands below name constraints of a form that is not supported"),
            (51, "name-constraints", "stands below a name constraint of a type that is not supported"),
            (52, "name-constraints", "stands below a name constraint that cannot be read"),
            (53, "name-constraints", "has a name that cannot be compared with the constraints above it"),
            (55, "path-loop", "stands in a circle of issuers"),
            (76, "signature-algorithm", "is signed in a way that is not supported"),
            (77, "signature-algorithm", "is signed in a way that does not fit its issuer's key"),
            (79, "basic-constraints", "was issued by a certificate that is not an authority"),
        ].map { ($0.0, PathError(check: "cert-path-invalid", rule: $0.1, message: $0.2)) }
    )

    private static let profile: [Int32: PathError] = Dictionary(
        uniqueKeysWithValues: [
            (78, "signature-algorithm", "names two different signature algorithms"),
            (80, "path-length", "has a path length and is not an authority"),
            (81, "path-length", "has a path length and may not sign certificates"),
            (82, "key-usage", "may sign certificates and is not an authority"),
            (83, "issuer-name", "has no issuer name"),
            (84, "subject-name", "is an authority without a name"),
            (87, "alternative-name", "has an empty list of names"),
            (88, "alternative-name", "has no subject, and its names are not marked critical"),
            (90, "authority-key-identifier", "marks the key identifier of its issuer critical"),
            (91, "subject-key-identifier", "marks its key identifier critical"),
            (93, "version", "has extensions, which its version does not allow"),
            (94, "explicit-curve", "has a key on a curve of its own making"),
        ].map { ($0.0, PathError(check: "cert-path-invalid", rule: $0.1, message: $0.2, weight: .profile)) }
    )

    private static let advice: [Int32: PathError] = Dictionary(
        uniqueKeysWithValues: [
            (85, "authority-key-identifier", "does not say which key signed it"),
            (86, "subject-key-identifier", "is an authority without a key identifier"),
            (89, "basic-constraints", "is an authority whose constraints are not marked critical"),
            (92, "key-usage", "is an authority that does not say what its key is for"),
        ].map { ($0.0, PathError(check: "cert-path-invalid", rule: $0.1, message: $0.2, weight: .advice)) }
    )
}
