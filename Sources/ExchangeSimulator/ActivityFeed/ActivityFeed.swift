import FoundationEssentials

/// What a tenant's activity feed is subscribed to, and how it hands records out.
///
/// Section 8.6.
struct ActivityFeed: Hashable, Sendable {
    /// When the subscription was started; `nil` before.
    var started: Date?
    /// When starting it was last tried.
    var tried: Date?
    /// Seconds from a change to the content that holds it: some two minutes were measured.
    var latency = 120
    /// Records in a piece of content, and pieces on a page of the list.
    var contentSize = 2
    var pageSize = 3

    /// What was recorded before the subscription and is handed out all the same: some 22 hours were measured.
    static let backfill: TimeInterval = 22 * 3_600
    static let contentType = "Audit.Exchange"

    mutating func set(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["started", "latency", "contentSize", "pageSize"])
        if let text = node["started"] {
            guard let date = Timestamp.date(try text.string()) else { throw text.wrong("a time is expected") }
            started = date
        }
        latency = try number(node["latency"], latency, in: 0...86_400)
        contentSize = try number(node["contentSize"], contentSize, in: 1...10_000)
        pageSize = try number(node["pageSize"], pageSize, in: 1...10_000)
    }

    private func number(_ node: DocumentNode?, _ now: Int, in range: ClosedRange<Int>) throws(SimulatorError) -> Int {
        guard let node else { return now }
        let number = try node.int()
        guard range.contains(number) else { throw node.wrong("a number from \(range) is expected") }
        return number
    }

    var seed: JSON {
        var result = JSONObject([
            "latency": .number(latency), "contentSize": .number(contentSize), "pageSize": .number(pageSize),
        ])
        if let started { result["started"] = .string(Timestamp.seconds(started)) }
        return .object(result)
    }
}

extension Tenant {
    /// The records that the feed has handed out by now, in the order in which they became available.
    func fed(now: Date) -> [(record: AuditRecord, available: Date)] {
        guard isAuditingOn, let started = activityFeed.started else { return [] }
        return audit.compactMap { record in
            let available = max(record.time, started).addingTimeInterval(Double(activityFeed.latency))
            let first = started.addingTimeInterval(-ActivityFeed.backfill)
            guard record.time >= first, available <= now else { return nil }
            return (record, available)
        }
        .sorted { $0.available < $1.available }
    }
}
