import Connectors
package import FoundationEssentials

/// What a problem of a chain is called for a reader who does not know TLS.
package struct CertificateTexts {
    let problem: ChainProblem
    let report: ChainReport
    let chain: [Certificate]
    let now: Date

    private var element: PathElement? { report.path.first { $0.depth == problem.depth } }
    /// A certificate without a subject is named by what it is for.
    private var name: String {
        guard problem.subject.isEmpty else { return problem.subject }
        return element.map(title) ?? "a certificate without a subject"
    }

    private var whose: String {
        // The issuer that may not vouch for a name is well; the certificate with the name is not.
        problem.depth == 0 || problem.rule == "name-constraints-wildcard"
            ? "The certificate" : "A certificate above the server's own"
    }

    /// Whether its issuer may not vouch for the name, so that no certificate of that issuer will do.
    private var isBeyondIssuer: Bool { problem.rule.hasPrefix("name-constraints") }

    var message: String {
        switch problem.check {
        case "cert-expired", "cert-chain-expired":
            "\(whose) ended \(days(since: element?.notAfter)) ago."
        case "cert-not-yet-valid": "\(whose) is not valid yet."
        case "cert-self-signed": "The server made its certificate itself; no issuer vouches for it."
        case "cert-untrusted-root":
            "The certificate comes from an issuer that is not on the list of trusted ones."
        case "cert-missing-intermediate":
            "The server does not send the certificate of its issuer, so no one can follow who vouches for it."
        case "cert-purpose": "The certificate is not made for servers."
        case "cert-key-weak": "\(whose) has a key that is too weak."
        case "cert-signature-weak": "\(whose) is signed in an outdated way that can be forged."
        default: "\(whose) is not valid: \(problem.message)."
        }
    }

    var evidence: [String: String?] {
        var evidence: [String: String?] = ["leaf": chain.first.map { "sha256 \($0.sha256)" }]
        switch problem.check {
        case "cert-expired", "cert-chain-expired":
            evidence["seen"] = "\(name), ended \(element.map { Timestamp.text($0.notAfter) } ?? "")"
        case "cert-not-yet-valid":
            evidence["seen"] = "\(name), valid from \(element.map { Timestamp.text($0.notBefore) } ?? "")"
        case "cert-self-signed": evidence["seen"] = name
        case "cert-untrusted-root":
            evidence["seen"] = "\(name), sha256 \(element?.sha256 ?? "")"
        case "cert-missing-intermediate":
            let above = chain.first { $0.sha256 == report.path.last?.sha256 }
            evidence["seen"] = "\(chain.count) sent"
            evidence["wanted"] = above?.issuer
            evidence["found at"] = above?.caIssuers.first
        case "cert-purpose":
            evidence["seen"] = chain.first?.extendedKeyUsages.map { $0.map(Self.usage).joined(separator: ", ") }
        // The message says what is wrong, so here is where.
        case "cert-path-invalid": evidence["seen"] = report.path.map(title).joined(separator: " → ")
        default: evidence["seen"] = problem.message
        }
        return evidence
    }

    var remedy: String {
        switch problem.check {
        case "cert-expired", "cert-not-yet-valid": "Partner: install a certificate that is in date on this server."
        case "cert-chain-expired": "Partner: install the issuer's current intermediate certificate on this server."
        case "cert-self-signed":
            "Partner: install a certificate from a public issuer; or here: set tlsSettings: EncryptionOnly, under which anyone in between can pose as the partner."
        case "cert-untrusted-root":
            "Partner: use a public issuer. Microsoft's list of them differs from ours: if it has this one, name its sha256 under trustedRoots in the gate's policy."
        case "cert-missing-intermediate":
            "Partner: install the full chain (the server's certificate and its intermediates) on this server."
        case "cert-purpose": "Partner: have the certificate reissued for servers (serverAuth)."
        case "cert-key-weak": "Partner: have the certificate reissued with a key of RSA 2048 bits or EC P-256 at least."
        case "cert-signature-weak": "Partner: have the certificate reissued with SHA-256."
        case "cert-path-invalid" where isBeyondIssuer:
            "Partner: get the certificate from another issuer, one that may vouch for its names, and install the full chain."
        default: "Partner: have the certificate reissued by its issuer, and install the full chain."
        }
    }

    /// What an administrator sees; older traces show the second one for issuers.
    var exo: String {
        let failed = "450 4.7.320 Certificate validation failed"
        switch problem.check {
        case "cert-untrusted-root", "cert-missing-intermediate", "cert-self-signed":
            return "\(failed), or 450 4.4.317 Cannot connect to remote server [Message=UntrustedRoot]"
        default: return failed
        }
    }

    var tags: [String] {
        switch problem.check {
        case "cert-expired", "cert-chain-expired", "cert-not-yet-valid": ["certificate-expired"]
        case "cert-self-signed", "cert-untrusted-root", "cert-missing-intermediate": ["certificate-not-trusted"]
        default: ["validation-failure"]
        }
    }

    private func title(_ element: PathElement) -> String {
        guard element.subject.isEmpty else { return element.subject }
        return chain.first { $0.sha256 == element.sha256 }?.title ?? "a certificate without a subject"
    }

    private func days(since date: Date?) -> String {
        guard let date else { return "some time" }
        return Self.days(now.timeIntervalSince(date))
    }

    /// A span in whole days, for people; the list of certificates and the findings count alike.
    package static func days(_ seconds: TimeInterval) -> String {
        let days = Int(seconds / 86_400)
        return days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
    }

    static func usage(_ identifier: String) -> String {
        let names = [
            CertificateChainJudge.serverAuth: "serverAuth", CertificateChainJudge.clientAuth: "clientAuth",
            CertificateChainJudge.anyUsage: "any", "1.3.6.1.5.5.7.3.3": "codeSigning",
            "1.3.6.1.5.5.7.3.4": "emailProtection", "1.3.6.1.5.5.7.3.8": "timeStamping",
            "1.3.6.1.5.5.7.3.9": "OCSPSigning",
        ]
        return names[identifier] ?? identifier
    }
}
