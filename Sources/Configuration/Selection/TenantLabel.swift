/// A word by which an operator groups tenants: `tier: gold`.
package struct TenantLabel: Hashable, Sendable {
    package let key: String
    package let value: String

    /// In bytes, of a key and of a value.
    package static let maximumLength = 63

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Reads `tier=gold`; `nil` for anything else.
    package init?(_ text: String) {
        guard let mark = text.firstIndex(of: "=") else { return nil }
        key = String(text[..<mark])
        value = String(text[text.index(after: mark)...])
        guard Self.isKey(key), !value.isEmpty, value.utf8.count <= Self.maximumLength else { return nil }
    }

    /// Letters, digits, hyphens, dots, slashes and underscores.
    static func isKey(_ text: String) -> Bool {
        (1...maximumLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || [45, 46, 47, 95].contains(byte)
            }
    }
}
