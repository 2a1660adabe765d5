/// What `doctor` says of the store.
package struct StoreHealth: Hashable, Sendable {
    /// The version of the store's tables.
    package var format: Int
    /// Whether a write has reached the disk when it returns.
    package var isDurable: Bool
    /// What an operator should know although the store can be used; one sentence each.
    package var warnings: [String]

    package init(format: Int, isDurable: Bool, warnings: [String] = []) {
        self.format = format
        self.isDurable = isDurable
        self.warnings = warnings
    }
}
