/// Everything that git says of one tenant.
package struct DesiredTenant: Hashable, Sendable {
    /// In the order of their keys; a key occurs once.
    package var connectors: [DesiredConnector]
    package var waivers: [Waiver]
    package var acceptedDrifts: [AcceptedDrift]
    package var tombstones: [Tombstone]

    package init(
        connectors: [DesiredConnector],
        waivers: [Waiver] = [],
        acceptedDrifts: [AcceptedDrift] = [],
        tombstones: [Tombstone] = []
    ) {
        self.connectors = connectors.sorted(by: \.key)
        self.waivers = waivers
        self.acceptedDrifts = acceptedDrifts
        self.tombstones = tombstones
    }
}

extension [DesiredConnector] {
    /// The connectors in the order of what is asked of each; equal ones keep theirs.
    ///
    /// Places are sorted rather than connectors: moving one of these costs some ten counts of references.
    package func sorted<Value: Comparable>(by value: (DesiredConnector) -> Value) -> [DesiredConnector] {
        let values = map(value)
        guard !zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else { return self }
        return indices.sorted { one, other in
            values[one] < values[other] || (values[one] == values[other] && one < other)
        }.map { self[$0] }
    }
}
