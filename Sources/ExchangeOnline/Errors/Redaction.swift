import Connectors

/// Text of a stranger made fit for a message: no secret, no control character, no endless length.
enum Redaction {
    private static let maximumLength = 1_500

    /// - Parameter secrets: What must not be repeated, should the other side have echoed our request.
    static func text(_ text: String, secrets: [String] = []) -> String {
        var result = text
        for secret in secrets where secret.utf8.count >= 4 { result = result.replacing(secret, by: "[secret]") }
        result = withoutTokens(result).trimmingSpaces()
        if result.unicodeScalars.count > maximumLength {
            result = String(String.UnicodeScalarView(result.unicodeScalars.prefix(maximumLength))) + "…"
        }
        return result.escapingControls
    }

    /// Without anything that looks like a JSON Web Token: `eyJ` is how base64url writes `{"`.
    private static func withoutTokens(_ text: String) -> String {
        guard text.range(of: "eyJ") != nil else { return text }
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let run = rest.prefix(while: isTokenByte)
            if run.starts(with: "eyJ".utf8) && run.count > 12 {
                result += "[token]".utf8
            } else {
                result += run
            }
            rest = rest.dropFirst(run.count)
            let other = rest.prefix { !isTokenByte($0) }
            result += other
            rest = rest.dropFirst(other.count)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}

extension String {
    /// The string with each place of `text` replaced; one pass, so that what is put in is not looked at again.
    fileprivate func replacing(_ text: String, by other: String) -> String {
        var result = ""
        var rest = self
        while let range = rest.range(of: text) {
            result += rest[..<range.lowerBound] + other
            rest = String(rest[range.upperBound...])
        }
        return result + rest
    }
}
