import Connectors
import Foundation
import MailWatch
import Testing

/// Cases at the edge: hybrid domains, rules, a control that cannot be asked, incidents, histories that are cut.
@Suite struct EdgeTests {
    @Test func `two messages decide about a domain of the tenant itself, where the statistic is off`() {
        var world = World(mail(4, every: 3, from: 1) { _ in .bad(Reason.starttls()) })
        world.tenant.acceptedDomains = ["fabrikam.com"]
        world.gate = World.sees("starttls-not-offered")
        let watch = world.run(.fixture())
        #expect(watch.state == .regressedHeld)
        #expect(watch.verdict?.witness == .twoMessages)
        world.gate = { _, _ in .unknown }
        let silent = world.run(.fixture())
        #expect((silent.state, silent.reason) == (.notJudged, .scopeNotTraceable))
    }

    @Test func `a run that only changed a rule takes only that rule back`() {
        let relay = WatchedChange.Object.fixture(
            "relay",
            before: ["isTransportRuleScoped": true],
            after: ["isTransportRuleScoped": true]
        )
        let rule = WatchedChange.Object(
            key: ConnectorKey(kind: .transportRule, name: "courts"),
            guid: "rule",
            displayName: "courts",
            before: nil,
            after: ["routeMessageOutboundConnector": "relay", "recipientDomainIs": ["fabrikam.com"]]
        )
        let watch = Watch.fixture(
            change: WatchedChange(connector: relay, rules: [rule]),
            onRegression: .rollBackEvenIfWeaker
        )
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [watch])
        world.gate = World.sees("tcp-timeout", .unknown, at: PartnerHost(name: "dead.fabrikam.com"))
        let decided = world.run(watch)
        #expect(decided.state == .takingBack)
        #expect(world.takeBacks.first?.objects.map(\.key.name) == ["courts"])
    }

    @Test func `a verdict waits while the control cannot be asked`() {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
        world.reading = { query, rows, now in
            !query.statuses.isEmpty && now < minutes(200) ? .unreadable : .complete(rows)
        }
        let waiting = world.run(.fixture(), until: minutes(195))
        #expect(waiting.state == .watching)
        #expect(waiting.counters.bad == 4, "what comes after a verdict does not count")
        let decided = world.run(waiting, from: minutes(200))
        #expect(decided.state == .regressedHeld)
        #expect(decided.counters.bad == 4)
    }

    @Test func `trouble that the service itself names suspends`() {
        let world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
        var watch = Watch.fixture()
        var other = world
        for number in 0..<40 where watch.state.isReading {
            let now = minutes(Double(number) * 5)
            var round = WatchRound([watch], MailRouting(world.tenant), at: now, hasIncident: true, newRun: { "b" })
            while !round.isFinished {
                var answers: [WatchAsk: WatchAnswer] = [:]
                for ask in round.asks { answers[ask] = other.answer(ask, now) }
                round.take(answers)
            }
            watch = round.watches[0]
        }
        #expect(watch.state == .suspended)
    }

    @Test func `a history that is cut counts as far as it was read`() {
        let history = mail(100, every: 60, from: -9_000, first: 1_000) { _ in .good }
        var world = World(history)
        world.reading = { query, rows, _ in query.end <= applied ? .cut(Array(rows.suffix(40))) : .complete(rows) }
        let watch = world.run(.fixture(), until: applied)
        #expect(watch.baseRate?.units == 40)
    }

    @Test func `a change that no failure can follow from reads no texts`() {
        let same = WatchedChange(connector: .fixture(after: ["recipientDomains": ["fabrikam.com"]]))
        var world = World(
            mail(10, every: 10, from: 31) { _ in .bad(Reason.starttls()) }
                + mail(9, every: 10, from: 200, first: 99) { _ in .good }
        )
        let watch = world.run(.fixture(change: same))
        #expect(watch.state == .flows)
        #expect(watch.counters[.otherCause] == 10)
        #expect(world.texts == 0)
    }

    @Test func `TLS that a transport rule demanded before as well is not held against the change`() {
        let rule = ObservedConnector(
            kind: .transportRule,
            guid: "rule",
            displayName: "tls",
            settings: ["routeMessageOutboundRequireTls": true, "recipientDomainIs": ["fabrikam.com"]]
        )
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) }, otherConnectors: [rule])
        let watch = world.run(.fixture())
        #expect((watch.state, watch.reason) == (.notJudged, .tooLittleMail))
        #expect(watch.counters[.beforeToo] == 20)
    }

    @Test func `the gate judges the state before by the fields of before`() {
        let watch = Watch.movedHost()
        let former = watch.change.connector.before
        let host = PartnerHost(name: "dead.fabrikam.com", address: "192.0.2.66")
        let finding = GateAnswer.Finding(check: "tcp-timeout", outcome: .unknown, host: host)
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [watch])
        world.gate = { question, now in
            question.settings == former
                ? GateAnswer(observedAt: now, isDeliverable: true)
                : GateAnswer(observedAt: now, isDeliverable: false, findings: [finding])
        }
        let decided = world.run(watch)
        #expect(decided.state == .takingBack, "\(decided.state) \(decided.counters)")
    }

    @Test func `mail to a domain in the scope of two watches counts for neither`() {
        // The domain was the one's before the run, and is the other's now.
        let one = Watch.fixture(change: WatchedChange(connector: .fixture(after: ["recipientDomains": ["a.example"]])))
        let wildcard = WatchedChange.Object.fixture(
            "wildcard",
            guid: "2",
            before: ["recipientDomains": ["*"]],
            after: ["recipientDomains": ["*"], "tlsSettings": "EncryptionOnly"]
        )
        let other = Watch.fixture("w2", change: WatchedChange(connector: wildcard))
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) }, for: [one, other])
        let watches = world.run([one, other])
        #expect(watches.map(\.counters.all) == [0, 0])
        #expect(watches.map(\.state) == [.notJudged, .notJudged])
    }

    @Test func `of a row that is listed twice the one that was read last counts`() {
        var world = World(mail(10, every: 10, from: 31) { _ in .good })
        world.reading = { _, rows, _ in
            let earlier = rows.map { row in
                var row = row
                row.status = "Pending"
                return row
            }
            return .complete(earlier + rows)
        }
        let watch = world.run(.fixture())
        #expect(watch.state == .flows)
        #expect(world.texts == 0)
    }
}
