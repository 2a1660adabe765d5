/// Checks a cron expression of five fields: minute, hour, day of month, month, day of week (crontab(5)).
enum CronSyntax {
    private struct Part {
        let name: String
        let range: ClosedRange<Int>
        let words: [String]
    }

    private static let parts = [
        Part(name: "minute", range: 0...59, words: []),
        Part(name: "hour", range: 0...23, words: []),
        Part(name: "day of month", range: 1...31, words: []),
        Part(
            name: "month",
            range: 1...12,
            words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        ),
        Part(name: "day of week", range: 0...7, words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ]

    /// What is wrong with an expression, or `nil`.
    static func problem(in text: String) -> String? {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard fields.count == parts.count else {
            return "it has \(fields.count) fields and needs five: minute, hour, day of month, month, day of week"
        }
        for (field, part) in zip(fields, parts) {
            for item in field.split(separator: ",", omittingEmptySubsequences: false) where !isItem(item, part) {
                let words = part.words.isEmpty ? "" : " or \(part.words[0])–\(part.words[part.words.count - 1])"
                return "its \(part.name) is no list of \(part.range.lowerBound)–\(part.range.upperBound)\(words), *, "
                    + "ranges and steps"
            }
        }
        return nil
    }

    /// `*`, `5`, `1-5`, `MON-FRI`, each with `/2` behind it or not.
    private static func isItem(_ item: Substring, _ part: Part) -> Bool {
        let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 {
            guard let step = number(halves[1]), step >= 1, step <= part.range.upperBound else { return false }
        }
        guard let body = halves.first else { return false }
        if body == "*" { return true }
        let ends = body.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let values = ends.map { value($0, part) }
        switch values.count {
        case 1: return values[0] != nil
        default:
            guard let low = values[0], let high = values[1] else { return false }
            return low <= high
        }
    }

    private static func value(_ text: Substring, _ part: Part) -> Int? {
        if let index = part.words.firstIndex(of: text.uppercased()) { return index + part.range.lowerBound }
        guard let number = number(text), part.range.contains(number) else { return nil }
        return number
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 3, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
