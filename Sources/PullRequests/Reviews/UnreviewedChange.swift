package import Connectors
package import Planning
package import TLSGate

/// A change that would be applied and is not as reviewers saw it, and why.
package struct UnreviewedChange: Hashable, Sendable {
    /// The farther down, the closer a request came to showing the change.
    package enum Why: Hashable, Sendable {
        /// No request that was merged showed the connector: a direct push.
        case neverShown
        /// These requests were merged with a head that no comment showed.
        case mergedUnseen(requests: [Int])
        /// The request showed another change of the connector.
        case other(request: Int)
        case riskier(request: Int, shown: RiskLevel, now: RiskLevel)
        case worseVerdict(request: Int, shown: Verdict?, now: Verdict)
        case approvals(request: Int, given: Int, wanted: Int)
    }

    package var key: ConnectorKey
    package var action: Change.Action
    package var digest: String
    package var why: Why

    package init(_ change: Change, _ why: Why) {
        key = change.key
        action = change.action
        digest = change.digest
        self.why = why
    }

    /// What follows the connector's name.
    package var sentence: String {
        switch why {
        case .neverShown:
            "was not shown in a request that was merged since the last applied commit: it came by a direct push."
        case .mergedUnseen(let requests):
            "was not shown: \(Self.list(requests)) \(requests.count == 1 ? "was" : "were") merged with a head that was not planned before the merge."
        case .other(let request):
            "would be changed in a different way than #\(request) showed when it was merged."
        case .riskier(let request, let shown, let now):
            "was shown with \(shown.rawValue) risk in #\(request), and is \(now.rawValue) risk now."
        case .worseVerdict(let request, let shown, let now):
            "was shown in #\(request) with the gate saying \(shown?.rawValue ?? "nothing"), and it says \(now.rawValue) now."
        case .approvals(let request, let given, let wanted):
            "was shown in #\(request), which had \(given) of \(wanted) approvals for it."
        }
    }

    private static func list(_ requests: [Int]) -> String {
        let shown = requests.prefix(3).map { "#\($0)" }.joined(separator: ", ")
        return requests.count > 3 ? "\(shown) and \(requests.count - 3) more" : shown
    }
}

extension UnreviewedChange.Why: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .neverShown: 0
        case .mergedUnseen: 1
        case .other: 2
        case .riskier: 3
        case .worseVerdict: 4
        case .approvals: 5
        }
    }
}
