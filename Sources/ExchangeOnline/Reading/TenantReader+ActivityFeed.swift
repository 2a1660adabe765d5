import Connectors
package import FoundationEssentials
import JSON
import Transfers

/// The audit log as the Management Activity API hands it out: minutes behind, where the search lags an hour and more.
///
/// It knows no filter, so every Exchange record of the time asked for is fetched. It needs the permission
/// `ActivityFeed.Read` of the Office 365 Management APIs, and a subscription that was started once
/// (`TenantWriter.startActivityFeed`).
/// Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference.
extension TenantReader {
    static let activityFeed = "activity feed"

    /// How far back content is kept, and how long a span one request may ask for; less a margin for two clocks.
    private static let reach: TimeInterval = 7 * 86_400 - 600
    private static let span: TimeInterval = 86_400 - 60

    /// The most of one look: pieces of content, pages of their list, bytes.
    static let contentLimit = 200
    private static let pageLimit = 50
    private static let byteLimit = 32 << 20

    /// Who changed connectors and rules, by what became available in a span of time.
    ///
    /// Content comes after its events, so a span that begins with the event holds it. What is older than seven days is
    /// left to the search. Unknown (`activity-feed-off`) where the subscription was not started yet.
    package func activityTrail(
        since start: Date,
        until end: Date,
        deadline: Duration = TenantReader.deadline
    ) async -> Reading<AuditTrail> {
        guard connection.endpoints.activity != nil else { return .unknown(Self.noAuditLog) }
        return await within(deadline) {
            do throws(ExchangeError) {
                let records = try await self.activityRecords(start, end)
                guard records.isEmpty, case .known(false) = await self.isAuditingOn() else {
                    return .known(AuditTrail(records: records, isAuditingOn: true))
                }
                return .known(AuditTrail(records: [], isAuditingOn: false))
            } catch {
                return .unknown(error)
            }
        }
    }

    /// Whether the feed may be read, and its subscription is on.
    package func isActivityFeedOn() async -> Reading<Bool> {
        guard connection.endpoints.activity != nil else { return .unknown(Self.noAuditLog) }
        do throws(ExchangeError) {
            let response = try await connection.activityFeed(.get, "/subscriptions/list")
            let list = try Self.list(response)
            return .known(
                list.contains { $0["contentType"]?.text == Self.contentType && $0["status"]?.text == "enabled" }
            )
        } catch {
            return .unknown(error)
        }
    }

    static let contentType = "Audit.Exchange"

    private func activityRecords(_ start: Date, _ end: Date) async throws(ExchangeError) -> [AuditRecord] {
        let us = await ourIdentity()
        let operations = Set(Self.operations.map { $0.lowercased() })
        let end = min(end, connection.timing.now())
        var from = max(start, end.addingTimeInterval(-Self.reach))
        var records: [String: AuditRecord] = [:]
        var budget = FeedBudget(contents: Self.contentLimit, pages: Self.pageLimit, bytes: Self.byteLimit)
        while from < end {
            let to = min(end, from.addingTimeInterval(Self.span))
            for uri in try await contents(from, to, &budget) {
                let response = try await connection.activityFeed(.get, uri)
                try budget.take(bytes: response.body.count)
                for element in try Self.list(response) {
                    let row = AuditRow(record: element)
                    guard let cmdlet = row.cmdlet, operations.contains(cmdlet.lowercased()) else { continue }
                    guard let record = row.record(us) else { continue }
                    records[record.id] = record
                }
            }
            from = to
        }
        return records.values.sorted { ($1.at, $1.id) < ($0.at, $0.id) }
    }

    /// The addresses of what became available in a span of at most 24 hours, once each.
    private func contents(
        _ start: Date,
        _ end: Date,
        _ budget: inout FeedBudget
    ) async throws(ExchangeError) -> [String] {
        // The API takes times without a zone, and means UTC.
        let (from, to) = (Timestamp.text(start).dropLast(), Timestamp.text(end).dropLast())
        var target: String? = "/subscriptions/content?contentType=\(Self.contentType)&startTime=\(from)&endTime=\(to)"
        var (uris, seen): ([String], Set<String>) = ([], [])
        while let next = target {
            try budget.takePage()
            let response = try await connection.activityFeed(.get, next)
            try budget.take(bytes: response.body.count)
            for entry in try Self.list(response) {
                guard let uri = entry["contentUri"]?.text, seen.insert(uri).inserted else { continue }
                try budget.takeContent()
                uris.append(uri)
            }
            target = response.headers["NextPageUri"].flatMap { $0.trimmingSpaces().isEmpty ? nil : $0 }
        }
        return uris
    }

    private static func list(_ response: HTTPResponse) throws(ExchangeError) -> [JSONValue] {
        guard let elements = (try? JSONParser.parse(response.body))?.elements else {
            throw ExchangeError(
                .answerMalformed,
                "The answer of the activity feed is not a list.",
                remedy: "Check that `endpoints.activity` is the Management Activity API, and that no proxy answers in "
                    + "its place."
            )
        }
        return elements
    }
}

/// What one look at the feed may still cost.
private struct FeedBudget {
    var contents: Int
    var pages: Int
    var bytes: Int

    mutating func takeContent() throws(ExchangeError) { try take(&contents, 1) }
    mutating func takePage() throws(ExchangeError) { try take(&pages, 1) }
    mutating func take(bytes count: Int) throws(ExchangeError) { try take(&bytes, count) }

    private func take(_ rest: inout Int, _ count: Int) throws(ExchangeError) {
        rest -= count
        guard rest >= 0 else {
            throw ExchangeError(
                .answerIncomplete,
                "The activity feed holds more than one look reads.",
                remedy: "The search of the audit log names the author later."
            )
        }
    }
}
