/// How many units counted for what; the score follows from `good` and `bad` alone.
package struct UnitCounters: Hashable, Sendable, Codable {
    /// Why a unit was not counted.
    package enum Exclusion: String, Hashable, Sendable, Codable, CaseIterable {
        /// It would have failed before the change too.
        case beforeToo = "before-too"
        case otherCause = "other-cause"
        case unreadable
        case otherStatus = "other-status"
        case late
        case notSampled = "not-sampled"
        case suspended
        case burst
        case otherConnector = "other-connector"
    }

    package var good = 0
    package var bad = 0
    /// Of the bad ones, those of which it is not known whether they would have failed before the change too.
    package var open = 0
    package var excluded: [String: Int] = [:]

    package init() {}

    package subscript(_ exclusion: Exclusion) -> Int {
        get { excluded[exclusion.rawValue] ?? 0 }
        set { excluded[exclusion.rawValue] = newValue == 0 ? nil : newValue }
    }

    package var counted: Int { good + bad }
    package var all: Int { counted + excluded.values.reduce(0, +) }
}
