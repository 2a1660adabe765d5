import CCurl
package import FoundationEssentials

extension HTTPResponse {
    /// When the server answered, by its own clock; `nil` where it did not say.
    package var date: Date? { headers["Date"].flatMap(Self.date) }

    /// `Retry-After`, in seconds or as a date, which is meant by the server's own clock; at most a day, never negative.
    ///
    /// Source: RFC 9110 10.2.3.
    package var retryAfter: Duration? {
        guard let text = headers["Retry-After"].map(Self.trimmed) else { return nil }
        if let seconds = Int(text) { return seconds < 0 ? nil : .seconds(min(seconds, 86_400)) }
        guard let until = Self.date(text) else { return nil }
        let seconds = until.timeIntervalSince(date ?? Date()).rounded(.up)
        return .seconds(Int(min(max(seconds, 0), 86_400)))
    }

    /// Only the one form that RFC 9110 5.6.7 lets servers send: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Date? {
        let text = trimmed(text)
        guard text.utf8.count == 29, text.hasSuffix(" GMT") else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Date(timeIntervalSince1970: Double(seconds))
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = text.utf8.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex
        return String(Substring(start[..<end]))
    }
}
