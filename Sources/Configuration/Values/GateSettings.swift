/// How partners' servers are probed and judged.
package struct GateSettings: Hashable, Sendable {
    /// Which addresses may be contacted.
    ///
    /// Repository content chooses whom we contact, so this is the default.
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

    package var resolver: Resolver = .system
    package var trustAnchors: TrustAnchors = .system
    package var dnssecAnchors: TrustAnchors = .system
    package var port = 25
    /// The name given in EHLO; `nil`: the machine's own.
    package var ehloName: String?
    /// For one connect or one reply; the whole probe has its own bound.
    package var timeout: Duration = .seconds(30)
    /// Probes under way at once.
    package var concurrency = 64
    package var networks: Networks = .public
    /// How old an observation may be when a change is applied on its strength.
    package var maxEvidenceAge: Duration = .seconds(900)
    /// Some of a partner's servers would take the mail and others would not.
    package var degraded: Decision = .approve
    /// A partner that could not be judged.
    package var unknown: Decision = .hold
    package var severities: [SeverityOverride] = []
    /// Extra roots by the SHA-256 of their DER, 64 hex digits in lower case.
    package var trustedRoots: [String] = []
    /// For a pattern such as `*.fabrikam.com`, the domains below it that are probed in its place.
    package var probeDomains: [String: [String]] = [:]
    package var expiry = ExpiryWindows()
    /// The shortest RSA key, in bits, that passes.
    package var minimumRSABits = 2_048
    /// How many next hops one run for one tenant may ask; repository content chooses them.
    package var maximumNextHops = 1_000
    /// Whether revocation lists are fetched.
    package var checksRevocation = true

    package init() {}
}
