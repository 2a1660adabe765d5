/// When something begins, as the five fields of a crontab line say it: minute, hour, day of month, month, day of week.
///
/// Lists, ranges, steps, and the English names of months and days are taken; 7 is Sunday too. Where both day fields are
/// restricted, either is enough. Source: crontab(5).
package struct CronSchedule: Hashable, Sendable {
    let minutes: Set<Int>
    let hours: Set<Int>
    let days: Set<Int>
    let months: Set<Int>
    let weekdays: Set<Int>
    private let restrictsDays: Bool
    private let restrictsWeekdays: Bool

    package init(_ text: String) throws(CronError) {
        let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard parts.count == 5 else {
            throw CronError(text: text, reason: "it has \(parts.count) fields, and a schedule has five")
        }
        minutes = try Self.values(of: parts[0], 0...59, [], in: text)
        hours = try Self.values(of: parts[1], 0...23, [], in: text)
        days = try Self.values(of: parts[2], 1...31, [], in: text)
        months = try Self.values(of: parts[3], 1...12, Self.monthNames, in: text)
        weekdays = Set(try Self.values(of: parts[4], 0...7, Self.dayNames, in: text).map { $0 % 7 })
        restrictsDays = !parts[2].hasPrefix("*")
        restrictsWeekdays = !parts[4].hasPrefix("*")
    }

    /// Whether it begins on a day at all; `weekday` counts from 0, Sunday.
    func matches(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        let isDay = days.contains(day)
        let isWeekday = weekdays.contains(weekday)
        return restrictsDays && restrictsWeekdays ? isDay || isWeekday : isDay && isWeekday
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func values(
        of field: String,
        _ allowed: ClosedRange<Int>,
        _ names: [String],
        in text: String
    ) throws(CronError) -> Set<Int> {
        var values: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            var step = 1
            if halves.count == 2 {
                guard let number = Int(halves[1]), number > 0, number <= allowed.upperBound else {
                    throw CronError(text: text, reason: "\"\(part)\" has no step from 1 to \(allowed.upperBound)")
                }
                step = number
            }
            guard let range = range(String(halves[0]), allowed, names, isOpen: halves.count == 2) else {
                throw CronError(
                    text: text,
                    reason: "\"\(part)\" is not between \(allowed.lowerBound) and \(allowed.upperBound)"
                )
            }
            values.formUnion(stride(from: range.lowerBound, through: range.upperBound, by: step))
        }
        return values
    }

    /// - Parameter isOpen: With a step, one number stands for all from it on.
    private static func range(
        _ text: String,
        _ allowed: ClosedRange<Int>,
        _ names: [String],
        isOpen: Bool
    ) -> ClosedRange<Int>? {
        if text == "*" { return allowed }
        func number(_ word: Substring) -> Int? {
            if let place = names.firstIndex(of: word.lowercased()) { return place + allowed.lowerBound }
            guard !word.isEmpty, word.utf8.count <= 2, word.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                return nil
            }
            return Int(word)
        }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap(number), allowed.contains(first) else { return nil }
        guard ends.count == 2 else { return first...(isOpen ? allowed.upperBound : first) }
        guard let last = number(ends[1]), allowed.contains(last) else { return nil }
        if first > last, last == 0, allowed == 0...7 { return first...7 }  // FRI-SUN
        return first <= last ? first...last : nil
    }
}

/// Why a schedule could not be read.
package struct CronError: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let reason: String

    package var description: String {
        "\"\(text)\" is no schedule: \(reason). Write minute, hour, day of month, month and day of week, as in 0 18 * * FRI."
    }
}
