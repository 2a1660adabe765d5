import Connectors
import Foundation
import MailWatch
import Planning
import TestSupport
import Testing

/// A trace that cannot be read, or comes late; faults that are wider than the run; crashes; and others' changes.
@Suite struct TroubleTests {
    @Test(arguments: [TraceReading.unreadable, .throttled])
    func `a trace that cannot be read never acts`(_ fault: TraceReading) {
        var world = World(mail(100, every: 5, from: 1) { _ in .bad(Reason.starttls()) })
        world.reading = { _, _, _ in fault }
        let watch = world.run(.fixture())
        #expect(watch.state == .notJudged)
        #expect(watch.reason == .traceUnreadable)
        #expect(watch.counters.all == 0)
        let told = world.notices.filter { $0.word == "trace-unreadable" }
        #expect(told.count == (fault == .unreadable ? 1 : 0))
    }

    /// What the watch does during an outage.
    enum Meanwhile: CaseIterable { case looks, cannotReadTheTrace, standsStill }

    @Test(arguments: Meanwhile.allCases)
    func `an outage that is over when its mail is judged is not blamed on the change`(_ meanwhile: Meanwhile) {
        let outage = minutes(40)..<minutes(85)
        // What came in the first twenty minutes of it is tried for the last time before its end, and judged after it.
        var world = World(
            mail(100, every: 4, from: 1) { number in
                (10..<15).contains(number) ? .bad(Reason.timeout()) : .good
            },
            for: [.movedHost()]
        )
        world.gate = { _, now in
            guard outage.contains(now) else { return GateAnswer(observedAt: now, isDeliverable: true) }
            let host = PartnerHost(name: "dead.fabrikam.com", address: "192.0.2.66")
            let finding = GateAnswer.Finding(check: "tcp-timeout", outcome: .unknown, host: host)
            return GateAnswer(observedAt: now, isDeliverable: nil, findings: [finding])
        }
        if meanwhile == .cannotReadTheTrace {
            world.reading = { _, rows, now in outage.contains(now) ? .unreadable : .complete(rows) }
        }
        var watch = Watch.movedHost()
        if meanwhile == .standsStill {
            watch = world.run(watch, until: minutes(39))
            watch = world.run(watch, from: outage.upperBound)
        } else {
            watch = world.run(watch)
        }
        #expect(world.takeBacks.isEmpty, "\(watch.state) \(watch.counters)")
        #expect(watch.state != .takingBack)
    }

    @Test func `a break that began while nothing was looked at is held for a person`() {
        var world = World(
            mail(100, every: 4, from: 1) { $0 < 10 ? .good : .bad(Reason.timeout()) },
            for: [.movedHost()]
        )
        world.gate = { question, now in GateAnswer(observedAt: now, isDeliverable: question.image == .before) }
        let before = world.run(.movedHost(), until: minutes(39))
        let watch = world.run(before, from: minutes(200))
        #expect(watch.state == .regressedHeld && watch.reason == .beforeOpen, "\(watch.state) \(watch.counters)")
        #expect(world.takeBacks.isEmpty)
    }

    @Test func `where only the service's clock jumps, mail of the time it passed over is judged as any`() {
        var world = World(
            mail(100, every: 4, from: 1) { $0 < 10 ? .good : .bad(Reason.timeout()) },
            for: [.movedHost()]
        )
        world.gate = { question, now in GateAnswer(observedAt: now, isDeliverable: question.image == .before) }
        world.idle = 10
        let before = world.run(.movedHost(), until: minutes(39))
        let watch = world.run(before, from: minutes(200))
        #expect(watch.state == .takingBack, "\(watch.state) \(watch.counters)")
    }

    @Test func `a trace that can be read again is said to be`() {
        var world = World(mail(100, every: 5, from: 1) { _ in .good })
        world.reading = { _, rows, now in now < minutes(40) ? .unreadable : .complete(rows) }
        let watch = world.run(.fixture())
        #expect(watch.state == .flows)
        #expect(world.notices.filter { $0.word == "trace-unreadable" }.map(\.transition) == [.raised, .cleared])
    }

    @Test func `a window that could not be read is read again, and its late units drop out`() {
        var world = World(mail(200, every: 3, from: 31) { $0 % 2 == 0 ? .good : .word("Quarantined") })
        world.reading = { _, rows, now in (minutes(60)...minutes(300)).contains(now) ? .unreadable : .complete(rows) }
        let watch = world.run(.fixture())
        #expect(watch.state == .flows)
        #expect(watch.counters[.late] > 0)
        #expect(watch.isTraceSlow)
    }

