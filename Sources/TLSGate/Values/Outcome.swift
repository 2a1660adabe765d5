/// What one check found.
package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case pass
    /// Worth knowing, and nothing follows from it.
    case info
    /// Mail flows, and something should be fixed.
    case warn
    /// Mail will not flow, and this does not depend on who connects.
    case fail
    /// It could not be found out from here; never the same as no.
    case unknown
}
