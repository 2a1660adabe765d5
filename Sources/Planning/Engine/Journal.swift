package import FoundationEssentials

/// The write-ahead record of one run's steps, from which a crash is finished or undone.
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
    /// Why the run turned back, in a sentence for people.
    package var reason: String?
    /// Why the run turned back or ended without a write, for what hangs on it.
    package var cause: StopCause?
    /// When the service said that it may be asked again, where the run ended for that.
    package var until: Date?
    /// What to do about the reason, where a person can do something.
    package var remedy: String?
    /// What rolling back must not weaken.
    package var safeguard: Safeguard?
    /// Whether it turned back, or is to do so after the step in flight, because a person asked.
    package var isInterrupted = false
    /// How many readings in a row failed.
    package var failedReadings = 0
    /// How it ended; set with `finished`.
    package var result: RunRecord.Result?

    /// What rolling back by itself must not weaken; a journal without one may.
    package enum Safeguard: String, Hashable, Sendable, Codable {
        /// Objects that were there before the run: what the run itself made is removed again when it fails.
        case earlierObjects = "earlier-objects"
        /// Whatever the run made, too: failing TLS is what an attacker on the wire would want taken back.
        case everything
    }

    package var isFinished: Bool { phase == .finished }

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
