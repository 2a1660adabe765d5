package import Connectors

/// Where a tenant stands that runs ahead of git: by which run, with what, and what became of the request.
package struct AheadStanding: Hashable, Sendable {
    package enum Request: String, Hashable, Sendable, Codable, CaseIterable {
        case open
        /// Closed without being merged.
        case closed
        /// Merged, and what it brought says nothing of these connectors.
        case merged
        /// Merged as a commit that the branch does not have: it was reset, or rewritten.
        case mergeLost = "merge-lost"
        /// Nothing is remembered of it.
        case unknown
    }

    package var run: AheadRun
    /// In their order; never empty.
    package var connectors: [ConnectorKey]
    package var request: Request

    package init(_ run: AheadRun, _ connectors: [ConnectorKey], request: Request) {
        self.run = run
        self.connectors = connectors
        self.request = request
    }

    /// Whether no merge is to be expected any more that would bring git up to the tenant.
    package var isStranded: Bool { request != .open }
}
