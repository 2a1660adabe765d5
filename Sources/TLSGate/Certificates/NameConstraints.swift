import Connectors

/// What the issuers of a path may vouch for, in words.
enum NameConstraints {
    /// Why a name in a certificate is refused: which issuer may vouch for what, and for whom the certificate is.
    ///
    /// OpenSSL says whose name is refused, and not by which of the issuers above.
    ///
    /// - Parameter code: OpenSSL's error; only 47 and 48 are about a name.
    /// - Returns: `nil` for another error, and where no issuer above has a constraint of the kind.
    static func refusal(code: Int32, at depth: Int, of path: [Certificate]) -> String? {
        guard code == 47 || code == 48, path.indices.contains(depth) else { return nil }
        let isExcluded = code == 48
        let certificate = path[depth]
        let above = path.dropFirst(depth + 1).filter { !constraints($0, isExcluded).isEmpty }
        let refusing = above.first { issuer in
            let bases = Set(constraints(issuer, isExcluded).compactMap { domain($0) })
            guard !bases.isEmpty else { return false }
            return certificate.dnsNames.contains { covers(bases, $0) == isExcluded }
        }
        guard let issuer = refusing ?? above.first else { return nil }
        let hasNames = !certificate.dnsNames.isEmpty || !certificate.addresses.isEmpty
        let may = "the issuer \(issuer.title) \(isExcluded ? "may not" : "may only") vouch for"
        return """
            \(may) \(list(constraints(issuer, isExcluded).map(words))), and this certificate is for \
            \(hasNames ? certificate.namesText : certificate.title)
            """
    }

    /// The name that an issuer may not certify and a wildcard of the certificate stands for: OpenSSL compares the `*` as it
    /// stands.
    static func excluded(
        by issuer: Certificate,
        underWildcardOf leaf: Certificate
    ) -> (name: String, wildcard: String)? {
        let excluded = constraints(issuer, true).compactMap { domain($0) }.compactMap { DomainName($0) }
        for wildcard in leaf.dnsNames where wildcard.hasPrefix("*.") {
            guard let base = DomainName(String(wildcard.dropFirst(2))) else { continue }
            if let name = excluded.first(where: { CertificateNames.isBelow($0, base) }) {
                return (name.description, wildcard)
            }
        }
        return nil
    }

    /// Without the sign in front.
    private static func constraints(_ issuer: Certificate, _ isExcluded: Bool) -> [String] {
        issuer.nameConstraints.filter { $0.hasPrefix(isExcluded ? "-" : "+") }.map { String($0.dropFirst()) }
    }

    private static func domain(_ constraint: String) -> String? {
        constraint.hasPrefix("dns:") ? constraint.dropFirst(4).lowercased() : nil
    }

    /// Whether a name is one of the domains or below one (RFC 5280 4.2.1.10); the empty domain covers all.
    ///
    /// A certificate may have thousands of names and its issuer thousands of domains, so each name is looked up by its own ends.
    private static func covers(_ domains: Set<String>, _ name: String) -> Bool {
        let name = name.lowercased()
        if domains.contains("") || domains.contains(name) { return true }
        // No name of a host is longer (RFC 1035 3.1).
        guard name.utf8.count <= 255 else { return false }
        return name.indices.contains { index in
            guard name[index] == "." else { return false }
            return domains.contains(String(name[index...])) || domains.contains(String(name[index...].dropFirst()))
        }
    }

    private static func words(_ constraint: String) -> String {
        let parts = constraint.split(separator: ":", maxSplits: 1).map(String.init)
        let value = parts.count == 2 ? parts[1] : ""
        switch parts.first {
        case "dns": return value.isEmpty ? "any name" : "names under \(value)"
        case "mail": return "mail addresses of \(value)"
        case "uri": return "URLs of \(value)"
        case "ip": return "certain networks"
        case "directory": return "certain owners"
        default: return "names of another kind"
        }
    }

    /// Each once, and no more than a reader takes in.
    private static func list(_ words: [String]) -> String {
        var seen: Set<String> = []
        let words = words.filter { seen.insert($0).inserted }
        let shown = words.prefix(4).joined(separator: ", ")
        return words.count > 4 ? "\(shown) and \(words.count - 4) more" : shown
    }
}
