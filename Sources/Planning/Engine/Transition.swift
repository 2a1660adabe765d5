package import Connectors

/// What the apply engine answers to an event: the journal as it now is, and the one thing to do next.
package struct Transition: Hashable, Sendable {
    /// To be stored, durably, before `action` is carried out.
    package var journal: Journal
    /// To be stored together with the journal, in this order.
    package var updates: [AppliedUpdate]
    package var action: Action

    package init(journal: Journal, updates: [AppliedUpdate] = [], action: Action) {
        self.journal = journal
        self.updates = updates
        self.action = action
    }

    package enum Action: Hashable, Sendable {
        /// Send this request, once, and answer with `accepted`, `refused` or `ambiguous`.
        case send(Write)
        /// Wait, read the whole tenant anew, and answer with `observed` or `unreadable`.
        case read(after: Duration)
        /// The run has ended; the journal is finished and needs nothing more.
        case finish(RunRecord.Result)
        /// The tenant could not be read: leave the journal as it is; a later run resumes it. The text says why.
        case stop(String)
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
    case observed(ObservedTenant)
    /// The tenant could not be read, or not in full. The text is for people.
    case unreadable(String)
}
