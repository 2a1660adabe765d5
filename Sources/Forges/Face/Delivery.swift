/// A webhook's delivery as it came in.
package struct Delivery: Sendable {
    /// In the order in which they came; names compare without regard to case.
    package var headers: [(name: String, value: String)]
    /// The raw bytes, which the signature is over; at most 1 MiB.
    package var body: [UInt8]

    package init(headers: [(name: String, value: String)], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }

    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// What a delivery hints at; nothing in it is believed, it only makes the next look sooner.
package struct Hint: Hashable, Sendable {
    package enum Event: String, Hashable, Sendable, CaseIterable {
        case push
        case request
        case review
        case comment
        /// A merge queue wants a commit tested.
        case queue
        /// The forge tries the hook.
        case ping
        case other
    }

    package var event: Event
    /// As the forge names it, such as `contoso/mail-flow`; `nil` where the body does not tell.
    package var repository: String?
    /// The request's number.
    package var number: Int?
    /// The delivery's own id, by which a repeated one is known.
    package var delivery: String?

    package init(event: Event, repository: String? = nil, number: Int? = nil, delivery: String? = nil) {
        self.event = event
        self.repository = repository
        self.number = number
        self.delivery = delivery
    }
}

/// What a webhook is secured with.
package enum HookSecret: Hashable, Sendable {
    case secret(String)
    /// Azure DevOps.
    case user(String, password: String)
}

/// Reads deliveries of one kind of forge: pure, total over any bytes, signature first, in constant time.
package protocol Deliveries: Sendable {
    /// `nil` where the signature is missing or wrong.
    func hint(in delivery: Delivery, secret: HookSecret) -> Hint?
}
