import FoundationEssentials

/// Units of one sender that lie close together count once, and the first counts, whatever its outcome.
struct Bursts {
    private let length: Double
    private var first: [String: Date] = [:]

    /// - Parameter earlier: When the latest unit of each sender was received that was no part of a burst.
    init(length: Double, earlier: [(sender: String, received: Date)]) {
        self.length = length
        for unit in earlier { first[unit.sender] = max(first[unit.sender] ?? unit.received, unit.received) }
    }

    /// Whether a unit is the first of its burst; units come in the order in which they were received.
    mutating func isFirst(_ sender: String, _ received: Date) -> Bool {
        if let start = first[sender], received.timeIntervalSince(start) <= length { return false }
        first[sender] = received
        return true
    }
}
