/// What `doctor` says of the store.
package struct StoreHealth: Hashable, Sendable {
    /// The version of the file's tables.
    package let format: Int
    /// `wal`, unless the file system cannot share memory between processes.
    package let journalMode: String
    /// Whether a write has reached the disk when it returns.
    package let isDurable: Bool

    package init(format: Int, journalMode: String, isDurable: Bool) {
        self.format = format
        self.journalMode = journalMode
        self.isDurable = isDurable
    }
}
