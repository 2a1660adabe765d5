import Connectors

/// A GUID as Microsoft Entra shows it: 32 hex digits in groups of 8, 4, 4, 4 and 12.
package enum GUIDText {
    /// In lower case; `nil` for anything else.
    package static func normal(_ text: String) -> String? {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
        guard groups.allSatisfy({ $0.allSatisfy(\.isHexDigit) }) else { return nil }
        return text.asciiLowercased
    }
}

extension UInt8 {
    /// Whether it is `0`–`9`, `a`–`f` or `A`–`F`.
    var isHexDigit: Bool { (48...57).contains(self) || (65...70).contains(self) || (97...102).contains(self) }
}
