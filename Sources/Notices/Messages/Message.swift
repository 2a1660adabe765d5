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
}
