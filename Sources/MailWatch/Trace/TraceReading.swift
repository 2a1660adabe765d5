/// What a listing brought: rows, and whether there are more that were not read.
package enum TraceReading: Hashable, Sendable {
    /// All rows of the query, in any order; rows may repeat.
    case complete([TraceRow])
    /// The newest rows; the limit of pages was reached before the start of the query.
    case cut([TraceRow])
    /// The service asked to wait (429), so nothing is known of the query.
    case throttled
    /// Nothing is known of the query: refused, failed, timed out, or an answer that made no sense.
    case unreadable
}

/// What a question for texts brought.
package enum DetailReading: Hashable, Sendable {
    /// The events, in any order; none is an answer too.
    case events([TraceDetail])
    case unreadable
}
