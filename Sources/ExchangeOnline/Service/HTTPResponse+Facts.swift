import Connectors
import FoundationEssentials
import JSON
import Transfers

extension HTTPResponse {
    /// When the service answered, by its own clock; only the one form that RFC 9110 5.6.7 lets servers send.
    var date: Date? { Self.date(headers["Date"] ?? "") }

    private static func date(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, let month = months.firstIndex(of: String(parts[2])) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp.instant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    /// `Retry-After`, in seconds or as a date, which is meant by the service's own clock; at most a day.
    ///
    /// Source: RFC 9110 10.2.3.
    var retryAfter: Duration? {
        guard let text = headers["Retry-After"]?.trimmingSpaces() else { return nil }
        if let seconds = Int(text) { return seconds < 0 ? nil : .seconds(min(seconds, 86_400)) }
        guard let until = Self.date(text) else { return nil }
        let seconds = until.timeIntervalSince(date ?? Date()).rounded(.up)
        return .seconds(Int(min(max(seconds, 0), 86_400)))
    }

    /// The claims that a 401 asks the next token to satisfy (continuous access evaluation).
    ///
    /// Source: learn.microsoft.com/entra/identity-platform/claims-challenge: several headers, fields in any order.
    var claimsChallenge: String? {
        for header in headers.values(of: "WWW-Authenticate") {
            guard let mark = header.lowercased().range(of: "claims=\"") else { continue }
            // Lower case keeps the length of ASCII, and a header with other letters is not one of the service's.
            guard header.utf8.allSatisfy({ $0 < 0x80 }), header.range(of: "insufficient_claims") != nil else {
                continue
            }
            let start = header.utf8.index(
                header.startIndex,
                offsetBy: header.lowercased()[..<mark.upperBound].utf8.count
            )
            let base64 = header[start...].prefix { $0 != "\"" }
            guard let bytes = Base64URL.bytes(base64), let claims = String(validating: bytes, as: UTF8.self) else {
                continue
            }
            guard case .object? = try? JSONParser.parse(bytes) else { continue }
            return claims
        }
        return nil
    }
}
