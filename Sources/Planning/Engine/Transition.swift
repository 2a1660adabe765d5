package import Connectors
package import FoundationEssentials

/// What the apply engine answers to an event: the journal as it now is, and the one thing to do next.
package struct Transition: Hashable, Sendable {
    /// To be stored, durably, before `action` is carried out.
    package var journal: Journal
    /// To be stored together with the journal, in this order.
    package var updates: [AppliedUpdate] = []
    package var action: Action

    package enum Action: Hashable, Sendable {
        /// Send this request, once and in its form of empty lists, and answer with `accepted`, `refused` or `ambiguous`.
        case send(Write)
        /// Wait, read the whole tenant again, and answer with `observed` or `unreadable`.
        case read(after: Duration)
        /// The run has ended; the journal is finished and needs nothing more.
        case finish(RunRecord.Result)
        /// It cannot go on now, for a reason that is not the commit's: leave the journal as it is; a later run resumes it.
        case stop(Postponement)
    }
}

/// Why a run cannot go on now.
package struct Postponement: Hashable, Sendable, Codable {
    /// For people.
    package var reason: String
    /// What to do, where a person can do something.
    package var remedy: String
    package var cause: StopCause
    /// When the service said that it may be asked again.
    package var until: Date?

    package init(_ reason: String, remedy: String = "", cause: StopCause = .passing, until: Date? = nil) {
        self.reason = reason
        self.remedy = remedy
        self.cause = cause
        self.until = until
    }
}

/// What happened, as the driver of the apply engine saw it.
package enum EngineEvent: Hashable, Sendable {
    /// The service answered the request with success; for a create, with the new object's identity where it told.
    case accepted(guid: String?)
    /// The service refused the request, so that it surely has no effect. The text is for people.
    case refused(String)
    /// Whether the request took effect is not known. The text is for people.
    case ambiguous(String)
    /// The request surely has no effect, for a reason that is not the request's: throttling, an outage, no token, a role
    /// that is missing. The same request may succeed later. The text is for people.
    case postponed(Postponement)
    case observed(ObservedTenant)
    /// The tenant could not be read, or not in full.
    case unreadable(Postponement)
}
