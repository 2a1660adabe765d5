import Connectors
import FoundationEssentials
import Probing

/// What all judges of one connector share: its demands, the policy, the roots and the time.
struct Context {
    enum DANEMode {
        case off
        case opportunistic
        case mandatory
    }

    let connector: ConnectorKey
    /// Every field: the declared ones over Exchange's defaults.
    let settings: Settings
    let policy: GatePolicy
    let roots: TrustRoots
    let now: Date
    /// Where the definition's fields stand, for the evidence.
    let fieldSources: FieldPlaces
    /// Earlier probes, to tell what changed.
    let previous: [ProbeObservation]

    let level: TLSLevel
    let tlsDomain: String?
    let usesMX: Bool
    let smartHosts: [String]
    let daneMode: DANEMode
    let honoursMTASTS: Bool
    /// False when the self-test of DNSSEC failed, so that every answer would read as unsigned.
    var dnssecWorks = true
    /// The domain whose mail is judged; `nil` for smart hosts.
    var recipientDomain: DomainName?
    var crls: [CRLObservation] = []
    /// Whether connections seem not to leave our own network, so that silence says nothing of a server.
    var isPortBlocked = false

    init(
        connector: ConnectorKey,
        settings: Settings,
        policy: GatePolicy,
        roots: TrustRoots,
        now: Date,
        fieldSources: FieldPlaces = [:],
        previous: [ProbeObservation] = []
    ) {
        let settings = settings.overDefaults(of: connector.kind)
        self.connector = connector
        self.settings = settings
        self.policy = policy
        self.roots = roots
        self.now = now
        self.fieldSources = fieldSources
        self.previous = previous
        level = TLSLevel(settings["tlsSettings"])
        tlsDomain = settings.text("tlsDomain")
        usesMX = settings["useMXRecord"] != .boolean(false)
        smartHosts = settings["smartHosts"]?.strings ?? []
        switch settings.text("smtpDaneMode")?.lowercased() {
        case "none": daneMode = .off
        case "mandatory": daneMode = .mandatory
        default: daneMode = .opportunistic
        }
        honoursMTASTS = settings.text("mtaStsMode")?.lowercased() != "none"
    }

    var floors: CertificateChainJudge.Floors {
        CertificateChainJudge.Floors(rsaBits: policy.minimumRSABits, ecBits: policy.minimumECBits)
    }

    /// Where a field stands in the repository, for evidence.
    func position(of field: String) -> String? { fieldSources[field]?.description }

    /// A finding with what the check weighs here; `nil` where the check is not judged at this level.
    func finding(
        _ id: String,
        _ subject: String,
        _ message: String,
        outcome: Outcome? = nil,
        level: TLSLevel? = nil,
        exo: String? = nil,
        evidence: [String: String?] = [:],
        remedy: String = "",
        tags: [String] = [],
        demands: Verdict? = nil,
        at: Date? = nil
    ) -> Finding? {
        guard let check = Check.named(id) else { preconditionFailure("the check \(id) is not in the catalogue") }
        guard let outcome = outcome ?? check.outcome(at: level ?? self.level) else { return nil }
        return Finding(
            check: id,
            outcome: outcome,
            subject: subject.escapingControls,
            message: message.escapingControls,
            exo: outcome == .fail || outcome == .unknown ? exo.map { capped($0.escapingControls) } : nil,
            evidence: evidence.compactMapValues { $0.map { capped($0.escapingControls) } },
            remedy: outcome == .pass ? "" : remedy.escapingControls,
            sources: check.sources,
            tags: tags,
            demands: demands,
            observedAt: at
        )
    }

    /// What follows for mail when a server does not meet the connector's demand.
    func effect(of outcome: Outcome?) -> String {
        switch outcome {
        case .fail where level == .opportunistic:
            "Exchange Online will not deliver through this server: mail waits up to 24 hours and is then returned."
        case .fail:
            "With \(level.word), Exchange Online will not deliver through this server: mail waits up to 24 hours and is then returned."
        case .warn where level == .opportunistic:
            "The connector does not demand encryption, so Exchange Online will send mail to it unencrypted."
        case .warn: "This alone stops no mail."
        case .info: "This connector does not look at it."
        case .unknown, .pass, nil: ""
        }
    }

    func effect(of id: String, level: TLSLevel? = nil) -> String {
        effect(of: Check.named(id)?.outcome(at: level ?? self.level))
    }
}

/// Those of the values that there are, in their order.
func present<Value>(_ values: Value?...) -> [Value] { values.compactMap { $0 } }

func capped(_ text: String, _ count: Int = 400) -> String {
    text.count <= count ? text : String(text.prefix(count - 1)) + "…"
}

extension Settings {
    func text(_ name: String) -> String? {
        guard case .text(let text)? = self[name], !text.isEmpty else { return nil }
        return text
    }

    func flag(_ name: String) -> Bool { self[name] == .boolean(true) }
    func list(_ name: String) -> [String] { self[name]?.strings ?? [] }
}

extension ProbeObservation {
    /// What people call the server: `mx2.partner.example [192.0.2.7]:25`.
    var subject: String {
        let shown = address.contains(":") ? "IPv6:\(address)" : address
        let place = "[\(shown)]:\(port)"
        return host == address || host.contains("/") ? place : "\(host) \(place)"
    }

    /// From where it was seen, for what may depend on it.
    var seenFrom: String { vantage.map { "seen from \($0)" } ?? "seen from here" }
}
