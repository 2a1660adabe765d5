import CIDN2

/// A domain name in the one form in which two names can be compared: A-labels, lower case, no final dot.
package struct DomainName: Hashable, Sendable {
    package let description: String

    /// Reads a name as people write it: letter case, spaces around it, a final dot and U-labels don't matter.
    ///
    /// U-labels are mapped by UTS 46, non-transitional, to IDNA 2008 (libidn2). Labels of 1 to 63 letters, digits, hyphens
    /// and underscores, at most 253 bytes in all (RFC 1035 2.3.4); `nil` for anything else, and for IPv4 addresses.
    package init?(_ text: String) {
        if Self.isNormal(text) {
            description = text
            return
        }
        guard text.utf8.count <= 2_048 else { return nil }  // a longer one cannot be a name, however it is written
        var name = text.trimmingSpaces()
        if name.hasSuffix(".") { name.removeLast() }
        if name.utf8.contains(where: { $0 >= 0x80 }) {
            guard let ascii = Self.aLabels(of: name) else { return nil }
            name = ascii
        }
        name = name.asciiLowercased
        guard Self.isNormal(name) else { return nil }
        description = name
    }

    /// Whether the text is a name in the form in which names are compared, as nearly all are that are read.
    private static func isNormal(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { $0.count <= 253 && isName($0) }
    }

    /// Whether the bytes are labels with dots between them, and the last is not a number (192.0.2.1 is not a name: RFC 3696, 2).
    private static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let (dot, hyphen) = (UInt8(ascii: "."), UInt8(ascii: "-"))
        var length = 0
        var isNumber = true
        var previous = dot
        for byte in bytes {
            if byte == dot {
                guard length > 0, previous != hyphen else { return false }
                length = 0
                isNumber = true
            } else {
                let isDigit = byte >= 48 && byte <= 57
                guard isDigit || byte >= 97 && byte <= 122 || byte == hyphen && length > 0 || byte == 95 else {
                    return false
                }
                length += 1
                isNumber = isNumber && isDigit
                guard length <= 63 else { return false }
            }
            previous = byte
        }
        return length > 0 && previous != hyphen && !isNumber
    }

    private static func aLabels(of name: String) -> String? {
        guard !name.utf8.contains(0) else { return nil }
        var output: UnsafeMutablePointer<UInt8>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        let status = name.withCString(encodedAs: UTF8.self) { idn2_lookup_u8($0, &output, flags) }
        guard status == IDN2_OK.rawValue, let output else { return nil }
        defer { idn2_free(output) }
        return String(cString: output)
    }
}

extension DomainName: CustomStringConvertible {}
