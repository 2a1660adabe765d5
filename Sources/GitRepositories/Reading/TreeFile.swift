/// A definition file's place and content: equal ids mean equal bytes, so what was parsed once need not be read again.
package struct TreeEntry: Hashable, Sendable {
    /// Relative to the tenant's folder, with `/` between names.
    package let path: String
    /// The blob's id in git, 40 hex digits.
    package let blob: String

    package init(path: String, blob: String) {
        self.path = path
        self.blob = blob
    }
}

/// A definition file as it was read.
package struct TreeFile: Hashable, Sendable {
    package let path: String
    package let blob: String
    package let bytes: [UInt8]

    package init(path: String, blob: String, bytes: [UInt8]) {
        self.path = path
        self.blob = blob
        self.bytes = bytes
    }
}
