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
    /// Whether it turned back, or is to do so after the step in flight, because somebody asked.
    package var isInterrupted = false
    /// How many readings in a row failed.
    package var failedReadings = 0
    /// How it ended; set with `finished`.
    package var result: RunRecord.Result?

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
