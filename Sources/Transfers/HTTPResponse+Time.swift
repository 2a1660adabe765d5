import CCurl
package import FoundationEssentials

extension HTTPResponse {
    /// When the server answered, by its own clock; `nil` where it did not say.
    package var date: Date? { headers["Date"].flatMap(Self.date) }

    /// `Retry-After`, in seconds or as a date, which is meant by the server's own clock.
    ///
    /// At most a day, and zero for what has passed.
    ///
    /// Source: RFC 9110 10.2.3.
    ///
    /// - Parameter now: Counts where the server does not say what time it has.
    package func retryAfter(now: Date = Date()) -> Duration? {
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = Int(text) { return .seconds(min(max(seconds, 0), 86_400)) }
        guard let until = Self.date(text) else { return nil }
        let seconds = until.timeIntervalSince(date ?? now).rounded(.up)
        return .seconds(Int(min(max(seconds, 0), 86_400)))
    }

    /// Only the one form that RFC 9110 5.6.7 lets servers send: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Date? {
        guard text.utf8.count == 29, text.hasSuffix(" GMT") else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Date(timeIntervalSince1970: Double(seconds))
    }
}
