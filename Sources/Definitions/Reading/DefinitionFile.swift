/// One file of a tenant's folder, as git or the file system gave it.
package struct DefinitionFile: Hashable, Sendable {
    /// Relative to the tenant's folder, with `/` between its parts.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