    @Test func `two windows with too many pages end every watch of the tenant`() {
        var world = World(mail(100, every: 5, from: 1) { _ in .good })
        world.reading = { query, rows, _ in query.pages == 5 && query.statuses.isEmpty ? .cut(rows) : .complete(rows) }
        let watch = world.run(.fixture())
        #expect(watch.state == .notJudged)
        #expect(watch.reason == .tooMuchMail)
        #expect(watch.since == minutes(90))
    }

    @Test func `a lag of thirty minutes gives the same verdict`() {
        for lag in [0.0, 300, 1_800] {
            var messages = mail(40, every: 7, from: 31) { $0 % 2 == 0 ? .bad(Reason.starttls()) : .good }
            for number in messages.indices { messages[number].lag = lag }
            var world = World(messages)
            let watch = world.run(.fixture())
            #expect(watch.state == .regressedHeld)
            #expect((watch.counters.bad, watch.counters.good) == (6, 5))
        }
    }

    @Test func `rows that repeat, in any order, give the same verdict`() {
        var chance = Chance(seed: 5)
        var world = World(mail(40, every: 7, from: 31) { $0 % 2 == 0 ? .bad(Reason.starttls()) : .good })
        world.reading = { _, rows, _ in .complete((rows + rows + rows.prefix(3)).shuffled(using: &chance)) }
        let watch = world.run(.fixture())
        #expect(watch.state == .regressedHeld)
        #expect((watch.counters.bad, watch.counters.good) == (6, 5))
    }

    /// Many partners fail at once, between two times.
    private func wide(from start: Double, until end: Double) -> World {
        let partners = (1...6).map { "partner\($0).example" }
        var messages = mail(200, every: 5, from: 31) { number in
            let time = 31 + Double(number) * 5
            return time >= start && time < end ? .bad(Reason.starttls()) : .word("Quarantined")
        }
        for (number, partner) in partners.enumerated() {
            messages += mail(Int((end - start) / 5), every: 5, from: start, first: 1_000 * (number + 1), to: partner) {
                _ in
                .bad(Reason.starttls("mx.\(partner)", "192.0.2.\(50 + number)"))
            }
        }
        return World(messages)
    }

    @Test func `a fault of many partners at once suspends, and then the watch goes on`() {
        var world = wide(from: 31, until: 300)
        world.messages += mail(10, every: 10, from: 600, first: 9_000) { _ in .good }
        world = World(world.messages)
        let watch = world.run(.fixture())
        #expect(world.notices.map(\.word) == ["watching", "suspended", "watching", "flows"])
        #expect(watch.state == .flows)
        #expect(watch.counters.bad == 0)
        #expect(watch.counters[.suspended] >= 4)
    }

    @Test func `what a suspension drops after many hours is all that was received in it, good messages too`() {
        // The connector's own mail goes through again long before the others' does.
        let others = wide(from: 31, until: 700).messages.filter { !$0.recipient.hasSuffix("@fabrikam.com") }
        let own = mail(140, every: 5, from: 31) { [0, 1, 3, 5, 6].contains($0) ? .bad(Reason.starttls()) : .good }
        let broken = mail(10, every: 10, from: 900, first: 9_000) { _ in .bad(Reason.starttls()) }
        var world = World(others + own + broken)
        let watch = world.run(.fixture())
        #expect(world.notices.map(\.word) == ["watching", "suspended", "watching", "regressed-held"])
        #expect((watch.counters.good, watch.counters.bad) == (0, 4))
        #expect(watch.counters[.suspended] >= 7, "two good and five bad")
    }

    @Test func `a fault of many partners that comes back within the hour after it begins that hour anew`() {
        let again = (1...6).flatMap { number in
            mail(2, every: 5, from: 390, first: 10_000 * number, to: "partner\(number).example") { _ in
                .bad(Reason.starttls("mx.partner\(number).example", "192.0.2.\(49 + number)"))
            }
        }
        // Nothing fails elsewhere from 355 minutes on, and from 460 minutes on.
        var world = World(wide(from: 31, until: 300).messages + again)
        let watch = world.run(.fixture(), until: minutes(500))
        #expect(watch.state == .suspended)
        let later = world.run(watch, from: minutes(505), until: minutes(540))
        #expect(later.state == .watching)
    }

    @Test func `a fault of many partners until the end is not judged`() {
        var world = wide(from: 31, until: 1_500)
        let watch = world.run(.fixture())
        #expect(watch.state == .notJudged)
        #expect(watch.reason == .suspended)
    }

