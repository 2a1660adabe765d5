package import FoundationEssentials

/// A run that was asked for, and what came of it.
package struct RequestView: Hashable, Sendable, Codable {
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case waiting
        case running
        case done
    }

    package var id: String
    package var tenant: String
    package var state: State
    package var asked: Date
    /// The token that it was asked with.
    package var by: String
    /// The run that answered it, where one was kept in the history.
    package var run: String?
    /// The exit code that `mitregate apply` would have ended with.
    package var exitCode: Int32?
    /// How it ended, in a sentence.
    package var message: String?

    package init(
        id: String,
        tenant: String,
        state: State = .waiting,
        asked: Date,
        by: String,
        run: String? = nil,
        exitCode: Int32? = nil,
        message: String? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.state = state
        self.asked = asked
        self.by = by
        self.run = run
        self.exitCode = exitCode
        self.message = message
    }
}
