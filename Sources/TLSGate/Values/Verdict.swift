/// What the gate says of a change: the sum of its findings.
///
/// Joining two is taking the stronger one, which makes it associative, commutative and idempotent, with `pass` neutral.
package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
    case pass
    case warn
    /// A person must accept it.
    case approve
    /// It could not be judged now and is tried again.
    case hold
    case block

    package func joined(with other: Verdict) -> Verdict { max(self, other) }
}

extension Verdict: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .pass: 0
        case .warn: 1
        case .approve: 2
        case .hold: 3
        case .block: 4
        }
    }
}

extension Sequence<Verdict> {
    /// The strongest of them; `pass` when there is none.
    package var joined: Verdict { reduce(.pass) { $0.joined(with: $1) } }
}
