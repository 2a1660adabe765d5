/// In which order the tenants of a source get a commit.
package struct RolloutSettings: Hashable, Sendable {
    /// Names of tenants that get it first; each is one of the source's.
    package var canaries: [String]
    /// How long the others wait after the last canary ended well.
    package var wait: Duration
    /// How many tenants whose run was rolled back, or whose mail suffered, hold the commit for all others.
    package var stopAfter: Int

    package init(canaries: [String] = [], wait: Duration = .zero, stopAfter: Int = 1) {
        self.canaries = canaries
        self.wait = wait
        self.stopAfter = stopAfter
    }
}
