import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Testing

/// The audit log as the Management Activity API hands it out.
@Suite(.timeLimit(.minutes(10)))
struct ActivityFeedTests {
    private static let roles = #""Exchange.ManageAsApp", "ActivityFeed.Read""#
    private let start = Date(timeIntervalSinceNow: -3_600)
    private let end = Date(timeIntervalSinceNow: 3_600)

    /// - Parameter feed: What the tenant's feed is like; an hour old and without delay where nothing is said.
    private static func options(
        _ feed: String = #""started": "\#(Timestamp.text(Date(timeIntervalSinceNow: -3_600)))", "latency": 0"#,
        more: String = ""
    ) -> TenantOptions {
        let connectors = #""outboundConnectors": [{"Name": "Out", "RecipientDomains": ["a.example"]}]"#
        let members = #"\#(connectors), "auditLatency": 5400, "activityFeed": {\#(feed)}\#(more)"#
        var options = TenantOptions(members: members)
        options.roles = roles
        // The feed is asked up to our now, to the second; what a test has just done lies before it.
        options.now = { Date(timeIntervalSinceNow: 5) }
        return options
    }

    private static func edit(_ tenant: SimulatedTenant, by user: String = "eve@contoso.com") throws {
        try tenant.simulator.edit(
            tenant: SimulatedTenant.id,
            userId: user,
            cmdlet: "Set-OutboundConnector",
            parameters: #"{"Identity": "Out", "Comment": "by \#(user)"}"#
        )
    }

    private static func lists(_ tenant: SimulatedTenant) -> [LoggedRequest] {
        tenant.simulator.requests().filter { $0.path.contains("/subscriptions/content") }
    }

    @Test func `it names a person while the search still lags`() async throws {
        try await withTenant(Self.options()) { tenant in
            try Self.edit(tenant)
            let search = try await tenant.reader.auditTrail(since: start, until: end).get()
            #expect(search.records.isEmpty)
            let feed = try await tenant.reader.activityTrail(since: start, until: end).get()
            #expect(feed.records.map(\.user) == ["eve@contoso.com"])
            let both = search.merging(feed)
            let author = both.author(
                of: .outboundConnector,
                names: ["Out"],
                since: start,
                seen: Date(),
                now: Date()
            )
            guard case .person("eve@contoso.com", _, "203.0.113.9") = author else {
                Issue.record("\(author)")
                return
            }
        }
    }

    @Test func `all pages and pieces are read, and mailboxes' records are none of ours`() async throws {
        let feed = #""started": "\#(Timestamp.text(start))", "latency": 0, "contentSize": 2, "pageSize": 2"#
        try await withTenant(Self.options(feed)) { tenant in
            for number in 0..<9 { try Self.edit(tenant, by: "user\(number)@contoso.com") }
            let trail = try await tenant.reader.activityTrail(since: start, until: end).get()
            #expect(Set(trail.records.map(\.user)) == Set((0..<9).map { "user\($0)@contoso.com" }))
            #expect(Self.lists(tenant).count == 3)
        }
    }

    @Test func `the search and the feed together name each change once`() async throws {
        var options = Self.options()
        options.members += #", "auditLatency": 0"#
        options.members = options.members.replacing(#""auditLatency": 5400, "#, with: "")
        try await withTenant(options) { tenant in
            try Self.edit(tenant)
            let search = try await tenant.reader.auditTrail(since: start, until: end).get()
            let feed = try await tenant.reader.activityTrail(since: start, until: end).get()
            #expect(search.records.count == 1)
            #expect(search.merging(feed) == search)
        }
    }

    @Test func `it is subscribed to once, and to do so again is no failure`() async throws {
        try await withTenant(Self.options(#""latency": 0"#)) { tenant in
            #expect(await tenant.reader.isActivityFeedOn() == .known(false))
            let unread = await tenant.reader.activityTrail(since: start, until: end)
            #expect(unread.error?.reason == .activityFeedOff)
            #expect(await tenant.writer.startActivityFeed() == nil)
            #expect(await tenant.writer.startActivityFeed() == nil)
            #expect(await tenant.reader.isActivityFeedOn() == .known(true))
            try Self.edit(tenant)
            let trail = try await tenant.reader.activityTrail(since: start, until: end).get()
            #expect(trail.records.count == 1)
        }
    }

    @Test func `without its permission the error says which is missing`() async throws {
        var options = Self.options()
        options.roles = #""Exchange.ManageAsApp""#
        try await withTenant(options) { tenant in
            let error = await tenant.reader.activityTrail(since: start, until: end).error
            #expect(error?.reason == .permissionMissing)
            #expect(error?.remedy.contains("ActivityFeed.Read") == true)
            #expect(await tenant.reader.permissions(readsActivityFeed: true).activityFeed?.error == error)
            #expect(await tenant.reader.permissions().activityFeed == nil)
        }
    }

    @Test func `a long span is asked for day by day, and no more than seven days back`() async throws {
        let feed = #""started": "\#(Timestamp.text(Date(timeIntervalSinceNow: -9 * 86_400)))", "latency": 0"#
        try await withTenant(Self.options(feed)) { tenant in
            let long = Date(timeIntervalSinceNow: -30 * 86_400)
            let trail = try await tenant.reader.activityTrail(since: long, until: end).get()
            #expect(trail.records.isEmpty)
            #expect(Self.lists(tenant).count == 7)
            #expect(Self.lists(tenant).allSatisfy { $0.status == 200 })
        }
    }

    @Test func `an empty feed where auditing is off is not a quiet one`() async throws {
        try await withTenant(Self.options(more: #", "auditingOn": false"#)) { tenant in
            try Self.edit(tenant)
            let trail = try await tenant.reader.activityTrail(since: start, until: end).get()
            #expect(!trail.isAuditingOn)
        }
    }

    @Test func `a feed with more than one look reads is given up`() async throws {
        let records = (0..<401).map { number in
            #"{"CreationTime": "\#(Timestamp.text(Date(timeIntervalSinceNow: -60)).dropLast())", "Id": "\#(number)", "RecordType": 1, "Operation": "Set-OutboundConnector", "ObjectId": "Out", "UserId": "eve@contoso.com"}"#
        }
        let feed = #""started": "\#(Timestamp.text(start))", "latency": 0, "contentSize": 1, "pageSize": 1000"#
        let more = #", "auditRecords": [\#(records.joined(separator: ","))]"#
        try await withTenant(Self.options(feed, more: more)) { tenant in
            #expect(
                await tenant.reader.activityTrail(since: start, until: end).error?.reason == .answerIncomplete
            )
            #expect(tenant.simulator.requests().count { $0.path.contains("/audit/") } == 0)
        }
    }
}
