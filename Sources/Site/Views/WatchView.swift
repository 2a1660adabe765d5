package import FoundationEssentials

/// A watch over mail after a change, with its figures.
package struct WatchView: Hashable, Sendable, Codable {
    package var id: String
    package var tenant: String
    package var run: String
    /// `OutboundConnector/NAME`.
    package var object: String
    package var state: String
    package var reason: String?
    package var since: Date
    package var ends: Date
    package var good: Int
    package var bad: Int
    package var notCounted: Int
    /// What a person reads, as `mitregate watch` prints it.
    package var text: String

    package init(
        id: String,
        tenant: String,
        run: String,
        object: String,
        state: String,
        reason: String? = nil,
        since: Date,
        ends: Date,
        good: Int,
        bad: Int,
        notCounted: Int,
        text: String
    ) {
        self.id = id
        self.tenant = tenant
        self.run = run
        self.object = object
        self.state = state
        self.reason = reason
        self.since = since
        self.ends = ends
        self.good = good
        self.bad = bad
        self.notCounted = notCounted
        self.text = text
    }
}
