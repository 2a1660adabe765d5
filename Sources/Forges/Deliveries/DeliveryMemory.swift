package import FoundationEssentials

/// The ids of the deliveries of the last day, so that one that is sent again is known.
///
/// It keeps at most 10,000; past that the oldest is forgotten first. A forgotten one that comes again only makes the
/// next look sooner.
package struct DeliveryMemory: Sendable {
    package static let span: TimeInterval = 86_400
    package static let maximum = 10_000

    private struct Key: Hashable {
        var source: String
        var id: String
    }

    private var times: [Key: Date] = [:]
    /// In the order in which they came; those before `first` are forgotten.
    private var order: [Key] = []
    private var first = 0

    package init() {}

    /// How many are remembered.
    package var count: Int { times.count }

    /// Whether a delivery came for the first time within a day; from now on it is remembered.
    package mutating func isNew(_ id: String, source: String, at now: Date) -> Bool {
        forget(before: now.addingTimeInterval(-Self.span))
        let key = Key(source: source, id: id)
        guard times[key] == nil else { return false }
        times[key] = now
        order.append(key)
        if times.count > Self.maximum { forgetOldest() }
        return true
    }

    private mutating func forget(before time: Date) {
        while first < order.count, let came = times[order[first]], came <= time { forgetOldest() }
    }

    private mutating func forgetOldest() {
        guard first < order.count else { return }
        times[order[first]] = nil
        first += 1
        if first > Self.maximum {
            order.removeSubrange(..<first)
            first = 0
        }
    }
}
