package import FoundationEssentials

/// One pass of the pipeline for one tenant, as the history keeps it.
package struct RunRecord: Hashable, Sendable, Codable {
    package enum Result: String, Hashable, Sendable, Codable, CaseIterable {
        case applied
        case unchanged
        case rolledBack = "rolled-back"
        case partlyApplied = "partly-applied"
        case held
        case blocked
        case failed
        case interrupted
    }

    package enum Command: String, Hashable, Sendable, Codable, CaseIterable {
        case apply
        case rollback
    }

    /// 26 characters, in the order of time: what `show` and `rollback` take.
    package var id: String
    package var tenant: String
    package var command: Command
    /// The commit, 40 hex digits.
    package var revision: String
    package var startedAt: Date
    /// `nil` while the run is under way, or when its process died.
    package var endedAt: Date?
    package var result: Result?
    package var exitCode: Int32?
    /// What happened, in a sentence for people; hostile text in it is escaped.
    package var message: String
    /// Why it ended before its last step or was rolled back; `nil` where it came to its end.
    package var cause: StopCause?
    /// When it is worth beginning again.
    package var nextLook: NextLook?
    /// The author of the commit, as git has it; hostile text in it must be escaped before it is shown.
    package var author: String?
    /// The person or account that started the run; `nil` when it started by itself.
    package var startedBy: String?

    package init(
        id: String,
        tenant: String,
        command: Command,
        revision: String,
        startedAt: Date,
        endedAt: Date? = nil,
        result: Result? = nil,
        exitCode: Int32? = nil,
        message: String = "",
        cause: StopCause? = nil,
        nextLook: NextLook? = nil,
        author: String? = nil,
        startedBy: String? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.command = command
        self.revision = revision
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
        self.exitCode = exitCode
        self.message = message
        self.cause = cause
        self.nextLook = nextLook
        self.author = author
        self.startedBy = startedBy
    }
}
