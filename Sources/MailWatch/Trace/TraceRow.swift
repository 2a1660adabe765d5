package import FoundationEssentials

/// One row of a message trace: what became of one message for one recipient, so far.
///
/// It cannot be encoded: addresses and ids are read into memory, judged and dropped.
package struct TraceRow: Hashable, Sendable {
    package var messageTraceId: String
    /// When Exchange Online took the message.
    package var received: Date
    /// An address; empty for a report of non-delivery.
    package var sender: String
    package var recipient: String
    /// The service's word (`Delivered`, `Failed`, `Pending`, …) in any letter case.
    package var status: String

    package init(messageTraceId: String, received: Date, sender: String, recipient: String, status: String) {
        self.messageTraceId = messageTraceId
        self.received = received
        self.sender = sender
        self.recipient = recipient
        self.status = status
    }
}
