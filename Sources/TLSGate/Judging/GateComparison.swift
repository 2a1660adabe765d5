import Connectors

/// What the gate said of a connector before it was written, and what it says since.
package struct GateComparison: Sendable {
    package let before: Judgement
    package let after: Judgement

    package init(before: Judgement, after: Judgement) {
        self.before = before
        self.after = after
    }

    /// The next hops by which mail now fails, where it did not before: each was seen to fail, as what could not be asked tells
    /// nothing.
    private var worse: [NextHopVerdict] {
        let then = Dictionary(before.nextHops.map { ($0.name, $0.verdict) }) { first, _ in first }
        return after.nextHops.filter { hop in
            switch hop.result {
            case .undeliverable, .degraded: hop.verdict >= .approve && hop.verdict > then[hop.name] ?? before.verdict
            case .deliverable, .unknown: false
            }
        }
    }

    /// In words for people; empty where nothing got worse.
    package var problems: [String] {
        guard !worse.isEmpty else { return [] }
        let known = Set(before.findings.filter(\.isFailure).map { "\($0.check) \($0.subject)" })
        let new = after.findings.filter { $0.isFailure && !known.contains("\($0.check) \($0.subject)") }
        let change = "\(after.connector) was \(before.verdict.rawValue) and is \(after.verdict.rawValue)"
        guard new.isEmpty else { return new.prefix(3).map { "\(change): \($0.subject): \($0.message)" } }
        // If some servers failed before, losing the last good one adds no finding: the next hop's verdict alone gets worse.
        return worse.prefix(3).map { "\(change): no server of \($0.name) that was good before takes the mail now" }
    }

    /// Whether a next hop could not be judged now that could be before.
    package var isOpen: Bool {
        let open = Set(before.nextHops.filter { $0.result == .unknown }.map(\.name))
        return after.nextHops.contains { $0.result == .unknown && !open.contains($0.name) }
    }
}

extension Finding {
    fileprivate var isFailure: Bool { outcome == .fail && !waived }
}
