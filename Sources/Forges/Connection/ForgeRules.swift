/// How one forge is spoken to, as far as that differs.
struct ForgeRules: Sendable {
    /// For messages, such as "GitHub".
    var name: String
    /// Sent with each call, in addition to the pass.
    var headers: [(name: String, value: String)] = [("Accept", "application/json")]
    /// Between the end of one write and the beginning of the next.
    var writeGap = Duration.zero
    /// The statuses by which it refuses credentials.
    var refusals: Set<Int> = [401]
    /// Pages of one listing; more is not asked for.
    var maximumPages = 20
}
