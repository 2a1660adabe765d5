/// Everything that git says of one tenant.
package struct DesiredTenant: Hashable, Sendable {
    /// In the order of their keys; a key occurs once.
    package var connectors: [DesiredConnector]
    package var waivers: [Waiver]
    package var acceptedDrifts: [AcceptedDrift]

    package init(
        connectors: [DesiredConnector],
        waivers: [Waiver] = [],
        acceptedDrifts: [AcceptedDrift] = []
    ) {
        self.connectors = connectors.sorted { $0.key < $1.key }
        self.waivers = waivers
        self.acceptedDrifts = acceptedDrifts
    }
}
