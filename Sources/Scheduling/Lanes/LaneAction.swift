package import FoundationEssentials

/// What a lane wants done; in the order in which it is given.
package enum LaneAction: Hashable, Sendable {
    /// Carry out this round, and tell `roundEnded`; there is none under way.
    case begin(Round)
    /// The deadline has passed: end the round of this number, and tell `roundEnded` when it has ended.
    case end(round: Int)
    /// The outcome that answers a request, or why it was not taken.
    case answer(RequestAnswer)
    /// Events, to be stored and sent.
    case raise([EventDraft])
    /// Tell `tick` at this time; it replaces every earlier one, and is the last action of each answer.
    case wake(at: Date)
}

/// What a request came to.
package struct RequestAnswer: Hashable, Sendable, Codable {
    package var request: String
    package var result: RoundOutcome.Result
    package var exitCode: Int32
    package var message: String
    package var run: String?
    package var revision: String?
    /// The plan that waits, where one does.
    package var waiting: WaitingPlan?

    package init(request: String, _ outcome: RoundOutcome) {
        self.request = request
        result = outcome.result
        exitCode = outcome.exitCode
        message = outcome.message
        run = outcome.run
        revision = outcome.revision
        waiting = outcome.waiting
    }

    /// No round answers it; the message says why.
    init(request: String, refused message: String) {
        self.request = request
        result = .failed
        exitCode = 1
        self.message = message
    }
}
