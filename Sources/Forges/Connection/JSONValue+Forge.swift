import FoundationEssentials
import JSON

extension JSONValue {
    /// A point in time as forges write it: RFC 3339, with any number of digits behind the second.
    ///
    /// Nothing for Go's zero time, which stands for "never".
    var instant: Date? {
        guard let text, text.utf8.count <= 40 else { return nil }
        var plain = text
        var fraction: Double = 0
        if let dot = text.firstIndex(of: ".") {
            let digits = text[text.index(after: dot)...].prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, let value = Double("0.\(digits)") else { return nil }
            fraction = value
            plain = String(text[..<dot] + text[digits.endIndex...])
        }
        guard let date = try? Date(plain, strategy: .iso8601), date.timeIntervalSince1970 > 0 else { return nil }
        return date.addingTimeInterval(fraction)
    }

    /// A whole name of a commit.
    var commit: CommitID? { text.flatMap { CommitID($0) } }
}
