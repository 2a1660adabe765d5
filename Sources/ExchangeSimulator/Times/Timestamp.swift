import FoundationEssentials

/// The service's time stamps, written and read without a formatter and its tables.
enum Timestamp {
    /// `2026-07-23T22:55:13.0000000`, to which callers add `Z`, `+00:00` or nothing.
    ///
    /// Section 12.11.
    static func sevenDigits(_ date: Date) -> String {
        // A little more, as a binary fraction may be a little less than the millisecond that it stands for.
        let ticks = Int((date.timeIntervalSince1970 * 1000 + 0.01).rounded(.down)) * 10_000
        let (seconds, fraction) = ticks.quotientAndRemainder(dividingBy: 10_000_000)
        return "\(text(seconds: seconds)).\(padded(fraction, 7))"
    }

    /// `2026-11-22T10:11:12`, as `CreationTime` in AuditData.
    ///
    /// Section 8.2.
    static func seconds(_ date: Date) -> String {
        text(seconds: Int(date.timeIntervalSince1970.rounded(.down)))
    }

    /// `Wed, 25 Nov 2026 12:00:00 GMT`, as RFC 9110 5.6.7 has it.
    static func header(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let day = Int((Double(seconds) / 86_400).rounded(.down))
        let (year, month, dayOfMonth) = civil(day)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = text(seconds: seconds).suffix(8)
        return "\(days[(day % 7 + 7) % 7]), \(padded(dayOfMonth, 2)) \(months[month - 1]) \(year) \(time) GMT"
    }

    private static func text(seconds: Int) -> String {
        let day = Int((Double(seconds) / 86_400).rounded(.down))
        let inDay = seconds - day * 86_400
        let (year, month, dayOfMonth) = civil(day)
        let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T\(time)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The Gregorian date of a day counted from 1970-01-01.
    ///
    /// Source: Howard Hinnant, "chrono-compatible date algorithms".
    private static func civil(_ day: Int) -> (Int, Int, Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let inEra = shifted - era * 146_097
        let yearOfEra = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * inYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + inYear - 719_468
    }

    /// Reads ISO 8601 with or without a time, a fraction and a zone; none means UTC.
    static func date(_ text: String) -> Date? {
        guard let match = text.wholeMatch(of: form) else { return nil }
        let number = { (part: Substring?) in part.flatMap { Int($0) } ?? 0 }
        let (_, year, month, dayOfMonth, hour, minute, second, fraction, zone) = match.output
        guard (1...12).contains(number(month)), (1...31).contains(number(dayOfMonth)), number(hour) < 24 else {
            return nil
        }
        var seconds = Double(day(number(year), number(month), number(dayOfMonth)) * 86_400)
        seconds += Double(number(hour) * 3600 + number(minute) * 60 + number(second))
        seconds += fraction.flatMap { Double("0.\($0)") } ?? 0
        if let zone, zone != "Z", zone != "z" {
            let offset = number(zone.dropFirst().prefix(2)) * 3600 + number(zone.suffix(2)) * 60
            seconds -= Double(zone.hasPrefix("-") ? -offset : offset)
        }
        return Date(timeIntervalSince1970: seconds)
    }

    // A regex has no mutable state, though its type doesn't say so.
    nonisolated(unsafe) private static let form =
        /(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|z|[+-]\d\d:?\d\d)?)?/
}
