package import FoundationEssentials
package import Scheduling

/// What one transaction stores for the controller, whichever tenants it is about.
package struct ControllerChange: Sendable {
    /// Replaces the document of the same kind and key.
    package var documents: [Document] = []
    /// Documents that are forgotten.
    package var forgotten: [(kind: Document.Kind, key: String)] = []
    /// How documents must lie in the store for any of this to be stored: as they were when the change was made.
    package var expected: [Expectation] = []
    /// An event that is stored already stays as it is.
    package var events: [Event] = []
    /// Where each of `events` is to be sent: names of sinks by event id.
    package var sinks: [String: [String]] = [:]

    /// What a document must be when a change is stored that rests on it.
    package struct Expectation: Hashable, Sendable {
        package var kind: Document.Kind
        package var key: String
        /// Its JSON, byte for byte; `nil` where there must be no such document.
        package var json: String?

        package init(_ kind: Document.Kind, _ key: String, json: String?) {
            self.kind = kind
            self.key = key
            self.json = json
        }
    }

    package init() {}

    package init(documents: [Document]) { self.documents = documents }

    package var isEmpty: Bool { documents.isEmpty && forgotten.isEmpty && events.isEmpty }
}

/// Which events are asked for; a property that is `nil` leaves out none.
package struct EventQuery: Hashable, Sendable {
    package var tenant: String?
    /// Only events after this one, by id.
    package var after: String?
    /// Only events of this instant or later.
    package var since: Date?
    /// At most so many: the newest, unless `after` is given, and then the oldest.
    package var limit: Int

    package init(tenant: String? = nil, after: String? = nil, since: Date? = nil, limit: Int) {
        self.tenant = tenant
        self.after = after
        self.since = since
        self.limit = limit
    }
}

/// An event that a sink has not taken yet.
package struct Delivery: Hashable, Sendable {
    package var sink: String
    package var event: Event
    /// How often it was tried.
    package var tries: Int
    /// Not before this instant.
    package var due: Date

    package init(sink: String, event: Event, tries: Int, due: Date) {
        self.sink = sink
        self.event = event
        self.tries = tries
        self.due = due
    }
}

/// What became of deliveries to one sink.
package enum DeliveryOutcome: Hashable, Sendable {
    /// They arrived, or are given up: forgotten.
    case done
    case tryAgain(at: Date)
}
