package import FoundationEssentials

/// An event as it was decided, before it has an id and a link.
package struct EventDraft: Hashable, Sendable, Codable {
    package var time: Date
    package var tenant: String?
    package var object: String
    package var condition: ConditionType
    package var reason: String
    package var transition: Event.Transition
    package var severity: Event.Severity
    /// For people; what strangers wrote in it is escaped.
    package var message: String
    package var run: String?
    package var revision: String?

    package init(
        time: Date,
        tenant: String?,
        object: String,
        condition: ConditionType,
        reason: String,
        transition: Event.Transition = .raised,
        severity: Event.Severity,
        message: String,
        run: String? = nil,
        revision: String? = nil
    ) {
        self.time = time
        self.tenant = tenant
        self.object = object
        self.condition = condition
        self.reason = reason
        self.transition = transition
        self.severity = severity
        self.message = message
        self.run = run
        self.revision = revision
    }

    /// The event, with the id that its store gave it.
    package func event(id: String, link: String? = nil) -> Event {
        Event(
            id: id,
            time: time,
            tenant: tenant,
            object: object,
            condition: condition,
            reason: reason,
            transition: transition,
            severity: severity,
            message: message,
            run: run,
            revision: revision,
            link: link
        )
    }
}
