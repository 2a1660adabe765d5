/// How partners' servers are probed and judged.
package struct GateSettings: Hashable, Sendable {
    /// Which addresses may be contacted.
    ///
    /// Repository content chooses whom we contact, hence the default.
    package enum Networks: String, Hashable, Sendable, CaseIterable {
        case `public`
        case any
    }

    /// What a partner of whom not all is well, or not all is known, does to a plan; the gate's own words.
    package enum Decision: String, Hashable, Sendable, CaseIterable {
        case warn
        case approve
        /// Tried again, and a person's to accept once the tries are used up; only for what could not be judged.
        case hold
        case block
    }

    package var resolver: Resolver
    package var trustAnchors: TrustAnchors
    package var dnssecAnchors: TrustAnchors
    package var port: Int
    /// The name given in EHLO; `nil`: the machine's own.
    package var ehloName: String?
    /// For one connect or one reply; the whole probe has its own bound.
    package var timeout: Duration
    /// Probes under way at once.
    package var concurrency: Int
    package var networks: Networks
    /// How old an observation may be when a change is applied on its strength.
    package var maxEvidenceAge: Duration
    /// Some of a partner's servers would take the mail and others would not.
    package var degraded: Decision
    /// A partner that could not be judged.
    package var unknown: Decision
    package var severities: [SeverityOverride]
    /// Extra roots by the SHA-256 of their DER, 64 hex digits in lower case.
    package var trustedRoots: [String]
    /// For a pattern such as `*.fabrikam.com`, the domains below it that are probed in its place.
    package var probeDomains: [String: [String]]
    package var expiry: ExpiryWindows
    /// The shortest RSA key, in bits, that passes.
    package var minimumRSABits: Int
    /// Whether revocation lists are fetched.
    package var checksRevocation: Bool

    package init(
        resolver: Resolver = .system,
        trustAnchors: TrustAnchors = .system,
        dnssecAnchors: TrustAnchors = .system,
        port: Int = 25,
        ehloName: String? = nil,
        timeout: Duration = .seconds(30),
        concurrency: Int = 64,
        networks: Networks = .public,
        maxEvidenceAge: Duration = .seconds(900),
        degraded: Decision = .approve,
        unknown: Decision = .hold,
        severities: [SeverityOverride] = [],
        trustedRoots: [String] = [],
        probeDomains: [String: [String]] = [:],
        expiry: ExpiryWindows = ExpiryWindows(),
        minimumRSABits: Int = 2_048,
        checksRevocation: Bool = false
    ) {
        self.resolver = resolver
        self.trustAnchors = trustAnchors
        self.dnssecAnchors = dnssecAnchors
        self.port = port
        self.ehloName = ehloName
        self.timeout = timeout
        self.concurrency = concurrency
        self.networks = networks
        self.maxEvidenceAge = maxEvidenceAge
        self.degraded = degraded
        self.unknown = unknown
        self.severities = severities
        self.trustedRoots = trustedRoots
        self.probeDomains = probeDomains
        self.expiry = expiry
        self.minimumRSABits = minimumRSABits
        self.checksRevocation = checksRevocation
    }
}
