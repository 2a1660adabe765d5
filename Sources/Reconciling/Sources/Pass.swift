/// One look at git: each source is fetched once, however many of its tenants ask.
///
/// It is short-lived: whoever wants to see a newer commit makes a new pass.
package struct Pass: Sendable {
    /// Snapshots that are used as they are, by the name of their source.
    package typealias Known = [String: SourceSnapshot]

    package let sources: SourceReader

    /// - Parameter known: Snapshots that are used as they are, by the name of their source.
    package init(_ environment: RunEnvironment, known: Known = [:]) {
        sources = SourceReader(environment, known: known)
    }
}
