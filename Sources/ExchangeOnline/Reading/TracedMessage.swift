package import FoundationEssentials

/// What a message trace tells of one message for one recipient, so far.
///
/// Only what a judgement needs is kept: no subject, no message id. It cannot be encoded, as addresses are not to be
/// stored. Source of the members: a live capture of the graph2otel client, 2026-07.
package struct TracedMessage: Hashable, Sendable {
    /// `MessageTraceId`; one message has one, however many recipients.
    package var traceId: String
    /// When Exchange Online took the message.
    package var received: Date
    /// As the service wrote it: a listing goes on from the same text.
    var receivedText: String
    /// Empty for a report of non-delivery.
    package var sender: String
    package var recipient: String
    /// The service's word (`Delivered`, `Failed`, `Pending`, …) in whatever letter case it came.
    package var status: String

    /// What a message and a recipient are one row by; rows come again.
    struct Key: Hashable {
        let traceId: String
        let recipient: String
    }

    var key: Key { Key(traceId: traceId.lowercased(), recipient: recipient.lowercased()) }
}

/// The messages of a span of time, as far as they were read.
package struct TraceList: Hashable, Sendable {
    /// Each message and recipient once, as it was told last; the newest first.
    package var messages: [TracedMessage]
    /// False where more pages were left than were to be read; `messages` are the newest then.
    package var isComplete: Bool
    /// How many requests it took, of the hundred in five minutes that all tools of a tenant share.
    package var requests: Int
    /// When the last page was answered, by the service's own clock; nothing where it does not tell.
    package var serviceTime: Date?
}

/// One event on a message's way to a recipient.
///
/// It cannot be encoded: its texts may hold addresses. Source of the members: public scripts that read them.
package struct TracedEvent: Hashable, Sendable {
    /// Events of one second come in any order.
    package var date: Date
    /// `DEFER`, `Defer`, `Send external`, …, in whatever letter case it came.
    package var event: String
    package var action: String
    /// The service's text, at most 16 KiB; for a DEFER or FAIL, why.
    package var detail: String
    /// XML with the event's members, at most 64 KiB; empty where there is none.
    package var data: String
}

/// The events of one message for one recipient, with the time at which the service told them.
package struct TraceEvents: Hashable, Sendable {
    /// By time.
    package var events: [TracedEvent]
    package var serviceTime: Date?
}
