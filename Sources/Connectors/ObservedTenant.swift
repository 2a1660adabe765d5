package import FoundationEssentials

/// All that a plan needs to know of a tenant, read in full; a half-read value of this type does not exist.
///
/// A reading that failed, or may have been incomplete, never becomes an `ObservedTenant`: it is *unknown*.
package struct ObservedTenant: Hashable, Sendable, Codable {
    package var connectors: [ObservedConnector]
    /// The tenant's accepted domains in lower case.
    package var acceptedDomains: [String]
    package var readAt: Date
    /// What the service said along with its answers (`@adminapi.warnings`), for the reader of the plan.
    package var warnings: [String]

    package init(
        connectors: [ObservedConnector],
        acceptedDomains: [String] = [],
        readAt: Date,
        warnings: [String] = []
    ) {
        self.connectors = connectors
        self.acceptedDomains = acceptedDomains
        self.readAt = readAt
        self.warnings = warnings
    }
}
