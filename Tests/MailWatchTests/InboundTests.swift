import Connectors
import Foundation
import MailWatch
import Testing

@Suite struct InboundTests {
    static let watch: Watch = {
        let object = WatchedChange.Object(
            key: ConnectorKey(kind: .inboundConnector, name: "contoso-in"),
            guid: "in",
            displayName: "contoso-in",
            before: ["connectorType": "Partner", "senderDomains": ["contoso.com"]],
            after: [
                "connectorType": "Partner", "senderDomains": ["contoso.com"], "restrictDomainsToCertificate": true,
                "tlsSenderCertificateName": "contoso.com", "requireTls": true,
            ]
        )
        return .fixture(change: WatchedChange(connector: object))
    }()

    /// The partner's mail at so many messages an hour, over the 28 days before and then until some minute.
    private func world(_ rate: Double, until end: Double = 0) -> World {
        let count = Int((28 * 24 * 60 + end) * rate / 60)
        var messages = mail(count, every: 60 / rate, from: -28 * 24 * 60, to: "northwind.example") { _ in .good }
        for number in messages.indices { messages[number].sender = "s\(number)-SECRET@contoso.com" }
        return World(messages, for: [Self.watch])
    }

    @Test func `one accepted message is enough`() {
        var world = world(6, until: 60)
        let watch = world.run(Self.watch)
        #expect(watch.state == .flows)
        #expect(world.notices.last?.message == "Mail from contoso.com is accepted.")
    }

    @Test func `silence where eighteen were expected is told once, and takes nothing back`() {
        var world = world(6)
        let watch = world.run(Self.watch)
        let told = world.notices.filter { $0.word == "inbound-silent" }
        #expect(told.map(\.severity) == [.warning])
        #expect(
            told.first?.message
                == "No mail from contoso.com was accepted since 10:42Z; 18 were expected. Nothing shows whether it was refused (550 5.7.51): ask the partner."
        )
        #expect((watch.state, watch.reason) == (.notJudged, .silent))
        #expect(world.takeBacks.isEmpty)
    }

    @Test func `a quiet partner is no silence`() {
        var world = world(0.5)
        let watch = world.run(Self.watch)
        #expect(world.notices.allSatisfy { $0.word != "inbound-silent" })
        #expect((watch.state, watch.reason) == (.notJudged, .tooLittleMail))
    }

    @Test func `mail that comes after the warning flows, and clears it`() {
        var world = world(6)
        var late = Message(900_000, at: minutes(600), from: "late", to: "northwind.example", .good)
        late.sender = "late-SECRET@contoso.com"
        world = World(world.messages + [late], for: [Self.watch])
        let watch = world.run(Self.watch)
        #expect(watch.state == .flows)
        #expect(world.notices.filter { $0.word == "inbound-silent" }.map(\.transition) == [.raised, .cleared])
    }

    @Test func `a history of more pages than a round may read is read over several rounds`() {
        var whole = world(6)
        var cut = world(6)
        cut.reading = { query, rows, _ in
            // A page of 500 rows, newest first.
            rows.count > 500 ? .cut(Array(rows.suffix(500))) : .complete(rows)
        }
        let one = whole.run(Self.watch, until: minutes(240))
        let other = cut.run(Self.watch, until: minutes(240))
        #expect(cut.notices == whole.notices)
        #expect(one.state == other.state)
        #expect(cut.listings > whole.listings)
    }

    @Test func `a history is asked for ten days at a time, as the service takes no more`() {
        var world = world(6)
        world.reading = { query, rows, _ in
            query.end.timeIntervalSince(query.start) > 864_000 ? .unreadable : .complete(rows)
        }
        let watch = world.run(Self.watch)
        #expect(world.notices.contains { $0.word == "inbound-silent" })
        #expect((watch.state, watch.reason) == (.notJudged, .silent))
    }

    @Test func `a history that cannot be had in six hours is too much mail`() {
        var world = world(6)
        world.reading = { query, rows, _ in query.end <= applied ? .cut(Array(rows.suffix(5))) : .complete(rows) }
        let watch = world.run(Self.watch)
        #expect((watch.state, watch.reason) == (.notJudged, .tooMuchMail))
        #expect(watch.since <= minutes(366))
    }

    @Test func `silence is not told of hours that could not be read`() {
        var world = world(6)
        world.reading = { query, rows, now in
            query.end > applied && now > minutes(90) ? .unreadable : .complete(rows)
        }
        let watch = world.run(Self.watch)
        #expect(world.notices.allSatisfy { $0.word != "inbound-silent" })
        #expect((watch.state, watch.reason) == (.notJudged, .traceUnreadable))
    }

    @Test func `what is stored of a history is numbers by hour`() throws {
        var world = world(6)
        let watch = world.run(Self.watch, until: minutes(30))
        #expect(try !watch.stored.contains("SECRET"))
        #expect(try watch.stored.utf8.count < 4_000)
    }
}
