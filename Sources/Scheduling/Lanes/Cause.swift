/// Why a tenant runs.
package enum Cause: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case commit
    case interval
    /// A person or a script asked for it (`reconcile`).
    case request
    case approval
    /// A person asked that what failed is tried again (`retry`).
    case retry
    case webhook
    /// What was watched asks for it.
    case watch

    package static func < (left: Cause, right: Cause) -> Bool { left.rawValue < right.rawValue }
}
