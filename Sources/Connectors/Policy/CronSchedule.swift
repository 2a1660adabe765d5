/// When something begins, as the five fields of a crontab line say it: minute, hour, day of month, month, day of week.
///
/// Lists, ranges, steps, and the English names of months and days are taken; 7 is Sunday too, and a range of days may end
/// on it (`FRI-SUN`). Where both day fields are restricted, either is enough. Source: crontab(5).
package struct CronSchedule: Hashable, Sendable {
    package let minutes: Set<Int>
    package let hours: Set<Int>
    package let days: Set<Int>
    package let months: Set<Int>
    package let weekdays: Set<Int>
    private let restrictsDays: Bool
    private let restrictsWeekdays: Bool

    package init(_ text: String) throws(CronError) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 5 else {
            throw CronError(
                "it has \(parts.count) fields and needs five: minute, hour, day of month, month, day of week"
            )
        }
        minutes = try Part(name: "minute", range: 0...59).values(parts[0])
        hours = try Part(name: "hour", range: 0...23).values(parts[1])
        days = try Part(name: "day of month", range: 1...31).values(parts[2])
        months = try Part(name: "month", range: 1...12, words: Self.monthNames).values(parts[3])
        weekdays = Set(
            try Part(name: "day of week", range: 0...7, words: Self.dayNames).values(parts[4]).map { $0 % 7 }
        )
        restrictsDays = !parts[2].hasPrefix("*")
        restrictsWeekdays = !parts[4].hasPrefix("*")
    }

    /// Whether it begins on a day at all; `weekday` counts from 0, Sunday.
    package func matches(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        let isDay = days.contains(day)
        let isWeekday = weekdays.contains(weekday)
        return restrictsDays && restrictsWeekdays ? isDay || isWeekday : isDay && isWeekday
    }

    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    private static let dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
}

/// Why a schedule could not be read, in words that follow "is not a valid schedule: ".
package struct CronError: Error, Hashable, Sendable {
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// One of the five fields.
private struct Part {
    let name: String
    let range: ClosedRange<Int>
    var words: [String] = []

    /// Every value that a list of `*`, `5`, `1-5`, `MON-FRI` stands for, each with `/2` behind it or not.
    func values(_ field: Substring) throws(CronError) -> Set<Int> {
        var values: Set<Int> = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let step = halves.count == 2 ? number(halves[1]) : 1
            guard let step, (1...range.upperBound).contains(step),
                let span = span(halves[0], isOpen: halves.count == 2)
            else {
                let words = words.isEmpty ? "" : " or \(words[0])–\(words[words.count - 1])"
                throw CronError(
                    "its \(name) must list numbers from \(range.lowerBound) to \(range.upperBound)\(words), ranges of them, or *, "
                        + "each with a step such as /2 or without"
                )
            }
            values.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return values
    }

    /// - Parameter isOpen: With a step, one number stands for all from it on.
    private func span(_ text: Substring, isOpen: Bool) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap(value) else { return nil }
        guard ends.count == 2 else { return first...(isOpen ? range.upperBound : first) }
        guard let last = value(ends[1]) else { return nil }
        if first > last, last == 0, range == 0...7 { return first...7 }
        return first <= last ? first...last : nil
    }

    private func value(_ text: Substring) -> Int? {
        if let index = words.firstIndex(of: text.uppercased()) { return index + range.lowerBound }
        return number(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private func number(_ text: Substring) -> Int? {
        guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
