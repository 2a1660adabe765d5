/// What the directory takes as a domain: labels of letters, digits, hyphens and underscores.
///
/// The exact syntax is inferred.
enum DomainSyntax {
    static func isDomain(_ text: String) -> Bool {
        guard text.utf8.count <= 255 else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy(isAllowed)
        }
    }

    static func looksLikeAddress(_ text: String) -> Bool { text.allSatisfy { $0.isNumber || $0 == "." } }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
