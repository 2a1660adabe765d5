/// How much of a folder is read before it is refused; hostile repositories are larger than memory.
package struct ReadingLimits: Hashable, Sendable {
    /// Definition files.
    package var files: Int
    /// Files and folders of any kind that are looked at.
    package var entries: Int
    package var fileBytes: Int
    /// Once parsed, definitions take up to some fifteen times their bytes: one repository costs at most 256 MiB.
    package var totalBytes: Int
    /// Folders below the tenant's.
    package var depth: Int

    package init(
        files: Int = 20_000,
        entries: Int = 100_000,
        fileBytes: Int = 1 << 20,
        totalBytes: Int = 16 << 20,
        depth: Int = 16
    ) {
        self.files = files
        self.entries = entries
        self.fileBytes = fileBytes
        self.totalBytes = totalBytes
        self.depth = depth
    }
}
