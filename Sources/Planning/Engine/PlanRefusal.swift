/// Why a plan is not carried out.
package enum PlanRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It was made from files as they lie on disk.
    case workingTree
    /// It is not as it was sealed.
    case brokenSeal
    /// The tenant, or the policy, is no longer what it was made from.
    case stale
    case held([Guard])

    package var description: String {
        switch self {
        case .workingTree:
            "The plan was made from files as they lie on disk. Commit them, and plan again."
        case .brokenSeal:
            "The plan was changed after it was made: its digest does not match its content. Plan again, and do not edit the file."
        case .stale:
            "The plan is stale: the tenant or the policy is no longer what it was made from. Plan again."
        case .held(let guards): guards.map(\.message).joined(separator: "\n")
        }
    }
}
