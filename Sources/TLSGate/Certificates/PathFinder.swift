/// Finds the paths from a certificate to a trusted one, where OpenSSL's first choice among issuers of one name was wrong.
///
/// A client that does not look back refuses chains that others take: with cross-signed issuers, renewed ones, or two of
/// one name (RFC 4158). The work is bounded, as whoever presents the certificates chooses them.
struct PathFinder {
    private static let maximumSignatures = 64
    private static let maximumPaths = 16
    private static let maximumDepth = 10

    let presented: [Certificate]
    let roots: TrustRoots
    private var signatures = 0
    private(set) var paths: [[Certificate]] = []

    /// The paths, shortest first.
    init(from leaf: Certificate, presented: [Certificate], roots: TrustRoots) {
        self.presented = presented
        self.roots = roots
        extend([leaf])
        paths.sort { $0.count < $1.count }
    }

    private mutating func extend(_ path: [Certificate]) {
        guard let top = path.last, paths.count < Self.maximumPaths else { return }
        if path.count > 1 || top.isSelfIssued, roots.contains(top) {
            paths.append(path)
            return
        }
        guard path.count <= Self.maximumDepth else { return }
        for candidate in roots.certificates + presented where !path.contains(candidate) && top.names(issuer: candidate)
        {
            guard signatures < Self.maximumSignatures else { return }
            signatures += 1
            if top.isSigned(by: candidate) { extend(path + [candidate]) }
        }
    }
}
