/// How much a change can hurt.
package enum RiskLevel: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case low
    case medium
    case high

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        }
    }
}

/// One reason why a change, or an unmanaged connector, is risky.
package struct Risk: Hashable, Sendable, Codable {
    /// Kebab-case and stable.
    package var id: String
    package var level: RiskLevel
    package var message: String

    package init(id: String, level: RiskLevel, message: String) {
        self.id = id
        self.level = level
        self.message = message
    }
}
