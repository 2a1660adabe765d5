package import FoundationEssentials

/// The write-ahead record of one run's steps, from which a run is finished or rolled back after a crash.
///
/// It is stored, durably, before each request that it describes is sent. `ApplyEngine` alone changes it.
package struct Journal: Hashable, Sendable, Codable {
    package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
        case applying
        case rollingBack = "rolling-back"
        case finished
    }

    /// The run's id.
    package var run: String
    package var tenant: String
    package var revision: String
    package var planDigest: String
    package var phase: Phase
    package var steps: [Step]
    /// Why the run is rolled back, in a sentence for people.
    package var reason: String?
    /// Why the run is rolled back or ended without a write, for whatever decides by it.
    package var cause: StopCause?
    /// When the service said that it may be asked again, where the run ended for that.
    package var until: Date?
    /// What to do about the reason, where a person can do something.
    package var remedy: String?
    /// What rolling back must not weaken.
    package var safeguard: Safeguard?
    /// Whether it is rolled back, or is to be after the step in flight, because a person asked.
    package var isInterrupted = false
    /// How many readings in a row failed.
    package var failedReadings = 0
    /// How it ended; set with `finished`.
    package var result: RunRecord.Result?
    /// When all of it was written and read back.
    package var appliedAt: Date?
    /// What an applied run must still pass before it counts as good, in this order; `nil` where nothing is left.
    package var owed: [Check]?
    /// `false` where the run only puts drift back, or takes such a run back, so that it says nothing of a commit; `nil`: it does.
    package var includesCommit: Bool?
    /// What the store held before the run, where the run replaced it; `nil` where it replaced nothing.
    package var former: Former?

    /// What is looked at once everything is written and read back.
    package enum Check: String, Hashable, Sendable, Codable, CaseIterable {
        /// Exchange's own validation of the changed connectors.
        case validation
        /// That the fields still are as written after the time of `bake`, and that the gate says nothing worse of them.
        case bake
    }

    /// What rolling back by itself must not weaken; a journal without one may.
    package enum Safeguard: String, Hashable, Sendable, Codable {
        /// Objects that were there before the run: what the run itself made is removed again when it fails.
        case earlierObjects = "earlier-objects"
        /// Whatever the run made, too: failing TLS is what an attacker on the wire would want rolled back.
        case everything
    }

    /// Whether nothing is left to do: all is written, or rolled back, and every check that was asked for was made.
    package var isFinished: Bool { phase == .finished && owed == nil }

    /// Whether the run was applied and this check of it is still to be made.
    package func owes(_ check: Check) -> Bool { result == .applied && owed?.contains(check) == true }

    package init(
        run: String,
        tenant: String,
        revision: String,
        planDigest: String,
        phase: Phase = .applying,
        steps: [Step],
        reason: String? = nil,
        result: RunRecord.Result? = nil
    ) {
        self.run = run
        self.tenant = tenant
        self.revision = revision
        self.planDigest = planDigest
        self.phase = phase
        self.steps = steps
        self.reason = reason
        self.result = result
    }
}
