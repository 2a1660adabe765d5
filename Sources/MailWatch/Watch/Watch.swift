package import Connectors
package import FoundationEssentials

/// The watch over one connector that a run changed: what is stored, durable, one row a watch.
///
/// It holds counts, classes, codes, servers' names and addresses, and hashed ids; never an address of a person, a subject,
/// a message id or a text. `WatchRound` moves it on with what the trace says, `handle` with what happens elsewhere.
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
    /// `nil` until the history was read.
    package internal(set) var baseRate: BaseRate?
    package internal(set) var verdict: WatchVerdict?
    /// The run that takes the change back; stored before it starts.
    package internal(set) var takeBackRun: String?
    /// Who ended it and why, or what stood in the way of going back; escaped.
    package internal(set) var note: String
    /// Rounds in a row in which the trace could not be read.
    package internal(set) var unreadableRounds: Int
    /// Whether the statistic is off because the trace cannot tell which mail takes the connector.
    package internal(set) var isScopeUntraceable: Bool
    /// The tenant's definitions that it stands for, by their id; `nil` where these are not known.
    ///
    /// Those of its run, or later ones that left alone what it watches.
    package var tree: String?
    /// Whether it ended, and those who wait for that were not told yet.
    package var isUntold: Bool { untold == true }

    var untold: Bool?
    var cutWindows: Int
    var lastRead: Date?
    /// Gone when the watch has ended, and with it any way back from a hash.
    var key: WatchKey?
    var outbound: OutboundProgress?
    var inbound: InboundProgress?

    package var object: ConnectorKey { change.connector.key }
    /// From when on a delivered message surely used the new settings.
    package var settledAt: Date { appliedAt.addingTimeInterval(policy.settle) }
    package var end: Date { appliedAt.addingTimeInterval(policy.length) }
    /// Up to when messages were judged; `nil` before the first.
    package var readUntil: Date? { outbound?.judgedUntil ?? inbound?.seenUntil }

    /// - Parameters:
    ///   - connectors: How many outbound connectors the run changed.
    ///   - appliedAt: Service time of the answer that confirmed the last write to this connector.
    package init(
        id: String,
        tenant: String,
        run: String,
        revision: String,
        change: WatchedChange,
        policy: WatchPolicy,
        constants: WatchConstants = WatchConstants(),
        connectors: Int = 1,
        appliedAt: Date,
        key: WatchKey
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
        self.key = key
        state = .settling
        since = appliedAt
        counters = UnitCounters()
        note = ""
        unreadableRounds = 0
        isScopeUntraceable = false
        cutWindows = 0
        let settled = appliedAt.addingTimeInterval(policy.settle)
        if change.connector.key.kind == .inboundConnector {
            inbound = InboundProgress(historyFrom: appliedAt, seenUntil: settled)
        } else {
            outbound = OutboundProgress(judgedUntil: settled)
        }
    }
}

extension Watch {
    /// The test with this watch's base rate; `nil` while that is not known, or where the statistic is off.
    package var test: SequentialTest? {
        guard let baseRate, !baseRate.isTooHigh, !isScopeUntraceable else { return nil }
        return SequentialTest(baseRate: baseRate.rate, connectors: connectors, constants: constants)
    }

    package var score: Double? { test?.score(good: counters.good, bad: counters.bad) }

    /// Whether the counters stand at a verdict that is not recorded yet.
    var isPastUpper: Bool { test?.verdict(good: counters.good, bad: counters.bad) == .regressed }

    /// Whether so many units came late that the status should say so.
    package var isTraceSlow: Bool { counters[.late] * 10 > counters.all }

    /// Whether more than half of the texts that were asked for could not be read.
    package var areTextsUnreadable: Bool {
        let read = counters.bad + counters[.beforeToo] + counters[.otherCause] + counters[.otherConnector]
        return counters[.unreadable] > read
    }

    /// Whether the tenant's fields are no longer those that the run left, so that someone else has changed them since.
    ///
    /// - Parameter tenant: A reading made after the run.
    package func isChanged(in tenant: ObservedTenant) -> Bool {
        ([change.connector] + change.rules).contains { object in
            let now = tenant.connectors.first { $0.kind == object.key.kind && $0.guid == object.guid }
            return WatchedChange.Object.image(of: now?.settings, object.key.kind) != object.after
        }
    }
}
