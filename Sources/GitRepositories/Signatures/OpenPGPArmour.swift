import FoundationEssentials

/// OpenPGP's text form of binary data.
package enum OpenPGPArmour {
    /// The bytes of all blocks of public keys in a text, one after the other; `nil` when there is none, or one is broken.
    ///
    /// Source: RFC 9580, section 6.2.
    package static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var body: String?
        var isInHeaders = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
                body = ""
                isInHeaders = true
            } else if line.hasPrefix("-----END PGP PUBLIC KEY BLOCK-----") {
                guard let text = body, let data = Data(base64Encoded: text) else { return nil }
                result += data
                body = nil
            } else if isInHeaders {
                isInHeaders = !line.allSatisfy(\.isWhitespace)
            } else if body != nil, !line.hasPrefix("=") {
                body?.append(contentsOf: line.filter { !$0.isWhitespace })
            }
        }
        return result.isEmpty || body != nil ? nil : result
    }
}
