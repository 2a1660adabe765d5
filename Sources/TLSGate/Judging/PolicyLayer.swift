import Connectors
import FoundationEssentials

/// What the policy and the waivers make of findings: a waived one stays in sight and counts no longer.
struct PolicyLayer {
    let connector: ConnectorKey
    let policy: GatePolicy
    /// Those that count, if their day has not come.
    let waivers: [Waiver]
    /// Those that were written for this connector as it no longer is.
    let outdated: [OutdatedWaiver]
    let now: Date

    init(
        connector: ConnectorKey,
        policy: GatePolicy,
        waivers: [Waiver],
        outdated: [OutdatedWaiver] = [],
        now: Date
    ) {
        let own = outdated.filter { $0.connector == connector }
        self.connector = connector
        self.policy = policy
        self.waivers = waivers.filter { waiver in !own.contains { $0.waiver == waiver } }
        self.outdated = own
        self.now = now
    }

    func settled(_ findings: [Finding]) -> [Finding] { findings.map(settled) }

    func settled(_ finding: Finding) -> Finding {
        var finding = finding
        if let override = policy.overrides.first(where: { applies($0, to: finding) }) {
            finding.outcome = override.outcome
            finding.waivedBy =
                "policy: \(override.reason) (until \(Timestamp.deadlineText(override.until)))".escapingControls
            if override.outcome == .warn { finding.demands = nil }
        }
        if let waiver = waivers.first(where: { covers($0, finding) && $0.until > now }) {
            finding.waived = true
            finding.waivedBy =
                "waiver \(waiver.name): \(waiver.reason) (\(waiver.owner), until \(Timestamp.deadlineText(waiver.until)))"
                .escapingControls
        }
        return finding
    }

    private func applies(_ override: GatePolicy.Override, to finding: Finding) -> Bool {
        guard override.check == finding.check, override.connectors.contains(connector.name), override.until > now else {
            return false
        }
        guard !isUnwaivable(finding) else { return false }
        switch override.outcome {
        case .warn: return finding.outcome == .fail
        case .fail: return finding.outcome == .warn
        default: return false
        }
    }

    /// An error in the connector's own fields is corrected, not waived.
    private func isUnwaivable(_ finding: Finding) -> Bool {
        finding.check.hasPrefix("cfg-") && finding.outcome == .fail
    }

    private func covers(_ waiver: Waiver, _ finding: Finding) -> Bool {
        guard waiver.check == finding.check, waiver.connector == connector.name, !isUnwaivable(finding) else {
            return false
        }
        guard [.fail, .warn, .unknown].contains(finding.outcome) else { return false }
        guard let subject = waiver.subject?.lowercased() else { return true }
        if let digest = Self.digest(subject) { return finding.evidence["leaf"]?.contains(digest) ?? false }
        return Self.names(of: finding.subject).contains(subject)
    }

    /// The SHA-256 by which a subject names a certificate, as `sha256:` with 64 hex digits or these alone.
    private static func digest(_ subject: String) -> String? {
        let text = subject.hasPrefix("sha256") ? subject.dropFirst(6).drop { $0 == ":" || $0 == " " } : subject[...]
        let digits = text.filter { $0 != ":" }
        return digits.count == 64 && digits.allSatisfy(\.isHexDigit) ? digits : nil
    }

    /// The ways to name the subject of a finding: whole, its host, its address.
    static func names(of subject: String) -> Set<String> {
        let subject = subject.lowercased()
        var names: Set<String> = [subject]
        if let open = subject.firstIndex(of: "["), let close = subject.firstIndex(of: "]"), open < close {
            var address = String(subject[subject.index(after: open)..<close])
            if address.hasPrefix("ipv6:") { address = String(address.dropFirst(5)) }
            names.insert(address)
            let host = subject[..<open].trimmingPrefix(while: { $0 == " " })
            names.insert(host.last == " " ? String(host.dropLast()) : String(host))
        }
        return names
    }

    /// The reminders of exceptions that count no longer.
    func ended() -> [Finding] { expired() + outdated.map(reminder) }

    private func reminder(_ old: OutdatedWaiver) -> Finding {
        let fields = old.fields.joined(separator: ", ")
        return Finding(
            check: "policy-waiver-outdated",
            outcome: .warn,
            subject: connector.name,
            message:
                "The waiver \(old.waiver.name) for \(old.waiver.check) was written before \(fields) changed, so the check counts again."
                .escapingControls,
            evidence: [
                "seen": "\(old.waiver.owner): \(old.waiver.reason)".escapingControls,
                "wanted": old.waiver.source.description.escapingControls,
            ],
            remedy: "Here: look at the finding again; then give the waiver its new reason or date, or remove it."
        )
    }

    private func expired() -> [Finding] {
        let waived = waivers.filter { $0.connector == connector.name && $0.until <= now }.map { waiver in
            reminder(
                "The waiver \(waiver.name) for \(waiver.check) has run out, so the check counts again.",
                seen: "until \(Timestamp.deadlineText(waiver.until)), owner \(waiver.owner)",
                place: waiver.source.description
            )
        }
        let overridden = policy.overrides.filter { $0.connectors.contains(connector.name) && $0.until <= now }.map {
            override in
            reminder(
                "The policy's exception for \(override.check) has run out, so the check counts again.",
                seen: "until \(Timestamp.deadlineText(override.until)): \(override.reason)",
                place: nil
            )
        }
        return waived + overridden
    }

    private func reminder(_ message: String, seen: String, place: String?) -> Finding {
        var evidence = ["seen": seen.escapingControls]
        evidence["wanted"] = place
        return Finding(
            check: "policy-waiver-expired",
            outcome: .warn,
            subject: connector.name,
            message: message.escapingControls,
            evidence: evidence,
            remedy: "Here: remove it, or have it reviewed again with a new date."
        )
    }
}
