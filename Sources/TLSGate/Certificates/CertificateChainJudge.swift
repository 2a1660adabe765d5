import COpenSSL
package import FoundationEssentials

/// Judges a chain of certificates as it was presented: OpenSSL's verifier, collecting every error, with our own checks of
/// names, keys and digests as well.
package enum CertificateChainJudge {
    package enum Purpose: Hashable, Sendable {
        case server
        case client
        case any
    }

    /// The least that keys must have.
    package struct Floors: Hashable, Sendable {
        package var rsaBits = 2_048
        package var ecBits = 256
    }

    /// The most certificates of one chain that are looked at.
    package static let maximumCertificates = 16

    /// Every problem of a chain, and its path.
    ///
    /// - Parameters:
    ///   - chain: The certificate to judge first, then what was sent with it, in any order.
    ///   - name: The name that it must carry; `nil` asks for none.
    ///   - isAnchoredAnywhere: A trusted certificate ends the path whether or not it is self-signed, as DANE wants it.
    package static func verify(
        chain: [Certificate],
        roots: TrustRoots,
        name: NameReference? = nil,
        at: Date,
        purpose: Purpose = .server,
        floors: Floors = Floors(),
        isAnchoredAnywhere: Bool = false
    ) -> ChainReport {
        let chain = Array(chain.prefix(maximumCertificates))
        guard let leaf = chain.first else {
            return ChainReport(isValid: false, at: at, problems: [Self.nothing], path: [])
        }
        let request = Request(at: at, purpose: purpose, floors: floors, isAnchoredAnywhere: isAnchoredAnywhere)
        var (path, problems) = judge(chain, roots, request)
        if problems.contains(where: { $0.weight == .path && mayHangOnPath($0) }),
            let better = alternative(leaf, chain, roots, request)
        {
            (path, problems) = better
        }
        let match = name.flatMap { CertificateNames.match($0, in: leaf) }
        if let name { problems += names(name, match, leaf) }
        let ordered = deduplicated(problems).sorted { ($0.depth, $0.check, $0.rule) < ($1.depth, $1.check, $1.rule) }
        return ChainReport(
            isValid: ordered.allSatisfy { $0.weight == .advice },
            at: at,
            problems: ordered,
            path: path.enumerated().map { depth, certificate in
                PathElement(
                    depth: depth,
                    certificate: certificate,
                    presentedAt: chain.firstIndex(of: certificate),
                    isTrusted: roots.contains(certificate)
                )
            },
            matchedName: match?.presented
        )
    }

    private struct Request {
        let at: Date
        let purpose: Purpose
        let floors: Floors
        let isAnchoredAnywhere: Bool
    }

    private static func judge(
        _ chain: [Certificate],
        _ roots: TrustRoots,
        _ request: Request
    ) -> (path: [Certificate], problems: [ChainProblem]) {
        let found = run(chain, roots, request.at, request.purpose, request.isAnchoredAnywhere)
        let path = found.path.isEmpty ? Array(chain.prefix(1)) : found.path
        var problems = problems(of: found.errors, path: path, purpose: request.purpose)
        problems += keys(of: path, request.floors) + digests(of: path, roots)
        problems += CertificateProfile.problems(of: path, roots: roots, purpose: request.purpose)
        return (path, problems)
    }

    /// Whether another path could be free of the problem: what is wrong with the first certificate itself is so on all.
    private static func mayHangOnPath(_ problem: ChainProblem) -> Bool {
        problem.depth > 0 || ["signature", "key-usage", "basic-constraints", "name-constraints"].contains(problem.rule)
    }

    /// Another path on which nothing is wrong with whoever issued the certificate; `nil` when there is none.
    private static func alternative(
        _ leaf: Certificate,
        _ chain: [Certificate],
        _ roots: TrustRoots,
        _ request: Request
    ) -> (path: [Certificate], problems: [ChainProblem])? {
        for path in PathFinder(from: leaf, presented: chain, roots: roots).paths {
            guard let top = path.last else { continue }
            let found = judge(path, TrustRoots([top]), request)
            guard !found.problems.contains(where: { $0.weight == .path && mayHangOnPath($0) }) else { continue }
            return found
        }
        return nil
    }

    private static let nothing = ChainProblem(
        check: "cert-unparseable",
        rule: "no-certificate",
        depth: 0,
        subject: "",
        message: "no certificate was presented"
    )

    private struct Run {
        var errors: [(code: Int32, depth: Int)] = []
        var path: [Certificate] = []
    }

    private static func run(
        _ chain: [Certificate],
        _ roots: TrustRoots,
        _ at: Date,
        _ purpose: Purpose,
        _ isAnchoredAnywhere: Bool
    ) -> Run {
        let number =
            switch purpose {
            case .server: MITRE_PURPOSE_SERVER
            case .client: MITRE_PURPOSE_CLIENT
            case .any: MITRE_PURPOSE_ANY
            }
        let flags = MITRE_VERIFY_STRICT | (isAnchoredAnywhere ? MITRE_VERIFY_PARTIAL : 0)
        let handles: [OpaquePointer?] = chain.map(\.handle.raw)
        let seconds = Int64(at.timeIntervalSince1970.rounded(.down))
        let raw = withExtendedLifetime(roots) {
            withExtendedLifetime(chain) {
                mitre_verify(roots.store.raw, handles, handles.count, seconds, Int32(number), Int32(flags))
            }
        }
        guard let raw else { return Run(errors: [(17, 0)]) }
        defer { mitre_verification_free(raw) }
        var result = Run()
        for index in 0..<mitre_verification_errors(raw) {
            var depth: Int32 = 0
            let code = mitre_verification_error(raw, index, &depth)
            result.errors.append((code, Int(max(0, depth))))
        }
        for depth in 0..<mitre_verification_path(raw) {
            var length = 0
            guard let start = mitre_verification_certificate(raw, depth, &length) else { break }
            let der = [UInt8](UnsafeBufferPointer(start: start, count: length))
            let known = chain.first { $0.der == der } ?? roots.certificate(der: der)
            guard let certificate = known ?? Certificate(der: der) else { break }
            result.path.append(certificate)
        }
        // The last second belongs to the validity (RFC 5280 4.1.2.5); OpenSSL takes it for past.
        result.errors.removeAll { code, depth in
            code == 10 && result.path.indices.contains(depth)
                && Int64(result.path[depth].notAfter.timeIntervalSince1970) == seconds
        }
        return result
    }

    private static func problems(
        of errors: [(code: Int32, depth: Int)],
        path: [Certificate],
        purpose: Purpose
    ) -> [ChainProblem] {
        errors.compactMap { code, depth in
            let certificate = path[min(depth, path.count - 1)]
            guard var error = PathError.of(code: code, depth: depth) else { return nil }
            if code == 26 {
                guard let refined = refinedPurpose(certificate, depth, purpose) else { return nil }
                error = refined
            }
            var message =
                NameConstraints.refusal(code: code, at: depth, of: path) ?? "\(certificate.title) \(error.message)"
            if error.check == "cert-missing-intermediate" { message += ": \(certificate.issuer)" }
            return ChainProblem(
                check: error.check,
                rule: error.rule,
                depth: depth,
                subject: certificate.subject,
                message: message,
                weight: error.weight
            )
        }
    }

    /// Which rule of purposes is broken; `nil` where only OpenSSL minds: it does not take anyExtendedKeyUsage.
    private static func refinedPurpose(_ certificate: Certificate, _ depth: Int, _ purpose: Purpose) -> PathError? {
        let wanted = purpose == .client ? Self.clientAuth : Self.serverAuth
        let usages = certificate.extendedKeyUsages
        if depth == 0, let usages, !usages.contains(wanted), !usages.contains(Self.anyUsage) {
            let word = purpose == .client ? "sending (clientAuth)" : "servers (serverAuth)"
            return PathError(check: "cert-purpose", rule: "extended-key-usage", message: "is not for \(word)")
        }
        if let usages, usages.contains(Self.anyUsage), !isUsageRefused(certificate, depth) { return nil }
        let rule = usages?.contains(wanted) == false ? "extended-key-usage" : "key-usage"
        return PathError(check: "cert-path-invalid", rule: rule, message: "may not be used for this")
    }

    /// digitalSignature, keyEncipherment or keyAgreement below, keyCertSign above (RFC 5280 4.2.1.3).
    private static func isUsageRefused(_ certificate: Certificate, _ depth: Int) -> Bool {
        guard certificate.facts.has_key_usage != 0 else { return false }
        return certificate.facts.key_usage & (depth == 0 ? 0x80 | 0x20 | 0x08 : 0x04) == 0
    }

    package static let serverAuth = "1.3.6.1.5.5.7.3.1"
    package static let clientAuth = "1.3.6.1.5.5.7.3.2"
    package static let anyUsage = "2.5.29.37.0"

    /// Source: RFC 9325 4.5, NIST SP 800-57 part 1.
    private static func keys(of path: [Certificate], _ floors: Floors) -> [ChainProblem] {
        path.enumerated().compactMap { depth, certificate in
            guard let weakness = weakness(of: certificate.key, floors) else { return nil }
            return ChainProblem(
                check: "cert-key-weak",
                rule: "key-size",
                depth: depth,
                subject: certificate.subject,
                message: "\(certificate.title) has a weak key: \(weakness)"
            )
        }
    }

    package static func weakness(of key: Certificate.Key, _ floors: Floors) -> String? {
        switch key.type {
        case "RSA", "rsassaPss", "RSASSA-PSS": key.bits < floors.rsaBits ? "RSA \(key.bits)" : nil
        case "EC": key.bits < floors.ecBits ? "EC \(key.bits)" : nil
        case "DSA": "DSA \(key.bits)"
        default: nil
        }
    }

    /// A root's own signature proves nothing, so its digest does not matter.
    ///
    /// Source: RFC 9155; learn.microsoft.com/purview/technical-reference-details-about-encryption.
    private static func digests(of path: [Certificate], _ roots: TrustRoots) -> [ChainProblem] {
        path.enumerated().compactMap { depth, certificate in
            guard let digest = certificate.digest, ["MD2", "MD4", "MD5", "SHA1", "MD5-SHA1"].contains(digest) else {
                return nil
            }
            guard !roots.contains(certificate), depth == 0 || !certificate.isSelfIssued else { return nil }
            return ChainProblem(
                check: "cert-signature-weak",
                rule: "digest",
                depth: depth,
                subject: certificate.subject,
                message: "\(certificate.title) is signed with \(digest), which can be forged"
            )
        }
    }

    private static func names(_ name: NameReference, _ match: NameMatch?, _ leaf: Certificate) -> [ChainProblem] {
        func problem(_ check: String, _ rule: String, _ message: String) -> [ChainProblem] {
            [ChainProblem(check: check, rule: rule, depth: 0, subject: leaf.subject, message: message)]
        }
        guard let match else {
            return problem("cert-name-mismatch", "name", "it does not name \(name), but \(leaf.namesText)")
        }
        if match.isOnlyCommonName {
            return problem("cert-name-cn-only", "common-name", "it names \(name) only in its common name")
        }
        return []
    }

    private static func deduplicated(_ problems: [ChainProblem]) -> [ChainProblem] {
        var seen: Set<String> = []
        return problems.filter { seen.insert("\($0.check) \($0.rule) \($0.depth)").inserted }
    }
}
