import FoundationEssentials

/// How far the watch over an inbound connector has come: what is usual by hour, and up to when mail was looked for.
struct InboundProgress: Hashable, Sendable, Codable {
    /// Units of the history by hour of the day (UTC), Monday to Friday and then Saturday and Sunday: 48 numbers.
    var hours = [Int](repeating: 0, count: 48)
    /// The history is counted from here to the apply.
    var historyFrom: Date
    /// Mail was looked for from the end of settling until here.
    var seenUntil: Date
    /// How many units were expected by the last round.
    var expected = 0.0
    /// Whether the silence was told.
    var isSilent = false

    init(historyFrom: Date, seenUntil: Date) {
        self.historyFrom = historyFrom
        self.seenUntil = seenUntil
    }

    /// The place of an instant's hour among the 48.
    static func slot(of date: Date) -> Int {
        let hours = Int((date.timeIntervalSince1970 / 3_600).rounded(.down))
        let day = Int((Double(hours) / 24).rounded(.down))
        // 1970-01-01 was a Thursday: days 2 and 3 of that week are Saturday and Sunday.
        let weekday = ((day % 7) + 7) % 7
        let isWeekend = weekday == 2 || weekday == 3
        return (isWeekend ? 24 : 0) + hours - day * 24
    }
}

/// Whether the absence of a partner's mail means something.
package enum Silence {
    /// The chance of seeing nothing where `expected` units were expected.
    ///
    /// Poisson with a Gamma-distributed mean and a dispersion of 2, as mail comes in bursts.
    package static func chance(expected: Double) -> Double {
        let base = 1 + expected / 2
        return 1 / (base * base)
    }

    /// 0.01: eighteen expected and none seen.
    static let limit = 0.01

    /// The units expected in the full clock hours between two instants.
    static func expected(_ hours: [Int], from start: Date, until end: Date) -> Double {
        var hour = Date(timeIntervalSince1970: (start.timeIntervalSince1970 / 3_600).rounded(.up) * 3_600)
        var sum = 0.0
        while hour.addingTimeInterval(3_600) <= end {
            let slot = InboundProgress.slot(of: hour)
            // In 28 days each hour of the day lies 20 times in a working day and 8 times in a weekend.
            sum += Double(hours[slot]) / (slot < 24 ? 20 : 8)
            hour.addTimeInterval(3_600)
        }
        return sum
    }
}
