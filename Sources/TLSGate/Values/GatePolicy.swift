package import FoundationEssentials

/// What may be decided about the gate, kept with the connectors and reviewed with them.
///
/// Not in here, so not to be had: hiding a finding, allowing an error in a connector's own fields, a verdict without
/// evidence.
package struct GatePolicy: Hashable, Sendable, Codable {
    /// Another weight for one check on named connectors, with a reason and an end.
    package struct Override: Hashable, Sendable, Codable {
        package var check: String
        /// Slugs.
        package var connectors: [String]
        /// `warn` for what would fail, or `fail` for what would warn.
        package var outcome: Outcome
        package var reason: String
        package var until: Date

        package init(check: String, connectors: [String], outcome: Outcome, reason: String, until: Date) {
            self.check = check
            self.connectors = connectors
            self.outcome = outcome
            self.reason = reason
            self.until = until
        }
    }

    /// When the coming end of a certificate is worth a word: a share of its lifetime, within bounds in seconds.
    ///
    /// Lifetimes shrink to 47 days by 2029, so that a fixed month would always be near.
    package struct ExpiryWindow: Hashable, Sendable, Codable {
        package var share: Double
        package var minimum: TimeInterval
        package var maximum: TimeInterval

        package init(share: Double, minimum: TimeInterval, maximum: TimeInterval) {
            self.share = share
            self.minimum = minimum
            self.maximum = maximum
        }

        package func seconds(ofLifetime lifetime: TimeInterval) -> TimeInterval {
            min(max(lifetime * share, minimum), maximum)
        }
    }

    package var overrides: [Override]
    /// For a next hop of which some servers work and others do not: `warn`, `approve` or `block`.
    package var degraded: Verdict
    /// For a next hop that could not be judged: `hold`, which becomes `approve` after the last try, or another.
    package var unknown: Verdict
    package var expiry: ExpiryWindow
    package var urgentExpiry: ExpiryWindow
    package var minimumRSABits: Int
    package var minimumECBits: Int
    /// SHA-256 of certificates, in hexadecimal, that count as roots where a server presents them.
    package var trustedRoots: [String]
    /// The domains to look at in place of `*.contoso.com`, by that pattern.
    package var probeDomains: [String: [String]]
    /// How many addresses of a smart host given as a network are looked at.
    package var maximumNetworkAddresses: Int
    /// The oldest evidence on which a change is applied, in seconds.
    package var maximumEvidenceAge: TimeInterval
    /// The waits before each new try of what could not be judged, in seconds.
    package var retries: [TimeInterval]
    package var checksRevocation: Bool
    /// Lab mode: addresses inside networks count like public ones.
    package var allowsPrivateAddresses: Bool
    package var port: Int

    package init(
        overrides: [Override] = [],
        degraded: Verdict = .approve,
        unknown: Verdict = .hold,
        expiry: ExpiryWindow = ExpiryWindow(share: 0.20, minimum: 7 * 86_400, maximum: 30 * 86_400),
        urgentExpiry: ExpiryWindow = ExpiryWindow(share: 0.07, minimum: 3 * 86_400, maximum: 7 * 86_400),
        minimumRSABits: Int = 2_048,
        minimumECBits: Int = 256,
        trustedRoots: [String] = [],
        probeDomains: [String: [String]] = [:],
        maximumNetworkAddresses: Int = 16,
        maximumEvidenceAge: TimeInterval = 900,
        retries: [TimeInterval] = [60, 300, 900],
        checksRevocation: Bool = false,
        allowsPrivateAddresses: Bool = false,
        port: Int = 25
    ) {
        self.overrides = overrides
        self.degraded = degraded
        self.unknown = unknown
        self.expiry = expiry
        self.urgentExpiry = urgentExpiry
        self.minimumRSABits = minimumRSABits
        self.minimumECBits = minimumECBits
        self.trustedRoots = trustedRoots
        self.probeDomains = probeDomains
        self.maximumNetworkAddresses = maximumNetworkAddresses
        self.maximumEvidenceAge = maximumEvidenceAge
        self.retries = retries
        self.checksRevocation = checksRevocation
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.port = port
    }
}
