package import Connectors
package import FoundationEssentials
package import Planning

/// What a lane must not forget when the process ends or another replica takes the tenant over; kept in the store.
package struct LaneMemory: Hashable, Sendable, Codable {
    /// The commit that the source was last seen at.
    package var revision: String?
    /// The tenant's folder in it.
    package var tree: String?
    /// Requests without an answer, in the order in which they were made.
    package var requests: [LaneRequest]
    package var suspension: Suspension?
    package var approvals: [Approval]
    package var rollout: RolloutPermission
    /// Why no write of the commit is tried until a person, git or the configuration changes something.
    package var waiting: WaitingForPerson?
    /// When the commit is tried again, and how often it was held in a row.
    package var hold: Hold?
    package var traces: [DriftTrace]
    package var ledger: ConditionLedger
    /// When the tenant was last read, in full or by a cheap round.
    package var lastReadAt: Date?
    /// How the last full round ended, or a cheap one that failed.
    package var lastEnding: LastEnding?
    /// What was to be done, or was under way, when this was stored: a process that takes the tenant over goes on with it.
    package var owed: [Cause]
    /// Whether a round that may write was under way: its journal may have to be finished.
    package var isWriting: Bool
    /// Since when git and tenant agree and nothing is waited for; `nil` while that is not so.
    package var readySince: Date?
    /// Whether the tenant refused mail in its own name from strangers when it was last asked.
    package var rejectsDirectSend: Bool?

    package init(tenant: String) {
        requests = []
        approvals = []
        rollout = .go
        traces = []
        owed = []
        isWriting = false
        ledger = ConditionLedger(tenant: tenant)
    }

    /// Whether this is to be stored in place of what is stored.
    ///
    /// The time of the last reading, which every round of a quiet tenant moves, is stored once an hour: a thousand tenants in
    /// which nothing happens cost the store nothing.
    package func isNews(to stored: LaneMemory) -> Bool {
        var same = self
        same.lastReadAt = stored.lastReadAt
        guard same == stored, let readAt = lastReadAt, let known = stored.lastReadAt else { return self != stored }
        return abs(readAt.timeIntervalSince(known)) >= 3_600
    }

    /// At most so many requests are kept; who asks beyond that is told at once that it was not taken.
    package static let requestLimit = 1_000
    package static let approvalLimit = 16
}

package struct LaneRequest: Hashable, Sendable, Codable {
    package var id: String
    package var cause: Cause
    package var at: Date
}

package struct WaitingForPerson: Hashable, Sendable, Codable {
    package var cause: StopCause
    package var message: String
    package var guards: [String]
    package var plan: WaitingPlan?
    package var since: Date

    /// Whether the partner may put right by itself what is waited for, so that full rounds ask again.
    var isOfGate: Bool { [.gateBlocked, .gateApproval, .gateUndecided].contains(cause) }
}

package struct Hold: Hashable, Sendable, Codable {
    package enum Reason: String, Hashable, Sendable, Codable {
        case gate
        case freeze
    }

    package var reason: Reason
    package var until: Date
    /// How often the gate could not judge, in a row.
    package var tries: Int
}

package struct LastEnding: Hashable, Sendable, Codable {
    package var result: RoundOutcome.Result
    package var cause: StopCause?
    package var revision: String?
    package var run: String?
    package var message: String
    package var at: Date
}

/// What is remembered of one connector's deviation.
package struct DriftTrace: Hashable, Sendable, Codable {
    package var connector: ConnectorKey
    /// Each deviating field, and when it was first seen to deviate; `object` for one that is gone.
    package var fields: [Field]
    /// When another writer made it deviate, within the last day.
    package var flips: [Date]
    /// Whether it is corrected no more.
    package var isFight: Bool
    /// When a correction was last begun.
    package var triedAt: Date?
    /// Whether that found nothing to write, as where git wants the connector gone or otherwise by now.
    package var isFruitless: Bool?

    package struct Field: Hashable, Sendable, Codable {
        package var path: String
        package var since: Date
    }

    /// The path that stands for a connector that is gone.
    static let object = "object"

    /// Whether others keep changing it back and forth, so that nothing that is said of it stays true.
    package var isFought: Bool { isFight || flips.count >= Lane.fightFlips }

    init(_ connector: ConnectorKey) {
        self.connector = connector
        fields = []
        flips = []
        isFight = false
    }
}