    @Test func `other partners that fail for other causes suspend nothing`() {
        var messages = mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) }
        for number in 1...6 {
            messages += mail(40, every: 5, from: 31, first: 1_000 * number, to: "partner\(number).example") { _ in
                .bad(Reason.unknownUser)
            }
        }
        var world = World(messages)
        let watch = world.run(.fixture())
        #expect(watch.state == .regressedHeld)
    }

    @Test func `what others or a person do ends a watch`() {
        let inputs: [(WatchInput, WatchState, WatchReason?)] = [
            (.superseded(run: "8aaa"), .superseded, .newerRun),
            (.changed(by: "admin@contoso"), .superseded, .changedByOthers),
            (.changed(by: nil), .superseded, .changedByOthers),
            (.clockDoubted, .notJudged, .clockSkewed),
            (.endedByPerson(name: "ops", reason: "known\nfault"), .endedByPerson, nil),
        ]
        for (input, state, reason) in inputs {
            var watch = Watch.fixture()
            let notices = watch.handle(input, at: minutes(10))
            #expect(watch.state == state)
            #expect(watch.reason == reason)
            #expect(notices.map(\.word) == [state.rawValue])
            #expect(!notices[0].message.contains("\n"))
            let again = watch.handle(input, at: minutes(11))
            #expect(again.isEmpty)
            var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
            let after = world.round([watch], at: minutes(100))
            #expect(after == [watch], "nothing is read, judged or taken back any more")
            #expect(world.listings == 0)
        }
    }

    @Test func `while a change is taken back only that run's end counts`() {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        world.gate = World.sees("tcp-timeout", .unknown, at: PartnerHost(name: "dead.fabrikam.com"))
        let decided = world.run(.movedHost())
        for input in [WatchInput.superseded(run: "8"), .changed(by: nil), .endedByPerson(name: "a", reason: "b")] {
            var watch = decided
            let notices = watch.handle(input, at: minutes(300))
            #expect(notices.isEmpty)
            #expect(watch == decided)
        }
        var refused = decided
        _ = refused.handle(.tookBack(.refused("changed by admin")), at: minutes(300))
        #expect((refused.state, refused.reason) == (.regressedHeld, .changedSince))
        var failed = decided
        _ = failed.handle(.tookBack(.ended(.failed)), at: minutes(300))
        #expect((failed.state, failed.reason) == (.regressedHeld, .takeBackFailed))
        var undone = decided
        _ = undone.handle(.tookBack(.ended(.rolledBack)), at: minutes(300))
        #expect((undone.state, undone.reason) == (.regressedHeld, .takeBackFailed), "the run itself was undone")
        var postponed = decided
        _ = postponed.handle(.tookBack(.postponed(next: "back-2")), at: minutes(300))
        #expect((postponed.state, postponed.pendingTakeBack?.run) == (.takingBack, "back-2"))
    }

    @Test func `drift on a watched connector is seen, and a comment is none`() {
        let watch = Watch.fixture()
        var tenant = World([]).tenant
        #expect(!watch.isChanged(in: tenant))
        tenant.connectors[0].settings["comment"] = "new"
        #expect(!watch.isChanged(in: tenant))
        tenant.connectors[0].settings["tlsSettings"] = "CertificateValidation"
        #expect(watch.isChanged(in: tenant))
        tenant.connectors = []
        #expect(watch.isChanged(in: tenant))
    }

    @Test func `drift on a rule of the run is seen as well`() {
        let rule = WatchedChange.Object(
            key: ConnectorKey(kind: .transportRule, name: "courts"),
            guid: "rule",
            displayName: "courts",
            before: nil,
            after: ["routeMessageOutboundConnector": "fabrikam-forced-tls", "recipientDomainIs": ["fabrikam.com"]]
        )
        let watch = Watch.fixture(change: WatchedChange(connector: .fixture(), rules: [rule]))
        var tenant = World([], for: [watch]).tenant
        #expect(!watch.isChanged(in: tenant))
        tenant.connectors[1].settings["recipientDomainIs"] = .list(["other.example"])
        #expect(watch.isChanged(in: tenant))
        tenant.connectors.removeLast()
        #expect(watch.isChanged(in: tenant))
    }

    @Test func `two watches share the calls, and a unit belongs to one of them`() {
        let one = Watch.fixture()
        let other = Watch.fixture(
            "w2",
            change: WatchedChange(
                connector: .fixture(
                    "wildcard",
                    guid: "2",
                    before: ["recipientDomains": ["*"]],
                    after: ["recipientDomains": ["*"], "tlsSettings": "EncryptionOnly"]
                )
            )
        )
        var world = World(
            mail(10, every: 10, from: 31) { _ in .good }
                + mail(20, every: 10, from: 32, first: 100, to: "contoso.example") { _ in .bad(Reason.starttls()) },
            for: [one, other]
        )
        let watches = world.run([one, other])
        #expect(watches.map(\.state) == [.flows, .regressedHeld])
        #expect(watches.map(\.counters.counted) == [5, 4])
        #expect(world.listings < 100)
    }

    @Test func `a killed controller comes to the same outcome and counters`() throws {
        let messages = mail(60, every: 7, from: 1) { $0 % 3 == 0 ? .bad(Reason.starttls()) : .good }
        var undisturbed = World(messages)
        let expected = undisturbed.run(.fixture())
        for seed in 0..<20 {
            var chance = Chance(seed: UInt64(seed))
            var world = World(messages)
            var watch = Watch.fixture()
            var now = applied
            while watch.state.isReading {
                // A round that is thrown away at any step leaves nothing behind; what is stored is read again.
                let isKilled = chance.isTrue(0.3)
                if isKilled {
                    var lost = WatchRound([watch], MailRouting(world.tenant), at: now, newRun: { "lost" })
                    for _ in 0..<Int(chance.next() % 4) where !lost.isFinished {
                        var answers: [WatchAsk: WatchAnswer] = [:]
                        for ask in lost.asks { answers[ask] = world.answer(ask, now) }
                        lost.take(answers)
                    }
                }
                watch = world.round([watch], at: now)[0]
                watch = try JSONDecoder().decode(Watch.self, from: JSONEncoder().encode(watch))
                now.addTimeInterval(300)
            }
            #expect(watch == expected)
        }
    }

    @Test func `a restart while a change is taken back finds the same run again`() throws {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        world.gate = World.sees("tcp-timeout", .unknown, at: PartnerHost(name: "dead.fabrikam.com"))
        let decided = world.run(.movedHost())
        let read = try JSONDecoder().decode(Watch.self, from: JSONEncoder().encode(decided))
        #expect(read == decided)
        #expect(read.pendingTakeBack == world.takeBacks.first)
        let after = world.round([read], at: minutes(400))
        #expect(after == [read], "rounds leave it to its run")
    }

    @Test func `after a long stop old mail is not judged, and the end stays`() {
        var world = World(mail(300, every: 5, from: 31) { _ in .good })
        var watch = world.run(.fixture(), until: minutes(60))
        watch = world.run(watch, from: minutes(700))
        #expect(watch.state == .flows)
        #expect(watch.counters[.late] <= 30)
        #expect(watch.end == minutes(1_440))
    }

    @Test func `what is stored, told and shown holds no address, subject or id`() throws {
        var world = World(
            mail(30, every: 3, from: 1) {
                $0 % 3 == 0 ? .bad(Reason.starttls()) : $0 % 3 == 1 ? .bad(Reason.unknownUser) : .good
            }
        )
        var watch = Watch.fixture()
        for number in 0..<40 where watch.state.isReading {
            watch = world.round([watch], at: minutes(Double(number) * 5))[0]
            let stored = try watch.stored
            #expect(!stored.contains("SECRET"))
            #expect(!stored.contains("@"))
            #expect(stored.contains("judgedUntil") == !watch.state.isEnded)
        }
        let told = try String(decoding: JSONEncoder().encode(world.notices), as: UTF8.self)
        #expect(!told.contains("SECRET"))
        #expect(!watch.account.joined().contains("SECRET"))
        #expect(world.texts > 5)
    }

    @Test func `units and key go when the watch ends`() throws {
        var watch = Watch.fixture()
        #expect(try watch.stored.contains(#""bytes""#))
        _ = watch.handle(.superseded(run: "8"), at: minutes(1))
        let stored = try watch.stored
        #expect(!stored.contains(#""bytes""#))
        #expect(!stored.contains("judgedUntil"))
    }

    @Test func `a round asks for no more than its calls`() {
        var messages: [Message] = []
        for number in 0..<10 {
            messages += mail(400, every: 1, from: 1, first: 1_000 * (number + 1), to: "fabrikam.com") { _ in
                .bad(Reason.unknownUser)
            }
        }
        var world = World(messages)
        var watch = Watch.fixture()
        for number in 0..<40 where watch.state.isReading {
            let (texts, listings) = (world.texts, world.listings)
            watch = world.round([watch], at: minutes(Double(number) * 5))[0]
            #expect(world.texts - texts <= 20)
            #expect(world.listings - listings <= 3)
        }
        #expect(watch.counters[.notSampled] > 0)
    }
}
