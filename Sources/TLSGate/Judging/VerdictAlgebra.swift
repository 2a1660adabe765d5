/// How findings become a verdict: addresses, hosts, next hops, the connector.
package enum VerdictAlgebra {
    /// What counts for a verdict: an address, or a host that has none, with the preference of its host.
    package struct Unit: Hashable, Sendable {
        package var preference: Int
        package var result: Deliverability

        package init(preference: Int, result: Deliverability) {
            self.preference = preference
            self.result = result
        }
    }

    /// An address: one failure settles it, and without one, what is unknown leaves it open.
    package static func result(of findings: [Finding]) -> Deliverability {
        let counting = findings.filter { !$0.waived }
        if counting.contains(where: { $0.outcome == .fail }) { return .undeliverable }
        if counting.contains(where: { $0.outcome == .unknown }) { return .unknown }
        return .deliverable
    }

    /// A next hop, or a host, by what counts in it.
    ///
    /// Exchange Online walks all of a preference before the next.
    package static func result(of units: [Unit]) -> Deliverability {
        guard let best = units.map(\.preference).min() else { return .unknown }
        let deliverable = units.filter { $0.result == .deliverable }
        if deliverable.isEmpty { return units.contains { $0.result == .unknown } ? .unknown : .undeliverable }
        if deliverable.count == units.count { return .deliverable }
        if !deliverable.contains(where: { $0.preference == best }) { return .degraded }
        return units.contains { $0.result == .undeliverable || $0.result == .degraded } ? .degraded : .deliverable
    }

    /// Whether some of what counts is merely unknown, which is worth a warning where the rest delivers.
    package static func isIncomplete(_ units: [Unit]) -> Bool { units.contains { $0.result == .unknown } }

    /// What a next hop's result asks for.
    package static func verdict(_ result: Deliverability, _ policy: GatePolicy, tries: Int) -> Verdict {
        switch result {
        case .deliverable: .pass
        case .degraded: policy.degraded
        case .undeliverable: .block
        case .unknown: unknown(policy, tries: tries)
        }
    }

    /// A hold that has used up its tries is for a person to decide; it never becomes a pass or a block by itself.
    package static func unknown(_ policy: GatePolicy, tries: Int) -> Verdict {
        policy.unknown == .hold && tries >= policy.retries.count ? .approve : policy.unknown
    }
}
