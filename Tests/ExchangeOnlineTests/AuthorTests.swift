import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Synchronization
import Testing

/// Who changed a connector, as the audit log tells it by and by.
@Suite(.timeLimit(.minutes(10)))
struct AuthorTests {
    private static let members =
        #""outboundConnectors": [{"Name": "Out", "RecipientDomains": ["a.example"]}], "auditLatency": 3600"#
    private static let start = Date(timeIntervalSince1970: 1_795_608_000)

    /// The author as it would be told a time after the change, by the clock of service and client alike.
    private func authors(
        _ members: String = members,
        after hours: [Double],
        change: (SimulatedTenant) async throws -> Void
    ) async throws -> [ChangeAuthor] {
        let ahead = Mutex(0.0)
        let now: @Sendable () -> Date = { Self.start.addingTimeInterval(ahead.withLock(\.self)) }
        var options = TenantOptions(members: members)
        options.now = now
        options.serviceNow = now
        return try await withTenant(options) { tenant in
            try await change(tenant)
            var authors: [ChangeAuthor] = []
            for hour in hours {
                ahead.withLock { $0 = hour * 3_600 }
                let trail = try await tenant.reader.auditTrail(
                    since: Self.start.addingTimeInterval(-600),
                    until: now().addingTimeInterval(600)
                ).get()
                authors.append(
                    trail.author(
                        of: .outboundConnector,
                        names: ["Out"],
                        since: Self.start,
                        seen: Self.start,
                        now: now()
                    )
                )
            }
            return authors
        }
    }

    private func edit(_ tenant: SimulatedTenant, _ parameters: String = #"{"Identity": "Out", "Comment": "x"}"#) throws
    {
        try tenant.simulator.edit(
            tenant: SimulatedTenant.id,
            userId: "eve@contoso.com",
            cmdlet: "Set-OutboundConnector",
            parameters: parameters
        )
    }

    @Test func `a person is not yet known, and then found with time and address`() async throws {
        let authors = try await authors(after: [0, 0.9, 1.1, 30]) { try edit($0) }
        let eve = ChangeAuthor.person(name: "eve@contoso.com", at: Self.start, address: "203.0.113.9")
        #expect(authors == [.notYetKnown, .notYetKnown, eve, eve])
        #expect(authors.map(\.isFinal) == [false, false, true, true])
    }

    @Test func `each field has the one who changed it last, where the log names it`() async throws {
        var options = TenantOptions(members: Self.members)
        let now: @Sendable () -> Date = { Self.start.addingTimeInterval(7_200) }
        let ahead = Mutex(0.0)
        options.now = now
        options.serviceNow = { Self.start.addingTimeInterval(ahead.withLock(\.self)) }
        try await withTenant(options) { tenant in
            func edit(_ user: String, _ parameters: String, at seconds: Double) throws {
                ahead.withLock { $0 = seconds }
                try tenant.simulator.edit(
                    tenant: SimulatedTenant.id,
                    userId: user,
                    cmdlet: "Set-OutboundConnector",
                    parameters: parameters
                )
            }
            try edit("eve@contoso.com", #"{"Identity": "Out", "Comment": "x", "TestMode": true}"#, at: 10)
            try edit("mallory@contoso.com", #"{"Identity": "Out", "Comment": "y"}"#, at: 20)
            ahead.withLock { $0 = 7_200 }
            let trail = try await tenant.reader.auditTrail(
                since: Self.start.addingTimeInterval(-600),
                until: now().addingTimeInterval(600)
            ).get()
            let authors = trail.fieldAuthors(of: .outboundConnector, names: ["Out"], since: Self.start)
            #expect(Set(authors.keys) == ["comment", "testMode"])
            guard case .person("mallory@contoso.com", let later, _)? = authors["comment"],
                case .person("eve@contoso.com", let first, _)? = authors["testMode"]
            else {
                Issue.record("\(authors)")
                return
            }
            #expect(first < later)
            // What was changed before the object was as it should be is not asked about.
            #expect(trail.fieldAuthors(of: .outboundConnector, names: ["Out"], since: now()).isEmpty)
            #expect(trail.fieldAuthors(of: .outboundConnector, names: ["Other"], since: Self.start).isEmpty)
        }
    }

    @Test func `our own write has no author to look for`() async throws {
        let authors = try await authors(after: [2, 23, 24]) { tenant in
            let guid = try #require(await tenant.reader.read(rules: []).get().connectors.first).guid
            _ = await tenant.writer.update(.outboundConnector, guid: guid, name: "Out", settings: ["comment": "ours"])
        }
        #expect(authors == [.notYetKnown, .notYetKnown, .notFound])
    }

    @Test func `where auditing is off it cannot be known`() async throws {
        let authors = try await authors(Self.members + #", "auditingOn": false"#, after: [2, 30]) { try edit($0) }
        #expect(authors == [.auditingOff, .auditingOff])
    }

    /// Records as the log may tell them, and whom they name.
    struct Record: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let members: String
        var object = "Out"
        let author: ChangeAuthor
    }

    @Test(arguments: [
        Record(
            testDescription: "another application, behind the service's plumbing",
            members: #""UserId": "NT SERVICE\\MSExchangeAdminApiNetCore", "AppId": "app-2", "UserType": 6"#,
            author: .application(id: "app-2", at: start, address: "2001:db8::9")
        ),
        Record(
            testDescription: "a service principal by a name",
            members: #""UserId": "deployment", "TokenObjectId": "object-2", "UserType": 5"#,
            author: .application(id: "object-2", at: start, address: "2001:db8::9")
        ),
        Record(
            testDescription: "our own application",
            members:
                #""UserId": "NT SERVICE\\MSExchangeAdminApiNetCore", "AppId": "\#(SimulatedTenant.clientId.uppercased())""#,
            author: .notYetKnown
        ),
        Record(
            testDescription: "a change that failed",
            members: #""UserId": "eve@contoso.com", "ResultStatus": "False""#,
            author: .notYetKnown
        ),
        Record(testDescription: "a record without anyone", members: #""UserId": """#, author: .notYetKnown),
        Record(
            testDescription: "another object",
            members: #""UserId": "eve@contoso.com""#,
            object: "Other",
            author: .notYetKnown
        ),
    ])
    func `a record names whom it names`(_ example: Record) async throws {
        let record =
            #"{"CreationTime": "\#(Timestamp.text(Self.start).dropLast())", "Id": "1", "Operation": "Set-OutboundConnector", "ClientIP": "[2001:db8::9]:51234", "ObjectId": "\#(example.object)", \#(example.members)}"#
        let members = #""outboundConnectors": [], "auditRecords": [\#(record)]"#
        #expect(try await authors(members, after: [1]) { _ in } == [example.author])
    }
}
