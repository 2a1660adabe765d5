import Connectors
import FoundationEssentials
import Transfers

extension HTTPResponse {
    /// When the service answered, by its own clock; only the one form that RFC 9110 5.6.7 lets servers send.
    var date: Date? {
        let parts = (headers["Date"] ?? "").split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, let month = months.firstIndex(of: String(parts[2])) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp.instant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    /// `Retry-After` in seconds, the only form that the service uses; nothing for a date or anything else.
    var retryAfter: Duration? {
        guard let text = headers["Retry-After"]?.trimmingSpaces(), let seconds = Int(text), seconds >= 0 else {
            return nil
        }
        return .seconds(min(seconds, 86_400))
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
