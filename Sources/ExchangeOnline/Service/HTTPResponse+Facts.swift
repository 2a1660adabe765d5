import FoundationEssentials
import JSON
import Transfers

extension HTTPResponse {
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
