/// Whether the credentials may do something in the repository, as far as the forge tells.
package struct ForgeGrant: Hashable, Sendable {
    package enum Deed: String, Hashable, Sendable, CaseIterable {
        case setStatuses = "set statuses"
        case comment = "write comments"
    }

    package var deed: Deed
    /// `nil` where the forge does not tell.
    package var isGiven: Bool?
    /// What it takes, in the forge's own words, such as "the scope `api`".
    package var need: String

    package init(_ deed: Deed, isGiven: Bool?, need: String) {
        self.deed = deed
        self.isGiven = isGiven
        self.need = need
    }
}
