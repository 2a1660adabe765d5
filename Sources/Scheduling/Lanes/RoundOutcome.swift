package import Connectors
package import Planning

/// How a round ended, as the service that carried it out tells the lane.
package struct RoundOutcome: Hashable, Sendable {
    package enum Result: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing to write; also a cheap round that saw nothing move.
        case inSync = "in-sync"
        case applied
        /// Something is to be written, and this round might not.
        case pending
        case held
        case blocked
        case failed
        case rolledBack = "rolled-back"
        case partlyApplied = "partly-applied"
        case interrupted
    }

    package var round: Int
    package var result: Result
    package var live: LiveState
    package var cause: StopCause?
    /// When it is worth going on; with `at`, when the service, a freeze or the gate said so.
    package var nextLook: NextLook?
    /// What happened, in a sentence for people; hostile text in it is escaped.
    package var message: String
    package var exitCode: Int32
    /// The commit that the round looked at, and the tenant's folder in it.
    package var revision: String?
    package var tree: String?
    package var run: String?
    /// The guards that hold the plan, by id.
    package var guards: [String]
    /// The plan that is not applied, if any.
    package var waiting: WaitingPlan?
    package var gate: GateWord?
    /// What was written and confirmed.
    package var written: Set<ConnectorKey>
    /// Where the tenant runs ahead of git; `nil` where that is not known.
    package var ahead: [AheadStanding]?

    package init(
        round: Int,
        result: Result,
        live: LiveState,
        cause: StopCause? = nil,
        nextLook: NextLook? = nil,
        message: String = "",
        exitCode: Int32 = 0,
        revision: String? = nil,
        tree: String? = nil,
        run: String? = nil,
        guards: [String] = [],
        waiting: WaitingPlan? = nil,
        gate: GateWord? = nil,
        written: Set<ConnectorKey> = [],
        ahead: [AheadStanding]? = nil
    ) {
        self.round = round
        self.result = result
        self.live = live
        self.cause = cause
        self.nextLook = nextLook
        self.message = message
        self.exitCode = exitCode
        self.revision = revision
        self.tree = tree
        self.run = run
        self.guards = guards
        self.waiting = waiting
        self.gate = gate
        self.written = written
        self.ahead = ahead
    }
}

/// A plan that could be applied, and is not yet.
package struct WaitingPlan: Hashable, Sendable, Codable {
    package var planDigest: String
    package var changesDigest: String

    package init(planDigest: String, changesDigest: String) {
        self.planDigest = planDigest
        self.changesDigest = changesDigest
    }
}

/// The gate's verdict on the changes of a round, and its first finding that counts.
package struct GateWord: Hashable, Sendable, Codable {
    package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
        case pass
        case warn
        case approve
        case hold
        case block
    }

    package var verdict: Verdict
    /// One of the reasons of `PreflightPassed`, such as `NoStartTLS`.
    package var reason: String
    /// For people; hostile text in it is escaped.
    package var message: String

    package init(verdict: Verdict, reason: String = "Succeeded", message: String = "") {
        self.verdict = verdict
        self.reason = reason
        self.message = message
    }
}
