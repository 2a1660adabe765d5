import Connectors

/// Domains below one, or all, that some outbound connector forces TLS for.
struct ForcedWildcard {
    /// `*.contoso.com` or `*`, in normal form.
    let pattern: String
    let level: OutboundPosture.Level
    /// What that connector demands, to go behind "needs".
    let demand: String

    static func all(of settings: NormalSettings) -> [ForcedWildcard] {
        let posture = OutboundPosture(settings)
        guard settings.kind == .outboundConnector, posture.isForced, !settings.isOn("isTransportRuleScoped") else {
            return []
        }
        return settings.words("recipientDomains").filter { $0.hasPrefix("*") }.map {
            ForcedWildcard(pattern: $0, level: posture.level, demand: posture.demand)
        }
    }

    /// Whether another pattern, in normal form, stands for fewer domains, all of which are matched here.
    func isWider(than other: String) -> Bool {
        guard other != pattern else { return false }
        return pattern == "*" || other.hasSuffix(pattern.dropFirst(1))
    }
}
