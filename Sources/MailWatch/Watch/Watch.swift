package import Connectors
package import FoundationEssentials

/// The watch over one connector that a run changed: what is stored, durable, one row a watch.
package struct Watch: Hashable, Sendable, Codable {
    package let id: String
    package let tenant: String
    package let run: String
    package let revision: String
    package let change: WatchedChange
    package let policy: WatchPolicy
    package let constants: WatchConstants
    /// How many outbound connectors the run changed.
    package let connectors: Int
    /// Service time of the answer that confirmed the last write to this connector.
    package let appliedAt: Date

    package internal(set) var state: WatchState
    package internal(set) var reason: WatchReason?
    /// When the state was entered, in service time.
    package internal(set) var since: Date
    package internal(set) var counters: UnitCounters

    package var object: ConnectorKey { change.connector.key }
    /// From when on a delivered message surely used the new settings.
    package var settledAt: Date { appliedAt.addingTimeInterval(policy.settle) }
    package var end: Date { appliedAt.addingTimeInterval(policy.length) }

    package init(
        id: String,
        tenant: String,
        run: String,
        revision: String,
        change: WatchedChange,
        policy: WatchPolicy,
        constants: WatchConstants = WatchConstants(),
        connectors: Int = 1,
        appliedAt: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.run = run
        self.revision = revision
        self.change = change
        self.policy = policy
        self.constants = constants
        self.connectors = connectors
        self.appliedAt = appliedAt
        state = .settling
        since = appliedAt
        counters = UnitCounters()
    }
}
