package import Connectors
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
        /// What a request changes was applied before its merge, as a person asked in a comment.
        case applyAhead = "apply-ahead"
        case rollback
        /// A connector was disabled in an emergency, or enabled again.
        case breakGlass = "break-glass"
        /// Exchange's own validation of one connector was asked for; no setting was changed.
        case validateConnector = "validate-connector"
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
    /// The first line of the commit's message; hostile text in it must be escaped before it is shown.
    package var subject: String?
    /// The person or account that started the run, or the token by whose request it began; `nil` when it started by itself.
    package var startedBy: String?
    /// The machine that it started on, or the controller and its machine.
    package var startedFrom: String?
    /// Why a person wanted it, where one was asked: the word for an emergency.
    package var reason: String?
    /// Of the plan that was carried out; the store adds it with the plan, and what stands here is not stored.
    package var planDigest: String?
    /// What that plan changes, in the order of their keys; likewise.
    package var connectors: [ConnectorKey]

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
        subject: String? = nil,
        startedBy: String? = nil,
        startedFrom: String? = nil,
        reason: String? = nil,
        planDigest: String? = nil,
        connectors: [ConnectorKey] = []
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
        self.subject = subject
        self.startedBy = startedBy
        self.startedFrom = startedFrom
        self.reason = reason
        self.planDigest = planDigest
        self.connectors = connectors
    }
}
