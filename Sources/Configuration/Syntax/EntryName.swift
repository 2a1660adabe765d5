/// The name by which people and flags select an entry of the configuration.
package enum EntryName {
    /// What a name may be.
    package static let rule =
        "Use at most 63 letters, digits, hyphens, dots and underscores, beginning with a letter or digit."

    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else { return false }
        return text.utf8.count <= 63
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                    || byte == 46 || byte == 95
            }
    }
}
