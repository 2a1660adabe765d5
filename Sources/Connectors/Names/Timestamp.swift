package import FoundationEssentials

/// Reads the times that people, Exchange and its audit log write; Foundation's own parsers refuse seven digits.
package enum Timestamp {
    /// An instant in RFC 3339 or in one of Exchange's forms.
    ///
    /// Those have seven fractional digits and `Z`, an offset, or no zone, which the service means as UTC.
    /// `0001-01-01…` is Exchange's "never" and gives `nil`.
    package static func instant(_ text: String) -> Date? {
        var reader = Reader(text)
        guard let day = reader.date() else { return nil }
        guard reader.take("T") || reader.take("t") || reader.take(" ") else { return nil }
        guard let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2) else { return nil }
        var second = 0
        if reader.take(":") {
            guard let value = reader.digits(2) else { return nil }
            second = value
        }
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        let fraction = reader.take(".") ? reader.fraction() : 0
        guard let fraction, let offset = reader.offset(), reader.isAtEnd, day.year > 1 else { return nil }
        let seconds = day.number * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    /// An instant by its distance from 1970; `nil` for one outside the years that `text` writes, and for Exchange's "never".
    package static func instant(secondsSince1970 seconds: Double) -> Date? {
        guard written.contains(seconds), civilDay(of: Int(seconds.rounded(.down))).year > 1 else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }

    /// The years 1 to 9999, in seconds since 1970.
    private static let written = -62_135_596_800.0..<253_402_300_800.0

    private static func civilDay(of seconds: Int) -> CivilDay { CivilDay(number: seconds.floored(by: 86_400)) }

    /// The end of a deadline: an RFC 3339 instant, or a bare date, which means its end in UTC.
    package static func deadline(_ text: String) -> Date? {
        var reader = Reader(text)
        guard let day = reader.date(), reader.isAtEnd else { return instant(text) }
        return Date(timeIntervalSince1970: Double(day.number * 86_400 + 86_400))
    }

    /// A deadline as people write one: `the end of 2027-03-01` where it is the end of a day in UTC, else RFC 3339.
    package static func deadlineText(_ date: Date) -> String {
        let seconds = date.timeIntervalSince1970
        guard seconds.truncatingRemainder(dividingBy: 86_400) == 0 else { return text(date) }
        return "the end of \(text(Date(timeIntervalSince1970: seconds - 86_400)).prefix(10))"
    }

    /// RFC 3339 in UTC with whole seconds: `2026-11-23T14:02:11Z`.
    ///
    /// A date before the year 1 or after 9999 is written as the nearest one within, and one that is not a number as the last.
    package static func text(_ date: Date) -> String {
        // `min` in this order, as it gives its first argument where the second is not a number.
        let bounded = max(written.lowerBound, min(written.upperBound - 1, date.timeIntervalSince1970))
        let seconds = Int(bounded.rounded(.down))
        let (day, rest) = (civilDay(of: seconds), seconds - seconds.floored(by: 86_400) * 86_400)
        func padded(_ value: Int, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(day.year, 4))-\(padded(day.month))-\(padded(day.day))"
            + "T\(padded(rest / 3_600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
    }

    private struct Reader {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = text.trimmingSpaces()[...].utf8 }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard let first = rest.first, UInt32(first) == mark.value else { return false }
            rest.removeFirst()
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            var value = 0
            for _ in 0..<count {
                guard let byte = rest.first, byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
                rest.removeFirst()
            }
            return value
        }

        mutating func date() -> CivilDay? {
            guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else {
                return nil
            }
            guard (1...12).contains(month), (1...Self.length(of: month, in: year)).contains(day) else { return nil }
            return CivilDay(year: year, month: month, day: day)
        }

        mutating func fraction() -> Double? {
            var value = 0.0
            var scale = 0.1
            var count = 0
            while let byte = rest.first, byte >= 48, byte <= 57 {
                value += Double(byte - 48) * scale
                scale /= 10
                count += 1
                rest.removeFirst()
            }
            return count > 0 ? value : nil
        }

        mutating func offset() -> Int? {
            if isAtEnd || take("Z") || take("z") { return 0 }
            let sign: Int
            if take("+") {
                sign = 1
            } else if take("-") {
                sign = -1
            } else {
                return nil
            }
            guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else {
                return nil
            }
            return sign * (hours * 3_600 + minutes * 60)
        }

        private static func length(of month: Int, in year: Int) -> Int {
            switch month {
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        }
    }
}
