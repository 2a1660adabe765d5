package import Connectors
package import FoundationEssentials
package import Planning

/// Which runs of the history are asked for; a property that is `nil` leaves out no run.
package struct RunQuery: Hashable, Sendable {
    package var tenants: [String]?
    package var commands: Set<RunRecord.Command>?
    /// Runs that have not ended have no result, and match none.
    package var results: Set<RunRecord.Result>?
    package var causes: Set<StopCause>?
    /// Runs that started at this instant or later.
    package var startedFrom: Date?
    /// Runs that started before this instant.
    package var startedBefore: Date?
    /// A commit's id, or the beginning of one.
    package var revision: String?
    /// Part of the commit's author as the run recorded it, such as the address; the case of ASCII letters doesn't matter.
    package var author: String?
    /// The person or account that started the run, exactly as the run recorded it.
    package var startedBy: String?
    /// A connector that the run's plan changes.
    package var connector: ConnectorKey?
    /// The slug of a connector of any kind that the run's plan changes.
    package var connectorName: String?
    package var planDigest: String?
    /// Only runs before this one, to ask for the next page.
    package var before: String?
    /// At most so many runs.
    package var limit: Int

    package init(tenants: [String]? = nil, limit: Int) {
        self.tenants = tenants
        self.limit = limit
    }

    package init(tenant: String, limit: Int) { self.init(tenants: [tenant], limit: limit) }

    /// Asks for the runs whose plan changes a connector: its name in git, or `KIND/NAME`.
    ///
    /// - Returns: Whether the text is either.
    package mutating func choose(connector text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 1 {
            connectorName = text
            return true
        }
        guard parts.count == 2, let kind = ConnectorKind(rawValue: String(parts[0])) else { return false }
        connector = ConnectorKey(kind: kind, name: String(parts[1]))
        return true
    }
}
