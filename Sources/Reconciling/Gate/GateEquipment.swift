import Configuration
import Connectors
import FoundationEssentials
import Probing
import Reports
import TLSGate
import YAML

/// What the gate works with, made from the operator's settings when it is first needed.
struct GateEquipment: Sendable {
    let resolver: DNSResolver
    let prober: Prober
    private var bundle: RootBundle
    private let policies: PolicyFetcher
    private let revocations: RevocationFetcher
    private let settings: GateSettings
    private let now: @Sendable () -> Date

    var roots: TrustRoots { bundle.roots }

    init(
        _ settings: GateSettings,
        _ pools: TransferPools,
        now: @escaping @Sendable () -> Date
    ) throws(RunStop) {
        try Self.refuseUnknownChecks(settings)
        let bundle = try RootBundle(settings.trustAnchors)
        do {
            let networks: ReachableNetworks = settings.networks == .any ? .any : .public
            resolver = try DNSResolver(ResolverSettings(settings))
            prober = try Prober(
                ProberSettings(
                    ehloName: settings.ehloName ?? Self.ownName,
                    limits: ProbeLimits(timeout: settings.timeout),
                    manners: Manners(overall: settings.concurrency),
                    networks: networks,
                    secondThought: min(.seconds(60), settings.timeout * 2)
                )
            )
            let pool = try pools.pool(caFile: settings.trustAnchors.path)
            policies = PolicyFetcher(pool: pool, resolver: resolver, networks: networks)
            revocations = RevocationFetcher(pool: pool, resolver: resolver, networks: networks)
        } catch let error as ProbingError {
            throw RunStop(.error, id: error.id, error.reason + ".", remedy: error.remedy)
        } catch {
            throw RunStop(.error, id: "gate-unusable", "The TLS gate cannot work: \(error)")
        }
        (self.bundle, self.settings, self.now) = (bundle, settings, now)
    }

    var observer: PartnerObserver {
        let (roots, trusted, now) = (bundle.roots, settings.trustedRoots, now)
        return PartnerObserver(
            resolver: resolver,
            prober: prober,
            policies: policies,
            revocations: revocations,
            questions: { Gate.revocationQuestions($0, roots: roots, trusted: trusted, at: now()) }
        )
    }

    /// Reads the roots again where their file changed; all that was seen and learned stays.
    mutating func readRootsAgain() throws(RunStop) {
        if !bundle.isCurrent { bundle = try RootBundle(settings.trustAnchors) }
    }

    /// A severity for a check that does not exist would change nothing, and its author believes that it does.
    private static func refuseUnknownChecks(_ settings: GateSettings) throws(RunStop) {
        guard let unknown = settings.severities.first(where: { !Check.ids.contains($0.check) }) else { return }
        throw RunStop(
            .error,
            id: "unknown-check",
            "gate.severities names the check \"\(unknown.check.escapingControls)\", which the gate does not have.",
            remedy: Nearest.question(unknown.check, among: Check.ids.sorted())
                ?? "Write the check as the finding names it, as in cert-expires-soon."
        )
    }

    private static var ownName: String { ProcessInfo.processInfo.hostName }
}

extension ResolverSettings {
    init(_ settings: GateSettings) {
        self.init()
        if case .addresses(let addresses) = settings.resolver {
            servers = .forwarders(addresses.map { "\($0.address)@\($0.port)" })
        }
        if case .file(let path) = settings.dnssecAnchors { anchors = .file(path) }
        timeout = min(.seconds(10), settings.timeout)
    }
}

extension ProbeLimits {
    /// The waits of the first try, in proportion to what the operator allows for one reply; 30 seconds is the usual.
    init(timeout: Duration) {
        self.init(
            connect: min(.seconds(15), timeout),
            greeting: timeout * 2,
            reply: timeout * 2,
            handshake: timeout,
            whole: timeout * 4
        )
    }

    /// The waits of a look at what was silent before, which come to those of RFC 5321 4.5.3.2.
    static func slow(timeout: Duration) -> ProbeLimits {
        ProbeLimits(
            connect: timeout,
            greeting: timeout * 10,
            reply: timeout * 4,
            handshake: timeout * 2,
            whole: timeout * 12
        )
    }
}

extension GatePolicy {
    /// What the operator decided about the gate.
    init(_ settings: GateSettings) {
        self.init(
            overrides: settings.severities.map {
                Override(
                    check: $0.check,
                    connectors: $0.connectors,
                    outcome: $0.outcome == .warn ? .warn : .fail,
                    reason: $0.reason,
                    until: $0.until
                )
            },
            degraded: Verdict(settings.degraded),
            unknown: Verdict(settings.unknown),
            expiry: ExpiryWindow(settings.expiry.soon),
            urgentExpiry: ExpiryWindow(settings.expiry.urgent),
            minimumRSABits: settings.minimumRSABits,
            trustedRoots: settings.trustedRoots,
            probeDomains: settings.probeDomains,
            maximumEvidenceAge: TimeInterval(settings.maxEvidenceAge.components.seconds),
            checksRevocation: settings.checksRevocation,
            allowsPrivateAddresses: settings.networks == .any,
            port: settings.port
        )
    }
}

extension Verdict {
    fileprivate init(_ word: GateSettings.Decision) {
        self =
            switch word {
            case .approve: .approve
            case .hold: .hold
            case .block: .block
            case .warn: .warn
            }
    }
}

extension GatePolicy.ExpiryWindow {
    fileprivate init(_ window: ExpiryWindows.Window) {
        self.init(
            share: window.share,
            minimum: TimeInterval(window.minimum.components.seconds),
            maximum: TimeInterval(window.maximum.components.seconds)
        )
    }
}
