package import Scheduling

/// One HTTP request's worth of events, as a sink wants them.
package struct Message: Hashable, Sendable {
    package var contentType: String
    package var body: [UInt8]
    /// `sha256=` and the HMAC-SHA256 of the body in hex; `nil` where nothing is signed.
    package var signature: String?

    package init(contentType: String, body: [UInt8], signature: String? = nil) {
        self.contentType = contentType
        self.body = body
        self.signature = signature
    }

    /// How many events one message holds at most: chats cut longer ones, and a receiver has its own limit.
    package static let maximumEvents = 50
    /// How many bytes a message to a chat takes at most, but for that of a single event, which is cut before that.
    ///
    /// Teams takes about 28 KB, which it may count as UTF-16 (413 was seen from 18,000 bytes on); Slack does not tell its limit
    /// for attachments, and refuses what is beyond it. Source: learn.microsoft.com/microsoftteams/limits-specifications-teams,
    /// github.com/prometheus-msteams/prometheus-msteams/issues/29; api.slack.com/methods/chat.postMessage
    /// (`attachment_payload_limit_exceeded`).
    package static let maximumChatBytes = 14_000

    /// The message of as many of these events, from the first on, as a chat takes at once.
    ///
    /// - Parameter write: Writes the message of some events.
    /// - Returns: The message, and of how many events it is; of one at least.
    package static func fitting(
        _ events: [Event],
        _ write: ([Event]) throws -> Message
    ) rethrows -> (message: Message, count: Int) {
        var count = events.count
        var message = try write(events)
        while message.body.count > maximumChatBytes, count > 1 {
            count -= 1
            message = try write(Array(events.prefix(count)))
        }
        return (message, count)
    }
}
