package import FoundationEssentials

/// One listing of a tenant's messages by when they were received, newest first; every page of it up to a limit.
package struct TraceQuery: Hashable, Sendable {
    package var start: Date
    package var end: Date
    /// The service's words to ask for; empty for all.
    ///
    /// Graph takes one a query, so there it is one listing for each.
    package var statuses: [String]
    /// How many pages of 5,000 rows may be read.
    ///
    /// Over Graph it holds for the whole query, not for each status.
    package var pages: Int

    package init(start: Date, end: Date, statuses: [String] = [], pages: Int) {
        self.start = start
        self.end = end
        self.statuses = statuses
        self.pages = pages
    }
}

/// The texts of one message for one recipient; both dates are to be sent, as the service else looks back 48 h only.
package struct DetailQuery: Hashable, Sendable {
    package var messageTraceId: String
    package var recipient: String
    package var start: Date
    package var end: Date

    package init(messageTraceId: String, recipient: String, start: Date, end: Date) {
        self.messageTraceId = messageTraceId
        self.recipient = recipient
        self.start = start
        self.end = end
    }
}
