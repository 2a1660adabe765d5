import CIDN2

/// A domain name in the one form in which two names can be compared: A-labels, lower case, no final dot.
package struct DomainName: Hashable, Sendable {
    package let description: String

    /// Reads a name as people write it: letter case, spaces around it, a final dot and U-labels don't matter.
    ///
    /// U-labels are mapped by UTS 46, non-transitional, to IDNA 2008 (libidn2). Labels of 1 to 63 letters, digits, hyphens
    /// and underscores, at most 253 bytes in all (RFC 1035 2.3.4); `nil` for anything else, and for IPv4 addresses.
    package init?(_ text: String) {
        var name = text.trimmingSpaces()
        if name.hasSuffix(".") { name.removeLast() }
        if name.utf8.contains(where: { $0 >= 0x80 }) {
            guard let ascii = Self.aLabels(of: name) else { return nil }
            name = ascii
        }
        name = name.asciiLowercased
        guard !name.isEmpty, name.utf8.count <= 253 else { return nil }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel), let last = labels.last else { return nil }
        guard !last.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }  // 192.0.2.1 is no name (RFC 3696 2)
        description = name
    }

    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        guard label.count >= 1, label.count <= 63 else { return false }
        guard label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else { return false }
        return label.allSatisfy { byte in
            (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95
        }
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
